/**
 * How commands are run.
 * @module
 */
import type { RequestOptions } from "../client/options.js";
import type { ExecRequest } from "../types/command.js";

/** What every way of running a command takes. */
export interface CommandOptions {
  /** The program's arguments. The program is run directly, not through a shell. */
  args?: readonly string[] | undefined;
  /** Environment variables, beside those of the capsule. */
  envs?: Readonly<Record<string, string>> | undefined;
  /** The directory to run in. Default: the user's home. */
  cwd?: string | undefined;
  /** The user to run as. Default: `root`. */
  user?: string | undefined;
}

/** How to run a command and wait for it. */
export interface ExecOptions extends CommandOptions, RequestOptions {
  /** Seconds until the command and all that it started are killed; 0: never. Default: 30. */
  timeoutSec?: number | undefined;
}

/** How to start a process in the background. */
export interface StartOptions extends CommandOptions, RequestOptions {
  /** A name to find the process by; generated when absent. */
  tag?: string | undefined;
}

/** How to stream a command's output. */
export interface StreamOptions extends CommandOptions {
  /** Ends the command and the stream with an `AbortError`. */
  signal?: AbortSignal | undefined;
  /** Whether the command gets input by `write`; without, it finds its input at its end. Default: false. */
  stdin?: boolean | undefined;
}

/** The request for a command; what is not set is left to the server. */
export function execRequest(cmd: string, options: CommandOptions): ExecRequest {
  return {
    cmd,
    ...(options.args === undefined ? {} : { args: [...options.args] }),
    ...(options.envs === undefined ? {} : { envs: { ...options.envs } }),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.user === undefined ? {} : { user: options.user }),
  };
}
