/**
 * Requests to the API: authentication, timeouts, retries and errors.
 * @module
 */
import type { RequestOptions, ResolvedOptions } from "../client/options.js";
import { Deadline, sleep, throwIfAborted } from "./abort.js";
import { chunks } from "./bytes.js";
import { errorFromResponse } from "./error-response.js";
import { AuthenticationError, ConnectionError, WrennError } from "./errors.js";
import { buildUrl, type Query } from "./query.js";
import { retryDelay } from "./retry.js";
import { openSocket, type OpenedSocket, type SocketOptions } from "./web-socket.js";

/** One request. */
export interface HttpRequest extends RequestOptions {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Begins with `/v1/`. */
  path: string;
  query?: Query;
  /** Sent as JSON. */
  json?: unknown;
  /** Sent as it is. */
  body?: Uint8Array | ReadableStream<Uint8Array>;
  headers?: Record<string, string>;
  /** Whether doing it twice is the same as doing it once. Default: only for `GET`. */
  idempotent?: boolean;
  /** No credential is needed, as for signing in. */
  anonymous?: boolean;
}

/** Speaks HTTP to one server with one set of credentials. */
export class HttpClient {
  /** Private, so that printing a client does not print its credentials. */
  readonly #options: ResolvedOptions;

  constructor(options: ResolvedOptions) {
    this.#options = options;
  }

  /** The API's address, without a slash at its end. */
  get baseUrl(): string {
    return this.#options.baseUrl;
  }

  /** Domain under which the ports of capsules are reachable, if it was set. */
  get domain(): string | undefined {
    return this.#options.domain;
  }

  /** The answer's JSON; `undefined` when the body is empty. */
  async request<T>(request: HttpRequest): Promise<T> {
    return (await this.requestWithHeaders<T>(request)).data;
  }

  /** The answer's JSON and its headers. */
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller knows the route's answer
  async requestWithHeaders<T>(request: HttpRequest): Promise<{ data: T; headers: Headers }> {
    return await this.#withRetries(request, async () => {
      const deadline = this.#deadline(request);
      try {
        const response = await this.#send(request, deadline);
        return { data: await parseBody<T>(request, response), headers: response.headers };
      } catch (error) {
        throw explain(request, deadline, error);
      } finally {
        deadline.release();
      }
    });
  }

  /** The answer's body as it arrives. The timeout counts until its first byte; the signal until its last. */
  async *download(request: HttpRequest): AsyncGenerator<Uint8Array, void, undefined> {
    const { response, deadline } = await this.#withRetries(request, async () => {
      const deadline = this.#deadline(request);
      try {
        return { response: await this.#send(request, deadline), deadline };
      } catch (error) {
        deadline.release();
        throw explain(request, deadline, error);
      }
    });
    deadline.stopTimer();
    try {
      if (response.body !== null) yield* chunks(response.body as ReadableStream<Uint8Array>);
    } catch (error) {
      throw explain(request, deadline, error);
    } finally {
      deadline.release();
    }
  }

  /** An open WebSocket. A refusal by the server is thrown as the error that its answer stands for. */
  async openSocket(path: string, options: SocketOptions = {}): Promise<OpenedSocket> {
    const target = { method: "GET", path } as const;
    return await openSocket(buildUrl(this.baseUrl, path).replace(/^http/, "ws"), {
      ...options,
      headers: this.#headers(target),
      timeout: options.timeout ?? this.#options.timeout,
      WebSocket: this.#options.WebSocket,
      authToken: this.#options.apiKey ?? this.#options.token,
      // Implementations that hide the server's refusal are helped by asking for the capsule itself.
      probe: async () => {
        const [capsule = path] = /^\/v1\/capsules\/[^/]+/.exec(path) ?? [];
        await this.request({ method: "GET", path: capsule, maxRetries: 0, timeout: 10_000 });
      },
    });
  }

  #deadline(request: HttpRequest): Deadline {
    return new Deadline(
      `${request.method} ${request.path}`,
      request.timeout ?? this.#options.timeout,
      request.signal,
    );
  }

  async #withRetries<T>(request: HttpRequest, attempt: () => Promise<T>): Promise<T> {
    const operation = `${request.method} ${request.path}`;
    const idempotent = request.idempotent ?? request.method === "GET";
    const maxRetries = idempotent ? (request.maxRetries ?? this.#options.maxRetries) : 0;
    for (let made = 1; ; made += 1) {
      throwIfAborted(operation, request.signal);
      try {
        return await attempt();
      } catch (error) {
        const delay = made <= maxRetries ? retryDelay(error, made) : undefined;
        if (delay === undefined) throw error;
        await sleep(delay, operation, request.signal);
      }
    }
  }

  async #send(request: HttpRequest, deadline: Deadline): Promise<Response> {
    const init: RequestInit & { duplex?: "half"; window?: null } = {
      method: request.method,
      headers: this.#headers(request),
      signal: deadline.signal,
      // Following one would hand the key to whatever address the answer names.
      redirect: "manual",
    };
    if (request.json !== undefined) init.body = JSON.stringify(request.json);
    else if (request.body !== undefined) {
      init.body = request.body as NonNullable<RequestInit["body"]>;
      // Node.js keeps a copy of all that a stream has sent, in case it has to be sent again, unless these rule it out.
      if (request.body instanceof ReadableStream) Object.assign(init, { duplex: "half", redirect: "error", window: null });
    }
    const response = await this.#options.fetch(buildUrl(this.baseUrl, request.path, request.query), init);
    if (response.ok) return response;
    throw errorFromResponse({
      status: response.status,
      statusText: response.statusText,
      text: await errorText(response),
      requestId: response.headers.get("x-request-id"),
      retryAfter: response.headers.get("retry-after"),
    });
  }

  #headers(request: Pick<HttpRequest, "method" | "path" | "headers" | "json" | "anonymous">): Record<string, string> {
    const { apiKey, token, hostToken } = this.#options;
    if (request.anonymous !== true && apiKey === undefined && token === undefined && hostToken === undefined) {
      throw new AuthenticationError(
        "there is no API key: set the environment variable WRENN_API_KEY or pass the option apiKey",
        { code: "unauthorized" },
      );
    }
    const headers: Record<string, string> = { Accept: "application/json", ...this.#options.headers };
    if (apiKey !== undefined) headers["X-API-Key"] = apiKey;
    if (token !== undefined) headers["Authorization"] = `Bearer ${token}`;
    if (hostToken !== undefined) headers["X-Host-Token"] = hostToken;
    if (request.json !== undefined) headers["Content-Type"] = "application/json";
    return Object.assign(headers, request.headers);
  }
}

/** Nothing for an empty body, whether the status or the length says so; else the parsed JSON. */
async function parseBody<T>(request: HttpRequest, response: Response): Promise<T> {
  const empty = response.status === 204 || response.status === 205 || response.headers.get("content-length") === "0";
  const text = empty ? "" : await response.text();
  if (empty) await response.body?.cancel();
  if (text === "") return undefined as T;
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    throw new WrennError(`${request.method} ${request.path}: the answer is not JSON; is the base URL right?`, {
      statusCode: response.status,
      code: "invalid_response",
      body: text,
      requestId: response.headers.get("x-request-id") ?? undefined,
      cause,
    });
  }
}

/** The body of an unsuccessful answer; a broken one must not hide the status. */
async function errorText(response: Response): Promise<string> {
  if (response.status >= 300 && response.status < 400) {
    await response.body?.cancel();
    const target = response.headers.get("location");
    return `the server redirects${target === null ? "" : ` to ${target}`}: set the base URL to where the API really is`;
  }
  try {
    return await response.text();
  } catch {
    return "";
  }
}

/** Our own errors as they are; a fired deadline as itself; everything else is the connection's fault. */
function explain(request: HttpRequest, deadline: Deadline, error: unknown): unknown {
  const fired = deadline.error();
  if (fired !== undefined) return fired;
  if (error instanceof WrennError) return error;
  const reason = reasonOf(error);
  return new ConnectionError(`${request.method} ${request.path} failed: ${reason}`, {
    code: "connection_error",
    cause: error,
  });
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (cause instanceof Error) {
    const code = (cause as { code?: unknown }).code;
    return cause.message === "" && typeof code === "string" ? code : cause.message;
  }
  return error.message;
}
