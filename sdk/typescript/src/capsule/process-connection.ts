/**
 * A connection to a process that runs in the background.
 * @module
 */
import type { StreamEvent, StreamMessage } from "../types/command.js";
import type { StreamSocket } from "./stream-messages.js";

/**
 * Iterates what the process prints, beginning with what it has printed so far. A slow reader slows the connection, not
 * the process. Closing the connection leaves the process running.
 */
export class ProcessConnection implements AsyncIterable<StreamEvent, undefined>, AsyncDisposable {
  readonly #socket: StreamSocket;

  /** @internal */
  constructor(socket: StreamSocket) {
    this.#socket = socket;
  }

  /** The process's events; one reader at a time. */
  get events(): AsyncIterableIterator<StreamEvent, undefined> {
    return this.#socket.events;
  }

  /** Whether messages can be sent. */
  get isOpen(): boolean {
    return this.#socket.isOpen;
  }

  /** Sends a message: `ping`, `stop`, `stdin` or `close_stdin`. */
  send(message: StreamMessage): void {
    this.#socket.send(message);
  }

  /** Closes the connection. */
  async close(): Promise<void> {
    await this.#socket.close();
  }

  [Symbol.asyncIterator](): AsyncIterator<StreamEvent, undefined> {
    const { events } = this;
    return {
      next: () => events.next(),
      return: async () => {
        await this.close();
        return { done: true, value: undefined };
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
