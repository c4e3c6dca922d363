/**
 * Commands and processes, as the API speaks of them.
 * @module
 */
import type { components } from "../internal/openapi.js";

/** A command to run. */
export type ExecRequest = components["schemas"]["ExecRequest"];

/** What came of a foreground command. */
export type ExecResponse = components["schemas"]["ExecResponse"];

/** A background process that was started. */
export type BackgroundExecResponse = components["schemas"]["BackgroundExecResponse"];

/** A running process that was started through the API. */
export type ProcessEntry = components["schemas"]["ProcessEntry"];

/** The processes that run. */
export type ProcessListResponse = components["schemas"]["ProcessListResponse"];

/** How to end a process. */
export type ProcessSignal = "SIGKILL" | "SIGTERM";

/** What is said about a command while it runs. */
export type StreamEvent =
  | { type: "start"; pid: number }
  | { type: "stdout"; data: string }
  | { type: "stderr"; data: string }
  | { type: "exit"; exit_code: number }
  | { type: "error"; data: string };

/** What can be told to a running process. */
export type StreamMessage =
  | { type: "stop" }
  | { type: "stdin"; data: string }
  | { type: "close_stdin" }
  | { type: "ping" };
