/**
 * A WebSocket that carries JSON messages both ways, with back-pressure, a heartbeat and a definite end.
 * @module
 */
import { AsyncQueue } from "./async-queue.js";
import { abortError } from "./abort.js";
import { ConnectionError, WrennError } from "./errors.js";
import { abandon, closeDetails, dataOf, OPEN, type CloseDetails, type OpenedSocket, type WebSocketLike } from "./web-socket.js";

/** Reading stops when this many messages wait, and goes on when few are left. */
const HIGH_WATER = 256;
const LOW_WATER = 32;
/** Milliseconds between heartbeats; a peer that is silent for two of them is gone. */
const HEARTBEAT_MS = 20_000;
/** Milliseconds that the closing handshake may take. */
const CLOSE_TIMEOUT_MS = 2_000;

/** What the owner of a connection says about its messages. */
export interface MessageSocketOptions<In, Event> {
  /** What is streamed, for error messages. */
  operation: string;
  /** Turns a message into an event; `undefined` drops it. */
  decode: (message: In) => Event | undefined;
  /** Whether nothing follows this event, so that a closed connection is no failure. */
  isLast: (event: Event) => boolean;
  /** The error that a connection ends with which closes after these events without a last one. */
  failure?: () => WrennError | undefined;
  /** Called once, when the connection has ended or failed. */
  onEnd?: (error: WrennError | undefined) => void;
  signal?: AbortSignal | undefined;
  /** Sent before the connection is closed because of the signal. */
  abortMessage?: unknown;
  /** Milliseconds between heartbeats. */
  heartbeatMs?: number;
}

/** Sends `Out` messages and iterates the events made from `In` messages. */
export class MessageSocket<In, Out, Event> {
  readonly events: AsyncQueue<Event>;
  readonly #socket: WebSocketLike;
  readonly #options: MessageSocketOptions<In, Event>;
  readonly #closed: Promise<void>;
  #finished = false;
  #paused = false;
  #heard = true;
  #heartbeat: ReturnType<typeof setInterval> | undefined;

  constructor(opened: OpenedSocket, options: MessageSocketOptions<In, Event>) {
    const { socket } = opened;
    this.#socket = socket;
    this.#options = options;
    this.events = new AsyncQueue<Event>({
      high: HIGH_WATER,
      low: LOW_WATER,
      onFull: () => {
        this.#pause();
      },
      onDrained: () => {
        this.#resume();
      },
    });
    this.#closed = new Promise((resolve) => {
      socket.addEventListener("close", (event) => {
        this.#onClose(closeDetails(event));
        resolve();
      });
    });
    socket.addEventListener("message", (event) => {
      this.#onMessage(dataOf(event));
    });
    // The close event that follows an error says all that is needed.
    socket.addEventListener("error", () => undefined);
    options.signal?.addEventListener("abort", this.#onAbort, { once: true });
    this.#startHeartbeat();
    const early = opened.takeOver();
    for (const data of early.messages) this.#onMessage(data);
    if (early.close !== undefined) this.#onClose(early.close);
    if (options.signal?.aborted === true) this.#onAbort();
  }

  /** Whether messages can be sent. */
  get isOpen(): boolean {
    return !this.#finished && this.#socket.readyState === OPEN;
  }

  /** Sends a message; throws a `ConnectionError` when the connection is closed. */
  send(message: Out): void {
    if (!this.isOpen) {
      throw new ConnectionError(`${this.#options.operation}: the connection is closed`, { code: "connection_closed" });
    }
    this.#socket.send(JSON.stringify(message));
  }

  /** Closes the connection after what was sent has left; the events end. Safe to call twice. */
  async close(): Promise<void> {
    this.#finished = true;
    await this.events.return();
    this.#release();
    this.#resume();
    await this.#shut();
  }

  readonly #onAbort = (): void => {
    const { signal, operation, abortMessage } = this.#options;
    if (signal === undefined || this.#finished) return;
    if (abortMessage !== undefined && this.isOpen) this.#socket.send(JSON.stringify(abortMessage));
    this.#end(abortError(operation, signal));
    this.#resume();
    void this.#shut();
  };

  /** The closing handshake, for a limited time. */
  async #shut(): Promise<void> {
    this.#socket.close(1000);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const timeout = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, CLOSE_TIMEOUT_MS);
    });
    await Promise.race([this.#closed, timeout]);
    clearTimeout(timer);
    this.#socket.terminate?.();
  }

  #onMessage(data: unknown): void {
    this.#heard = true;
    if (this.#finished) return;
    let event: Event | undefined;
    try {
      event = this.#options.decode(JSON.parse(textOf(data)) as In);
    } catch (cause) {
      this.#end(
        new WrennError(`${this.#options.operation}: the server sent a message that cannot be understood`, {
          code: "invalid_response",
          cause,
        }),
      );
      abandon(this.#socket);
      return;
    }
    if (event === undefined) return;
    this.events.push(event);
    if (this.#options.isLast(event)) {
      this.#end(undefined);
      this.#socket.close(1000);
    }
  }

  #onClose(event: CloseDetails): void {
    this.#end(
      this.#options.failure?.() ??
        new ConnectionError(
          `${this.#options.operation}: the connection was lost before the end ` +
            `(code ${event.code ?? 1006}${event.reason === undefined || event.reason === "" ? "" : `, ${event.reason}`})`,
          { code: "connection_lost" },
        ),
    );
  }

  #end(error: WrennError | undefined): void {
    this.#finished = true;
    this.#release();
    this.#options.onEnd?.(error);
    if (error === undefined) this.events.end();
    else this.events.fail(error);
  }

  #release(): void {
    clearInterval(this.#heartbeat);
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
  }

  #pause(): void {
    if (this.#socket.pause === undefined || this.#finished) return;
    this.#paused = true;
    this.#socket.pause();
  }

  #resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#heard = true;
    this.#socket.resume?.();
  }

  #startHeartbeat(): void {
    if (this.#socket.ping === undefined) return;
    const onPong = (): void => {
      this.#heard = true;
    };
    // `ws` reports answers to pings only to its own kind of listener.
    (this.#socket as { on?: (event: string, listener: () => void) => unknown }).on?.("pong", onPong);
    let silent = 0;
    this.#heartbeat = setInterval(() => {
      // A paused connection reads nothing, answers included: its silence says nothing about the peer.
      silent = this.#heard || this.#paused ? 0 : silent + 1;
      this.#heard = false;
      if (silent >= 2) {
        this.#end(new ConnectionError(`${this.#options.operation}: the server no longer answers`, { code: "connection_lost" }));
        abandon(this.#socket);
        return;
      }
      this.#socket.ping?.();
    }, this.#options.heartbeatMs ?? HEARTBEAT_MS);
  }
}

function textOf(data: unknown): string {
  if (typeof data === "string") return data;
  if (data instanceof ArrayBuffer) return new TextDecoder().decode(data);
  if (data instanceof Uint8Array) return new TextDecoder().decode(data);
  throw new TypeError("a message of an unknown kind");
}
