/**
 * Python code, cell by cell.
 * @module
 */
import type { RequestOptions } from "../client/options.js";
import type { CommandManager } from "../capsule/commands.js";
import type { CommandResult } from "../capsule/command-result.js";

/** How to run a cell. */
export interface CellOptions extends RequestOptions {
  /** Seconds until the cell is killed; 0: never. Default: 30. */
  timeoutSec?: number | undefined;
  /** Environment variables. */
  envs?: Readonly<Record<string, string>> | undefined;
  /** The directory to run in. */
  cwd?: string | undefined;
}

/** A Python exception that ended a cell. */
export interface CellError {
  /** Its class, such as `ZeroDivisionError`. */
  name: string;
  /** Its message. */
  value: string;
  /** All that Python printed about it. */
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
  /** How long it took. */
  duration_ms: number;
  /** Whether it was killed because its time was over. */
  timed_out: boolean;
  /** Why it failed; absent when it did not. */
  error?: CellError;
}

/** `interpreter.notebook`: each cell is a Python program of its own, run by `python3 -c`. */
export class Notebook {
  readonly #commands: CommandManager;

  /** @internal */
  constructor(commands: CommandManager) {
    this.#commands = commands;
  }

  /** Runs a cell. A failing cell is a result, not an error: see its `error`. */
  async execCell(code: string, options: CellOptions = {}): Promise<CellResult> {
    const result = await this.#commands.exec("python3", { args: ["-c", code], ...options });
    const { stdout, stderr, exit_code, duration_ms, timed_out } = result;
    const cell = { stdout, stderr, exit_code, duration_ms, timed_out };
    return exit_code === 0 ? cell : { ...cell, error: cellError(result) };
  }
}

/** From the last line of a traceback, which is `Class: message`. */
function cellError(result: CommandResult): CellError {
  const traceback = result.stderr.trimEnd();
  const [, name, value] = /^([\w.]+)(?:: ([\s\S]*))?$/.exec(traceback.split("\n").at(-1) ?? "") ?? [];
  if (result.timed_out) return { name: "TimeoutError", value: "the cell took too long and was killed", traceback };
  if (name === undefined || !traceback.includes("\n")) {
    return { name: "ExitError", value: `python3 exited with code ${result.exit_code}`, traceback };
  }
  return { name, value: value ?? "", traceback };
}
