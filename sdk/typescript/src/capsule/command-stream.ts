/**
 * A command whose output is read while it runs.
 * @module
 */
import { ConnectionError } from "../core/errors.js";
import type { CapsulesResource } from "../resources/capsules.js";
import type { StreamEvent } from "../types/command.js";
import { execRequest, type StreamOptions } from "./command-options.js";
import { streamSocket, type StreamSocket } from "./stream-messages.js";

/**
 * The events of one command, from `start` to `exit`. It is started when the first event is asked for. Leaving the loop
 * early stops it. A connection that breaks, or an error that the server reports, is thrown.
 */
export class CommandStream implements AsyncIterableIterator<StreamEvent, undefined>, AsyncDisposable {
  readonly #open: () => Promise<StreamSocket>;
  #socket: Promise<StreamSocket> | undefined;
  #done = false;

  /** @internal */
  constructor(capsules: CapsulesResource, id: string, cmd: string, options: StreamOptions) {
    this.#open = async () => {
      const opened = await capsules.openExecStream(id, { signal: options.signal });
      const socket = streamSocket(opened, `command "${cmd}"`, options.signal, { type: "stop" });
      socket.send({ type: "start", ...execRequest(cmd, options), stdin: options.stdin ?? false });
      return socket;
    };
  }

  async next(): Promise<IteratorResult<StreamEvent, undefined>> {
    if (this.#done) return { done: true, value: undefined };
    const socket = await this.#connect();
    return await socket.events.next();
  }

  /** Stops the command and closes the connection. */
  async return(): Promise<IteratorResult<StreamEvent, undefined>> {
    this.#done = true;
    // A connection that never stood has nothing to stop, and its error has been thrown by `next`.
    const socket = await this.#socket?.catch(() => undefined);
    if (socket?.isOpen === true) socket.send({ type: "stop" });
    await socket?.close();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Sends input to the command; needs the option `stdin`. */
  async write(data: string): Promise<void> {
    (await this.#connect()).send({ type: "stdin", data });
  }

  /** Tells the command that no more input comes. */
  async closeStdin(): Promise<void> {
    (await this.#connect()).send({ type: "close_stdin" });
  }

  /** Ends the command; its `exit` event still follows. */
  async stop(): Promise<void> {
    (await this.#connect()).send({ type: "stop" });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  #connect(): Promise<StreamSocket> {
    if (this.#done) {
      return Promise.reject(new ConnectionError("the command's stream has been closed", { code: "connection_closed" }));
    }
    this.#socket ??= this.#open();
    return this.#socket;
  }
}
