/**
 * Cells on a server that knows no notebooks: each is a Python program of its own, run by `python3 -c`.
 * @module
 */
import type { CommandManager } from "../capsule/commands.js";
import type { CommandResult } from "../capsule/command-result.js";
import type { CellError, CellOptions, CellOutput, CellResult } from "./cell.js";

/** Runs a cell. */
export async function plainCell(commands: CommandManager, code: string, options: CellOptions): Promise<CellResult> {
  const { timeoutSec, signal, timeout, maxRetries } = options;
  const result = await commands.exec("python3", { args: ["-c", code], timeoutSec, signal, timeout, maxRetries });
  const { stdout, stderr, exit_code, duration_ms, timed_out } = result;
  const cell = { stdout, stderr, exit_code, results: new Array<CellOutput>(), duration_ms, timed_out };
  if (stdout !== "") options.onStdout?.(stdout);
  if (stderr !== "") options.onStderr?.(stderr);
  if (exit_code === 0) return cell;
  const error = cellError(result);
  options.onError?.(error);
  return { ...cell, error };
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
