/**
 * How terminals are opened.
 * @module
 */
import type { PtyClientMessage } from "./events.js";

/** A new terminal. */
export interface PtyStartOptions {
  /** The program. Default: `/bin/bash`. */
  cmd?: string | undefined;
  /** Its arguments. */
  args?: readonly string[] | undefined;
  /** Columns. Default: 80. */
  cols?: number | undefined;
  /** Rows. Default: 24. */
  rows?: number | undefined;
  /** Environment variables, beside those of the capsule. */
  envs?: Readonly<Record<string, string>> | undefined;
  /** The directory to run in. Default: the user's home. */
  cwd?: string | undefined;
  /** The user to run as. Default: `root`. */
  user?: string | undefined;
  /** A name to join the session by later; generated when absent. */
  tag?: string | undefined;
  /** Ends the connection with an `AbortError`. */
  signal?: AbortSignal | undefined;
}

/** Joining a terminal. */
export interface PtyConnectOptions {
  /** Ends the connection with an `AbortError`. */
  signal?: AbortSignal | undefined;
}

/** The first message for a new terminal; what is not set is left to the server. */
export function startMessage(options: PtyStartOptions): PtyClientMessage {
  const { cmd, args, cols, rows, envs, cwd, user, tag } = options;
  const fields = Object.entries({ cmd, args, cols, rows, envs, cwd, user, tag });
  return { type: "start", ...Object.fromEntries(fields.filter(([, value]) => value !== undefined)) };
}
