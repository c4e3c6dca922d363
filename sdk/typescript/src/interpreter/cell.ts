/**
 * What comes of cells.
 * @module
 */
import type { RequestOptions } from "../client/options.js";
import type { CellOutputData, ExecCellResponse } from "../types/notebook.js";

/** How to run a cell. With any of the callbacks, what comes of the cell is told as it comes. */
export interface CellOptions extends RequestOptions {
  /** Seconds until the cell is interrupted; 0: never. Default: 30. */
  timeoutSec?: number | undefined;
  /** Called with what the cell prints. */
  onStdout?: ((text: string) => void) | undefined;
  /** Called with what the cell prints to its error output. */
  onStderr?: ((text: string) => void) | undefined;
  /** Called with what the cell shows, the value of its last expression included. */
  onResult?: ((output: CellOutput) => void) | undefined;
  /** Called with the exception that ends the cell. */
  onError?: ((error: CellError) => void) | undefined;
  /** Interrupts the cell, and ends the call with an `AbortError`. */
  signal?: AbortSignal | undefined;
}

/** An exception that ended a cell. */
export interface CellError {
  /**
   * Its class, such as `ZeroDivisionError`; or what happened to the cell otherwise: `KernelDied`, `KernelRestarted`,
   * `KernelUnreachable`, `NotebookDeleted`, `Interrupted`, `Aborted` (what ran before it was interrupted), `SlowReader` (its
   * outputs were not read fast enough).
   */
  name: string;
  /** Its message. */
  value: string;
  /** Where it came from, as text. */
  traceback: string;
}

/** What came of a cell. */
export interface CellResult {
  /** What it printed. */
  stdout: string;
  /** What it printed to its error output. */
  stderr: string;
  /** 0 when it ran to its end. */
  exit_code: number;
  /** What it showed, and the value of its last expression. */
  results: CellOutput[];
  /** The value of its last expression, as text. */
  text?: string;
  /** Why it failed; absent when it did not. */
  error?: CellError;
  /** Its number in the life of its kernel; absent where cells share no variables. */
  execution_count?: number;
  /** How long it took. */
  duration_ms: number;
  /** Whether it was interrupted because its time was over. */
  timed_out: boolean;
}

/** Something that a cell showed, in one or more forms. */
export class CellOutput {
  /** Its forms by MIME type. */
  readonly data: Readonly<Record<string, unknown>>;
  /** More about the forms, as the code has given it. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Whether it is the value of the cell's last expression. */
  readonly isMain: boolean;
  /** The name under which the code can replace it. */
  readonly displayId: string | undefined;

  constructor(output: CellOutputData) {
    this.data = output.data;
    this.metadata = output.metadata ?? {};
    this.isMain = output.is_main ?? false;
    this.displayId = output.display_id;
  }

  /** As plain text, which nearly everything has. */
  get text(): string | undefined {
    return this.#form("text/plain");
  }

  get html(): string | undefined {
    return this.#form("text/html");
  }

  get markdown(): string | undefined {
    return this.#form("text/markdown");
  }

  get svg(): string | undefined {
    return this.#form("image/svg+xml");
  }

  /** As a PNG image, in base64. */
  get png(): string | undefined {
    return this.#form("image/png");
  }

  /** As a JPEG image, in base64. */
  get jpeg(): string | undefined {
    return this.#form("image/jpeg");
  }

  /** As a PDF document, in base64. */
  get pdf(): string | undefined {
    return this.#form("application/pdf");
  }

  get latex(): string | undefined {
    return this.#form("text/latex");
  }

  /** As a JSON value. */
  get json(): unknown {
    return this.data["application/json"];
  }

  get javascript(): string | undefined {
    return this.#form("application/javascript");
  }

  #form(mime: string): string | undefined {
    const form = this.data[mime];
    return typeof form === "string" ? form : undefined;
  }
}

/** The colours of a terminal. */
// eslint-disable-next-line no-control-regex -- that is what they begin with
const COLOURS = /\u001b\[[0-9;]*[A-Za-z]/g;

/** An exception as callers see it. */
export function cellError(error: { name: string; value: string; traceback?: readonly string[] }): CellError {
  const traceback = (error.traceback ?? []).join("\n").replace(COLOURS, "");
  return { name: error.name, value: error.value, traceback };
}

/** An answer as callers see it. */
export function cellResult(response: ExecCellResponse): CellResult {
  const { stdout, stderr, exit_code, duration_ms, error, execution_count } = response;
  const results = (response.results ?? []).map((output) => new CellOutput(output));
  const text = results.find((output) => output.isMain)?.text;
  return {
    stdout,
    stderr,
    exit_code,
    results,
    duration_ms,
    timed_out: response.timed_out ?? false,
    ...(text === undefined ? {} : { text }),
    ...(execution_count === undefined ? {} : { execution_count }),
    ...(error === undefined || error === null ? {} : { error: cellError(error) }),
  };
}
