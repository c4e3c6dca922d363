/**
 * A cell whose output is told as it comes.
 * @module
 */
import { StreamError, type WrennError } from "../core/errors.js";
import { MessageSocket } from "../core/message-socket.js";
import type { NotebooksResource } from "../resources/notebooks.js";
import type { CellMessage, CellOutputData, ExecCellRequest, ExecCellResponse } from "../types/notebook.js";
import { cellError, cellResult, CellOutput, type CellOptions, type CellResult } from "./cell.js";

type ClientMessage = ({ type: "exec" } & ExecCellRequest) | { type: "interrupt" };

/** Runs a cell over a WebSocket. */
export async function streamCell(
  notebooks: NotebooksResource,
  id: string,
  name: string,
  request: ExecCellRequest,
  options: CellOptions,
): Promise<CellResult> {
  const operation = `cell in notebook "${name}" of capsule ${id}`;
  let reported: WrennError | undefined;
  const opened = await notebooks.openStream(id, name, { signal: options.signal });
  const socket = new MessageSocket<CellMessage, ClientMessage, CellMessage>(opened, {
    operation,
    signal: options.signal,
    abortMessage: { type: "interrupt" },
    decode: (message) => {
      if (message.type === "error") {
        reported = new StreamError(`${operation}: ${message.data}`, { code: "stream_error", body: message });
      }
      return message;
    },
    isLast: (message) => message.type === "end",
    failure: () => reported,
  });
  try {
    socket.send({ type: "exec", ...request });
    const cell = new Collector(options);
    for await (const message of socket.events) {
      // The server leaves the connection open after an error, for the next cell.
      if (reported !== undefined) throw reported;
      const result = cell.take(message);
      if (result !== undefined) return cellResult(result);
    }
    throw reported ?? new StreamError(`${operation} ended without a result`, { code: "stream_error" });
  } finally {
    await socket.close();
  }
}

/** Puts together what comes of a cell, and tells the caller. */
class Collector {
  readonly #options: CellOptions;
  #stdout = "";
  #stderr = "";
  #results: CellOutputData[] = [];
  #error: ExecCellResponse["error"];
  #clear = false;

  constructor(options: CellOptions) {
    this.#options = options;
  }

  /** Takes a message; returns the whole after the last one. */
  take(message: CellMessage): ExecCellResponse | undefined {
    const { onStdout, onStderr, onResult, onError } = this.#options;
    switch (message.type) {
      case "stdout":
        this.#show();
        this.#stdout += message.data;
        onStdout?.(message.data);
        break;
      case "stderr":
        this.#show();
        this.#stderr += message.data;
        onStderr?.(message.data);
        break;
      case "result":
        this.#show();
        this.#results.push(message);
        onResult?.(new CellOutput(message));
        break;
      case "update":
        this.#results = this.#results.map((old) =>
          message.display_id !== undefined && old.display_id === message.display_id
            ? { ...message, is_main: old.is_main ?? false }
            : old,
        );
        break;
      case "clear":
        if (message.wait) this.#clear = true;
        else this.#empty();
        break;
      case "exception":
        this.#error = message;
        onError?.(cellError(message));
        break;
      case "end": {
        const { exit_code, duration_ms, timed_out, execution_count } = message;
        return {
          stdout: this.#stdout,
          stderr: this.#stderr,
          exit_code,
          results: this.#results,
          duration_ms,
          timed_out: timed_out ?? false,
          ...(this.#error === undefined ? {} : { error: this.#error }),
          ...(execution_count === undefined ? {} : { execution_count }),
        };
      }
      case "start":
      case "error":
        break;
    }
    return undefined;
  }

  #show(): void {
    if (this.#clear) this.#empty();
  }

  #empty(): void {
    this.#clear = false;
    this.#stdout = "";
    this.#stderr = "";
    this.#results = [];
  }
}
