/**
 * Foreground commands that run longer than an HTTP answer may take.
 * @module
 */
import { Deadline } from "../core/abort.js";
import { StreamError, TimeoutError } from "../core/errors.js";
import type { CapsulesResource } from "../resources/capsules.js";
import type { ExecOptions } from "./command-options.js";
import { CommandResult } from "./command-result.js";
import { CommandStream } from "./command-stream.js";

/** Exit code of a command whose time was over. */
const TIMED_OUT = -1;

/** Runs a command over a stream and collects its output, with the result that the plain way gives. */
export async function execByStream(
  capsules: CapsulesResource,
  id: string,
  cmd: string,
  options: ExecOptions,
): Promise<CommandResult> {
  const started = Date.now();
  const deadline = new Deadline(`command "${cmd}"`, (options.timeoutSec ?? 0) * 1000, options.signal);
  const output = { stdout: "", stderr: "" };
  const result = (exitCode: number, timedOut: boolean): CommandResult =>
    new CommandResult({
      sandbox_id: id,
      cmd,
      ...output,
      exit_code: exitCode,
      duration_ms: Date.now() - started,
      encoding: "utf-8",
      timed_out: timedOut,
    });
  await using stream = new CommandStream(capsules, id, cmd, { ...options, signal: options.signal });
  const onTimeout = (): void => {
    // The loop below ends with what has been printed so far.
    if (deadline.error() instanceof TimeoutError) void stream.return();
  };
  deadline.signal.addEventListener("abort", onTimeout, { once: true });
  try {
    for await (const event of stream) {
      if (event.type === "stdout" || event.type === "stderr") output[event.type] += event.data;
      if (event.type === "exit") return result(event.exit_code, false);
    }
  } finally {
    deadline.release();
  }
  if (deadline.error() instanceof TimeoutError) return result(TIMED_OUT, true);
  throw new StreamError(`command "${cmd}" ended without an exit code`, { code: "stream_error" });
}
