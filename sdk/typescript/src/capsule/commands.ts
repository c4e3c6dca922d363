/**
 * Commands of a capsule.
 * @module
 */
import type { RequestOptions } from "../client/options.js";
import type { WrennClient } from "../client/wrenn-client.js";
import type { SocketOptions } from "../core/web-socket.js";
import type { BackgroundExecResponse, ProcessListResponse, ProcessSignal } from "../types/command.js";
import { execRequest, type ExecOptions, type StartOptions, type StreamOptions } from "./command-options.js";
import { CommandResult } from "./command-result.js";
import { CommandStream } from "./command-stream.js";
import { execByStream } from "./long-exec.js";
import { ProcessConnection } from "./process-connection.js";
import { streamSocket } from "./stream-messages.js";

/** HTTP clients of several runtimes give up an answer after 300 s, so that longer commands go another way. */
const LONGEST_PLAIN_EXEC_SEC = 240;

/** `capsule.commands` */
export class CommandManager {
  readonly #client: WrennClient;
  readonly #id: string;

  /** @internal */
  constructor(client: WrennClient, id: string) {
    this.#client = client;
    this.#id = id;
  }

  /** Runs a command and waits for its end. A failing command is a result, not an error: see its `exit_code`. */
  async exec(cmd: string, options: ExecOptions = {}): Promise<CommandResult> {
    const { timeoutSec, signal, timeout, maxRetries } = options;
    if (timeoutSec !== undefined && (timeoutSec === 0 || timeoutSec > LONGEST_PLAIN_EXEC_SEC)) {
      return await execByStream(this.#client.capsules, this.#id, cmd, options);
    }
    const request = { ...execRequest(cmd, options), ...(timeoutSec === undefined ? {} : { timeout_sec: timeoutSec }) };
    const given = { signal, maxRetries, ...(timeout === undefined ? {} : { timeout }) };
    return new CommandResult(await this.#client.capsules.exec(this.#id, request, given));
  }

  /** Starts a process in the background. */
  async start(cmd: string, options: StartOptions = {}): Promise<BackgroundExecResponse> {
    const { tag, signal, timeout, maxRetries } = options;
    const request = { ...execRequest(cmd, options), ...(tag === undefined ? {} : { tag }) };
    return await this.#client.capsules.start(this.#id, request, { signal, timeout, maxRetries });
  }

  /** Runs a command and iterates its output while it runs. */
  stream(cmd: string, options: StreamOptions = {}): CommandStream {
    return new CommandStream(this.#client.capsules, this.#id, cmd, options);
  }

  /** Connects to a process that runs in the background, by its pid or tag. */
  async streamProcess(selector: string | number, options: SocketOptions = {}): Promise<ProcessConnection> {
    const opened = await this.#client.capsules.openProcessStream(this.#id, selector, options);
    return new ProcessConnection(streamSocket(opened, `process ${selector}`, options.signal));
  }

  /** The running processes that were started through the API. */
  async list(options: RequestOptions = {}): Promise<ProcessListResponse> {
    return await this.#client.capsules.listProcesses(this.#id, options);
  }

  /** Ends a process, by its pid or tag. Default signal: `SIGKILL`. */
  async kill(selector: string | number, signal?: ProcessSignal, options: RequestOptions = {}): Promise<void> {
    await this.#client.capsules.killProcess(this.#id, selector, signal, options);
  }
}
