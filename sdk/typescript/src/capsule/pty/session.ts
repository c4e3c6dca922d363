/**
 * A connection to a terminal.
 * @module
 */
import { asBuffer } from "../../core/bytes.js";
import { StreamError, type WrennError } from "../../core/errors.js";
import { MessageSocket } from "../../core/message-socket.js";
import type { OpenedSocket } from "../../core/web-socket.js";
import { PtyDecoder, type PtyClientMessage, type PtyEvent, type PtyServerMessage } from "./events.js";

type PtySocket = MessageSocket<PtyServerMessage, PtyClientMessage, PtyEvent>;

/**
 * A terminal session. It outlives the connection: after `close`, `capsule.pty.connect(session.tag)` joins it again.
 */
export class PtySession implements AsyncDisposable {
  /** The name to join the session by. */
  readonly tag: string;
  /** The process id of its program. */
  readonly pid: number;
  readonly #socket: PtySocket;

  private constructor(socket: PtySocket, started: { tag: string; pid: number }) {
    this.#socket = socket;
    this.tag = started.tag;
    this.pid = started.pid;
  }

  /**
   * Opens or joins a session with the first message; resolves when the server says that it stands.
   * @internal
   */
  static async open(
    opened: OpenedSocket,
    first: PtyClientMessage,
    signal: AbortSignal | undefined,
  ): Promise<PtySession> {
    const operation = first.type === "connect" ? `terminal "${first.tag}"` : "terminal";
    const decoder = new PtyDecoder();
    let reported: WrennError | undefined;
    let onStarted: ((started: { tag: string; pid: number }) => void) | undefined;
    let onFailure: ((error: WrennError) => void) | undefined;
    const started = new Promise<{ tag: string; pid: number }>((resolve, reject) => {
      onStarted = resolve;
      onFailure = reject;
    });
    const socket: PtySocket = new MessageSocket(opened, {
      operation,
      signal,
      decode: (message) => {
        if (message.type === "ping" && socket.isOpen) socket.send({ type: "pong" });
        const event = decoder.decode(message);
        if (event?.type === "started") onStarted?.(event);
        if (event?.type === "error" && event.fatal) {
          reported = new StreamError(`${operation}: ${event.data}`, { code: "stream_error", body: event });
          onFailure?.(reported);
        }
        return event;
      },
      isLast: (event) => event.type === "exit",
      failure: () => reported,
      onEnd: (error) => {
        onFailure?.(error ?? new StreamError(`${operation} ended before it had started`, { code: "stream_error" }));
      },
    });
    try {
      socket.send(first);
      return new PtySession(socket, await started);
    } catch (error) {
      started.catch(() => undefined);
      await socket.close();
      throw error;
    }
  }

  /** What happens in the terminal; one reader at a time. A connection that breaks is thrown. */
  get events(): AsyncIterableIterator<PtyEvent, undefined> {
    return this.#socket.events;
  }

  /** Whether messages can be sent. */
  get isOpen(): boolean {
    return this.#socket.isOpen;
  }

  /** Sends text or bytes as if they were typed. */
  input(data: string | Uint8Array): void {
    const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
    this.#socket.send({ type: "input", data: asBuffer(bytes).toString("base64") });
  }

  /** Tells the terminal its new size. */
  resize(cols: number, rows: number): void {
    this.#socket.send({ type: "resize", cols, rows });
  }

  /** Ends the session's program; its `exit` event still follows. */
  kill(): void {
    this.#socket.send({ type: "kill" });
  }

  /** Closes the connection after what was typed has left; the session goes on without it. */
  async close(): Promise<void> {
    await this.#socket.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
