/**
 * Opening WebSockets on every runtime, with the server's refusals as typed errors.
 * @module
 */
import NodeWebSocket from "ws";

import { abortError, Deadline } from "./abort.js";
import { errorFromResponse } from "./error-response.js";
import { ConnectionError, WrennError } from "./errors.js";

/** The part of the WebSocket interface that the SDK uses. */
export interface WebSocketLike {
  binaryType: string;
  readonly readyState: number;
  send(data: string): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: string, listener: (event: Event) => void): void;
  removeEventListener(type: string, listener: (event: Event) => void): void;
  /** Stops reading; implementations without it cannot apply back-pressure. */
  pause?(): void;
  resume?(): void;
  ping?(): void;
  /** Ends the connection without a closing handshake. */
  terminate?(): void;
}

/** A WebSocket class. Implementations that can send headers take them in the second argument. */
export type WebSocketConstructor = new (
  url: string,
  options?: { headers?: Record<string, string> },
) => WebSocketLike;

/** Settings of one connection. */
export interface SocketOptions {
  signal?: AbortSignal | undefined;
  /** Milliseconds until the connection must stand. */
  timeout?: number | undefined;
}

interface OpenOptions extends SocketOptions {
  headers: Record<string, string>;
  WebSocket: WebSocketConstructor | undefined;
  authToken: string | undefined;
  probe: () => Promise<void>;
}

/** `readyState` of an open connection. */
export const OPEN = 1;

/** A connection that stands, and what came before anyone could listen. */
export interface OpenedSocket {
  socket: WebSocketLike;
  /** Hands over what has come so far and stops recording; call it when the real listeners are in place. */
  takeOver(): { messages: unknown[]; close: CloseDetails | undefined };
}

/** Why a connection ended. */
export interface CloseDetails {
  code?: number;
  reason?: string;
}

/** What a message event carries. */
export function dataOf(event: Event): unknown {
  return (event as Event & { data?: unknown }).data;
}

/** What a close event carries. */
export function closeDetails(event: Event): CloseDetails {
  return event as Event & CloseDetails;
}

/** Opens a connection and waits until it stands. */
export async function openSocket(url: string, options: OpenOptions): Promise<OpenedSocket> {
  const operation = `opening ${new URL(url).pathname}`;
  if (options.signal?.aborted === true) throw abortError(operation, options.signal);
  const deadline = new Deadline(operation, options.timeout, options.signal);
  const { socket, refusal } = create(url, options);
  socket.binaryType = "arraybuffer";
  const takeOver = record(socket);
  try {
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener("open", () => {
        resolve();
      });
      socket.addEventListener("error", (event) => {
        const { message = "the server cannot be reached", error } = event as Event & { message?: string; error?: unknown };
        reject(new ConnectionError(`${operation} failed: ${message}`, { code: "connection_error", cause: error ?? event }));
      });
      socket.addEventListener("close", (event) => {
        const { code = 1006 } = closeDetails(event);
        reject(new ConnectionError(`${operation} failed: closed with code ${code}`, { code: "connection_error" }));
      });
      refusal?.then(reject, reject);
      deadline.signal.addEventListener("abort", () => {
        reject(deadline.error() ?? new ConnectionError(`${operation} was given up`));
      });
    });
  } catch (error) {
    abandon(socket);
    if (error instanceof ConnectionError && refusal === undefined) throw await betterError(error, options.probe);
    throw error;
  } finally {
    deadline.release();
  }
  if (!sendsHeaders(options) && options.authToken !== undefined) {
    socket.send(JSON.stringify({ type: "auth", token: options.authToken }));
  }
  return { socket, takeOver };
}

/** Lets go of a connection whatever state it is in. */
export function abandon(socket: WebSocketLike): void {
  // An implementation may report the end of a half-open connection as an error event, which needs a listener.
  socket.addEventListener("error", () => undefined);
  if (socket.terminate === undefined) socket.close();
  else socket.terminate();
}

/** A server may send right after the handshake, before the promise of an open connection has reached its reader. */
function record(socket: WebSocketLike): OpenedSocket["takeOver"] {
  const messages: unknown[] = [];
  let close: CloseDetails | undefined;
  const onMessage = (event: Event): void => void messages.push(dataOf(event));
  const onClose = (event: Event): void => {
    close = closeDetails(event);
  };
  socket.addEventListener("message", onMessage);
  socket.addEventListener("close", onClose);
  return () => {
    socket.removeEventListener("message", onMessage);
    socket.removeEventListener("close", onClose);
    return { messages, close };
  };
}

function create(url: string, options: OpenOptions): { socket: WebSocketLike; refusal?: Promise<WrennError> } {
  if (options.WebSocket !== undefined) return { socket: new options.WebSocket(url, { headers: options.headers }) };
  if (!sendsHeaders(options)) {
    const Browser = (globalThis as { WebSocket?: new (url: string) => WebSocketLike }).WebSocket;
    if (Browser === undefined) throw new WrennError("this runtime has no WebSocket: pass the option WebSocket");
    return { socket: new Browser(url) };
  }
  const socket = new NodeWebSocket(url, { headers: options.headers, perMessageDeflate: false });
  const likeSocket = socket as unknown as WebSocketLike;
  // Only Node.js itself offers the event; other runtimes imitate the package without it.
  const { Bun, Deno } = globalThis as { Bun?: unknown; Deno?: unknown };
  if (Bun !== undefined || Deno !== undefined) return { socket: likeSocket };
  const refusal = new Promise<WrennError>((resolve) => {
    socket.on("unexpected-response", (_request, response) => {
      const parts: Buffer[] = [];
      const finish = (): void => {
        const { statusCode = 0, statusMessage = "", headers } = response;
        const requestId = headers["x-request-id"];
        resolve(
          errorFromResponse({
            status: statusCode,
            statusText: statusMessage,
            text: Buffer.concat(parts).toString(),
            requestId: typeof requestId === "string" ? requestId : undefined,
            retryAfter: headers["retry-after"],
          }),
        );
      };
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("end", finish);
      response.on("error", finish);
    });
  });
  return { socket: likeSocket, refusal };
}

/** Browsers' WebSockets take no headers; there the credential is the first message. */
function sendsHeaders(options: Pick<OpenOptions, "WebSocket">): boolean {
  const runtime = globalThis as { process?: { versions?: { node?: string } } };
  return options.WebSocket !== undefined || runtime.process?.versions?.node !== undefined;
}

/** What can be learnt about a refusal where the server's answer to the handshake is hidden. */
async function betterError(error: ConnectionError, probe: () => Promise<void>): Promise<WrennError> {
  try {
    await probe();
  } catch (refusal) {
    if (refusal instanceof WrennError && refusal.statusCode !== undefined) return refusal;
  }
  // The `ws` package and those that imitate it put the status into the message.
  const [, status] = /unexpected server response: (\d{3})/i.exec(error.message) ?? [];
  return status === undefined ? error : errorFromResponse({ status: Number(status), text: "" });
}
