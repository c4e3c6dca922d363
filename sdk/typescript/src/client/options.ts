/**
 * How a client finds and speaks to its server.
 * @module
 */
import type { WebSocketConstructor } from "../core/web-socket.js";

/** Where the API is when neither an option nor the environment says so. */
export const DEFAULT_BASE_URL = "https://app.wrenn.dev/api";
/** Milliseconds a request may take when nothing else is said. */
export const DEFAULT_TIMEOUT_MS = 60_000;
/** How often an idempotent request is tried again when nothing else is said. */
export const DEFAULT_MAX_RETRIES = 2;

/** The `fetch` function, or one that behaves like it. */
export type FetchFunction = (url: string, init: RequestInit) => Promise<Response>;

/** Settings of a client. Each has a default. */
export interface ClientOptions {
  /** API key, `wrn_…`. Default: the environment variable `WRENN_API_KEY`. */
  apiKey?: string | undefined;
  /** A user's session token, for the account, team, key, host and channel routes. */
  token?: string | undefined;
  /** A host's token, for the routes that hosts call. */
  hostToken?: string | undefined;
  /** Default: the environment variable `WRENN_BASE_URL`, else `https://app.wrenn.dev/api`. */
  baseUrl?: string | undefined;
  /** Domain under which the ports of capsules are. Default: the variable `WRENN_PROXY_DOMAIN`, else the base URL's host. */
  domain?: string | undefined;
  /** Milliseconds that a request may take; 0 for no limit. Default: 60,000. */
  timeout?: number | undefined;
  /** How often an idempotent request is tried again after a failed connection or a 429, 502, 503 or 504. Default: 2. */
  maxRetries?: number | undefined;
  /** Headers to send with every request. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** Replaces the global `fetch`. */
  fetch?: FetchFunction | undefined;
  /** Replaces the WebSocket implementation. */
  WebSocket?: WebSocketConstructor | undefined;
}

/** Settings of one call. */
export interface RequestOptions {
  /** Ends the call with an `AbortError`. */
  signal?: AbortSignal | undefined;
  /** Milliseconds that this call may take; 0 for no limit. */
  timeout?: number | undefined;
  /** How often this call is tried again, if it is idempotent. */
  maxRetries?: number | undefined;
}

/** Client settings with every default filled in. */
export interface ResolvedOptions {
  apiKey: string | undefined;
  token: string | undefined;
  hostToken: string | undefined;
  baseUrl: string;
  domain: string | undefined;
  timeout: number;
  maxRetries: number;
  headers: Readonly<Record<string, string>>;
  fetch: FetchFunction;
  WebSocket: WebSocketConstructor | undefined;
}

/** Fills in what the options leave open, from the environment and the defaults. */
export function resolveOptions(options: ClientOptions = {}): ResolvedOptions {
  return {
    apiKey: nonEmpty(options.apiKey) ?? environment("WRENN_API_KEY"),
    token: nonEmpty(options.token),
    hostToken: nonEmpty(options.hostToken),
    baseUrl: checkedBaseUrl(nonEmpty(options.baseUrl) ?? environment("WRENN_BASE_URL") ?? DEFAULT_BASE_URL),
    domain: nonEmpty(options.domain) ?? environment("WRENN_PROXY_DOMAIN"),
    timeout: options.timeout ?? DEFAULT_TIMEOUT_MS,
    maxRetries: options.maxRetries ?? DEFAULT_MAX_RETRIES,
    headers: options.headers ?? {},
    fetch: options.fetch ?? ((url, init) => globalThis.fetch(url, init)),
    WebSocket: options.WebSocket,
  };
}

function checkedBaseUrl(text: string): string {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new TypeError(`the base URL "${text}" is not a URL: give one like ${DEFAULT_BASE_URL}`);
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new TypeError(`the base URL "${text}" must begin with http:// or https://`);
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
}

function environment(name: string): string | undefined {
  const runtime = globalThis as { process?: { env?: Record<string, string | undefined> } };
  return nonEmpty(runtime.process?.env?.[name]);
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === undefined || text.trim() === "" ? undefined : text.trim();
}
