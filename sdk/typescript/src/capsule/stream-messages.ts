/**
 * The messages on a command's WebSocket.
 * @module
 */
import { StreamError, type WrennError } from "../core/errors.js";
import { MessageSocket } from "../core/message-socket.js";
import type { OpenedSocket } from "../core/web-socket.js";
import type { StreamEvent, StreamMessage } from "../types/command.js";

/** What a client says, the first message included. */
export type StreamClientMessage = StreamMessage | { type: "start"; cmd: string; [field: string]: unknown };

/** A connection that carries a command's output. */
export type StreamSocket = MessageSocket<{ type: string }, StreamClientMessage, StreamEvent>;

/** Messages that keep the connection alive and mean nothing to a caller. */
const SILENT: ReadonlySet<string> = new Set(["ping", "pong"]);

/** Reads a command's messages from an open connection. */
export function streamSocket(
  opened: OpenedSocket,
  operation: string,
  signal: AbortSignal | undefined,
  abortMessage?: StreamMessage,
): StreamSocket {
  let reported: WrennError | undefined;
  return new MessageSocket(opened, {
    operation,
    signal,
    abortMessage,
    decode: (message) => {
      if (SILENT.has(message.type)) return undefined;
      const event = message as StreamEvent;
      if (event.type === "error") reported = new StreamError(`${operation}: ${event.data}`, { code: "stream_error", body: event });
      return event;
    },
    isLast: (event) => event.type === "exit",
    failure: () => reported,
  });
}
