/**
 * Python code, cell by cell.
 * @module
 */
import type { Capsule } from "../capsule/capsule.js";
import type { RequestOptions } from "../client/options.js";
import { NotFoundError } from "../core/errors.js";
import { cellResult, type CellOptions, type CellResult } from "./cell.js";
import { streamCell } from "./cell-stream.js";
import { plainCell } from "./plain.js";

/** HTTP clients of several runtimes give up an answer after 300 s, so that longer cells go another way. */
const LONGEST_PLAIN_CELL_SEC = 180;

/** A notebook: cells that run one after the other and, where the capsule has a Jupyter server, share variables. */
export class Notebook {
  /** Its name. */
  readonly name: string;
  readonly #capsule: Capsule;

  /** @internal */
  constructor(capsule: Capsule, name: string) {
    this.#capsule = capsule;
    this.name = name;
  }

  /**
   * Runs a cell, after those of this notebook that run already. A failing cell is a result, not an error: see its
   * `error`.
   */
  async execCell(code: string, options: CellOptions = {}): Promise<CellResult> {
    const { timeoutSec, signal, timeout, maxRetries, onStdout, onStderr, onResult, onError } = options;
    const { client, id, commands } = this.#capsule;
    const request = { code, ...(timeoutSec === undefined ? {} : { timeout_sec: timeoutSec }) };
    const long = timeoutSec !== undefined && (timeoutSec === 0 || timeoutSec > LONGEST_PLAIN_CELL_SEC);
    const watched = [onStdout, onStderr, onResult, onError, signal].some((option) => option !== undefined);
    try {
      if (long || watched) return await streamCell(client.notebooks, id, this.name, request, options);
      const given = { maxRetries, ...(timeout === undefined ? {} : { timeout }) };
      return cellResult(await client.notebooks.exec(id, this.name, request, given));
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
      // A server that knows no notebooks does not have the route. When the capsule is what it does not have, it says so
      // again.
      return await plainCell(commands, code, { ...options, signal });
    }
  }

  /** Interrupts the cell that runs; it ends with a `KeyboardInterrupt`. */
  async interrupt(options: RequestOptions = {}): Promise<void> {
    await this.#capsule.client.notebooks.interrupt(this.#capsule.id, this.name, options);
  }

  /** Starts the kernel anew: the variables are gone, and the cell that runs ends with an error. */
  async restart(options: RequestOptions = {}): Promise<void> {
    await this.#capsule.client.notebooks.restart(this.#capsule.id, this.name, options);
  }

  /** Ends the kernel. The next cell begins a new notebook of the same name. */
  async delete(options: RequestOptions = {}): Promise<void> {
    await this.#capsule.client.notebooks.delete(this.#capsule.id, this.name, options);
  }
}
