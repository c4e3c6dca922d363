/**
 * Watching a directory for changes.
 * @module
 */
import type { WrennClient } from "../client/wrenn-client.js";
import { StreamError, type WrennError } from "../core/errors.js";
import { MessageSocket } from "../core/message-socket.js";
import type { WatchEvent } from "../types/file.js";

/** How to watch. */
export interface WatchOptions {
  /** Whether directories below are watched too, also those that appear later. Default: false. */
  recursive?: boolean;
  /** Ends the watch with an `AbortError`. */
  signal?: AbortSignal;
}

type ServerMessage = WatchEvent | { type: "started" | "ping" | "pong" } | { type: "error"; data: string };
type ClientMessage = { type: "start"; path: string; recursive: boolean } | { type: "stop" };
type WatchSocket = MessageSocket<ServerMessage, ClientMessage, WatchEvent | { type: "started" }>;

/** Iterates the changes below a directory until it is closed. */
export class FileWatch implements AsyncIterable<WatchEvent, undefined>, AsyncDisposable {
  readonly #socket: WatchSocket;

  /** @internal */
  constructor(socket: WatchSocket) {
    this.#socket = socket;
  }

  /** Ends the watch. */
  async close(): Promise<void> {
    await this.#socket.close();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<WatchEvent, undefined, undefined> {
    try {
      for (;;) {
        const result = await this.#socket.events.next();
        if (result.done === true) return undefined;
        if (result.value.type === "event") yield result.value;
      }
    } finally {
      await this.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** Begins to watch. */
export async function openWatch(
  client: WrennClient,
  id: string,
  path: string,
  options: WatchOptions,
): Promise<FileWatch> {
  const operation = `watching ${path}`;
  const opened = await client.files.openWatch(id, { signal: options.signal });
  let reported: WrennError | undefined;
  const socket: WatchSocket = new MessageSocket(opened, {
    operation,
    signal: options.signal,
    decode: (message) => {
      if (message.type === "event") return message;
      if (message.type === "started") return { type: "started" };
      if (message.type === "error") reported = new StreamError(`${operation}: ${message.data}`, { code: "stream_error", body: message });
      return undefined;
    },
    isLast: () => false,
    failure: () => reported,
  });
  socket.send({ type: "start", path, recursive: options.recursive ?? false });
  await socket.events.next();
  return new FileWatch(socket);
}
