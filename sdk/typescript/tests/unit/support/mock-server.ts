/**
 * A small HTTP and WebSocket server that answers as each test tells it to.
 * @module
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";

import { vi } from "vitest";
import { WebSocketServer, type WebSocket } from "ws";

import { Capsule } from "../../../src/capsule/capsule.js";
import type { ClientOptions } from "../../../src/client/options.js";
import { WrennClient } from "../../../src/client/wrenn-client.js";

/** A request that has arrived. */
export interface Recorded {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage["headers"];
  body: Buffer;
}

type Handler = (response: ServerResponse, request: Recorded) => void;
type SocketHandler = (socket: WebSocket, request: IncomingMessage) => void;

export const CAPSULE_ID = "cl-0000000000000000000000001";
export const CAPSULE_PATH = `/v1/capsules/${CAPSULE_ID}`;

export class MockServer implements AsyncDisposable {
  readonly requests: Recorded[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #routes = new Map<string, Handler>();
  readonly #socketRoutes = new Map<string, SocketHandler>();

  private constructor() {
    const webSockets = new WebSocketServer({ noServer: true });
    this.#server = createServer((request, response) => {
      void this.#answer(request, response);
    });
    this.#server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
    });
    this.#server.on("upgrade", (request, socket, head) => {
      const handler = this.#socketRoutes.get(new URL(request.url ?? "", "http://mock").pathname);
      if (handler === undefined) {
        const body = errorBody("not_found", "there is no such capsule");
        socket.end(
          `HTTP/1.1 404 Not Found\r\nX-Request-Id: req-7\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
        );
        return;
      }
      webSockets.handleUpgrade(request, socket, head, (webSocket) => {
        handler(webSocket, request);
      });
    });
  }

  static async start(): Promise<MockServer> {
    const mock = new MockServer();
    await new Promise<void>((resolve) => mock.#server.listen(0, "127.0.0.1", resolve));
    return mock;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Answers a route such as `GET /v1/capsules`. */
  on(route: string, handler: Handler): this {
    this.#routes.set(route, handler);
    return this;
  }

  /** Answers a WebSocket route. */
  onSocket(path: string, handler: SocketHandler): this {
    this.#socketRoutes.set(path, handler);
    return this;
  }

  client(options: ClientOptions = {}): WrennClient {
    return new WrennClient({ baseUrl: this.url, apiKey: "wrn_test", ...options });
  }

  capsule(options: ClientOptions = {}): Capsule {
    return new Capsule(CAPSULE_ID, { client: this.client(options) });
  }

  /** Breaks every connection without a word. */
  dropConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.dropConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "", "http://mock");
    const parts: Buffer[] = [];
    try {
      for await (const part of request) parts.push(part as Buffer);
    } catch {
      return;
    }
    const recorded: Recorded = {
      method: request.method ?? "",
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body: Buffer.concat(parts),
    };
    this.requests.push(recorded);
    const handler = this.#routes.get(`${recorded.method} ${recorded.path}`);
    if (handler === undefined) json(response, 404, JSON.parse(errorBody("not_found", "there is no such route")));
    else handler(response, recorded);
  }
}

/** Answers with JSON. */
export function json(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "Content-Type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}

/** A capsule's record. */
export function capsuleRecord(status: string): Record<string, unknown> {
  return {
    id: CAPSULE_ID,
    status,
    template: "minimal",
    vcpus: 1,
    memory_mb: 512,
    timeout_sec: 0,
    guest_ip: "169.254.0.21",
    host_ip: "",
    runtime: "container",
    metadata: {},
    created_at: "2026-01-01T00:00:00Z",
    last_updated: "2026-01-01T00:00:00Z",
  };
}

/** Answers a foreground exec with what `respond` makes of the request. */
export function onExec(
  mock: MockServer,
  respond: (request: ExecBody) => { stdout?: string; stderr?: string; exit_code?: number; encoding?: string; timed_out?: boolean } = () => ({}),
): ExecBody[] {
  const seen: ExecBody[] = [];
  mock.on(`POST ${CAPSULE_PATH}/exec`, (response, request) => {
    const body = JSON.parse(request.body.toString()) as ExecBody;
    seen.push(body);
    json(response, 200, {
      sandbox_id: CAPSULE_ID,
      cmd: body.cmd,
      stdout: "",
      stderr: "",
      exit_code: 0,
      duration_ms: 1,
      encoding: "utf-8",
      ...respond(body),
    });
  });
  return seen;
}

export interface ExecBody {
  cmd: string;
  args?: string[];
  envs?: Record<string, string>;
  cwd?: string;
  timeout_sec?: number;
  background?: boolean;
}

/** Waits until nothing is thrown any more, also on a busy machine. */
export async function eventually(assertion: () => void): Promise<void> {
  await vi.waitFor(assertion, { timeout: 30_000, interval: 10 });
}

/** All values of an iteration. */
export async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const values: T[] = [];
  for await (const value of source) values.push(value);
  return values;
}

function errorBody(code: string, message: string): string {
  return JSON.stringify({ error: { code, message } });
}
