/**
 * Capsules, their commands and their measurements.
 * @module
 */
import type { RequestOptions } from "../client/options.js";
import type { Query } from "../core/query.js";
import { segment } from "../core/query.js";
import type { OpenedSocket, SocketOptions } from "../core/web-socket.js";
import type {
  CapsuleInfo,
  CapsuleMetrics,
  CapsuleStats,
  CreateCapsuleRequest,
  ForkCapsuleResponse,
  CreateSignedUrlRequest,
  ListCapsulesQuery,
  MetricsRange,
  NetworkPolicy,
  SignedUrl,
  StatsRange,
  UsageResponse,
} from "../types/capsule.js";
import type {
  BackgroundExecResponse,
  ExecRequest,
  ExecResponse,
  ProcessListResponse,
  ProcessSignal,
} from "../types/command.js";
import { Resource } from "./resource.js";

/** Milliseconds beyond a command's own limit that its answer may take. */
const EXEC_MARGIN_MS = 15_000;
/** Seconds that a command may take when nothing is said; the server's default. */
const DEFAULT_EXEC_TIMEOUT_SEC = 30;
/** Wrenn's own service, whose ports are below another name. */
const CLOUD = { api: "app.wrenn.dev", ports: "wrenn.dev" };
/** The answer's header that names the next page. */
const NEXT_CURSOR = "x-next-cursor";

/** `client.capsules` */
export class CapsulesResource extends Resource {
  /** Creates a capsule. */
  create(request: CreateCapsuleRequest = {}, options: RequestOptions = {}): Promise<CapsuleInfo> {
    return this.httpPost("/v1/capsules", request, options);
  }

  /** The team's capsules; stopped ones only when asked for. */
  list(query: ListCapsulesQuery = {}, options: RequestOptions = {}): Promise<CapsuleInfo[]> {
    return this.httpGet("/v1/capsules", options, listQuery(query));
  }

  /** The team's capsules, fetched page by page. */
  async *iterate(query: ListCapsulesQuery = {}, options: RequestOptions = {}): AsyncGenerator<CapsuleInfo, void> {
    let cursor = query.cursor;
    do {
      const page: ListCapsulesQuery = { limit: 100, ...query, ...(cursor === undefined ? {} : { cursor }) };
      const { data, headers } = await this.http.requestWithHeaders<CapsuleInfo[]>({
        method: "GET",
        path: "/v1/capsules",
        query: listQuery(page),
        ...options,
      });
      yield* data;
      cursor = headers.get(NEXT_CURSOR) ?? undefined;
    } while (cursor !== undefined && cursor !== "");
  }

  /** One capsule; a destroyed one is still there, as `stopped`. */
  get(id: string, options: RequestOptions = {}): Promise<CapsuleInfo> {
    return this.httpGet(capsulePath(id), options);
  }

  /** Destroys a capsule; also when it is gone already. */
  destroy(id: string, options: RequestOptions = {}): Promise<void> {
    return this.httpDelete(capsulePath(id), { idempotent: true, ...options });
  }

  /** Freezes a capsule; nothing of it is lost. */
  pause(id: string, options: RequestOptions = {}): Promise<CapsuleInfo> {
    return this.httpPost(`${capsulePath(id)}/pause`, undefined, options);
  }

  /** Lets a paused capsule go on. */
  resume(id: string, options: RequestOptions = {}): Promise<CapsuleInfo> {
    return this.httpPost(`${capsulePath(id)}/resume`, undefined, options);
  }

  /** Makes copies of a running or paused capsule: all or none. */
  fork(id: string, request: { count?: number } = {}, options: RequestOptions = {}): Promise<ForkCapsuleResponse> {
    return this.httpPost(`${capsulePath(id)}/fork`, request, options);
  }

  /** Resets the inactivity timer. */
  ping(id: string, options: RequestOptions = {}): Promise<void> {
    return this.httpPost(`${capsulePath(id)}/ping`, undefined, { idempotent: true, ...options });
  }

  /** What a capsule used. */
  metrics(id: string, query: { range?: MetricsRange } = {}, options: RequestOptions = {}): Promise<CapsuleMetrics> {
    return this.httpGet(`${capsulePath(id)}/metrics`, options, { ...query });
  }

  /** What a capsule may reach. */
  network(id: string, options: RequestOptions = {}): Promise<NetworkPolicy> {
    return this.httpGet(`${capsulePath(id)}/network`, options);
  }

  /** Changes what a capsule may reach, from now on. Connections that are not allowed any more end. */
  setNetwork(id: string, policy: NetworkPolicy, options: RequestOptions = {}): Promise<NetworkPolicy> {
    return this.httpPut(`${capsulePath(id)}/network`, policy, options);
  }

  /** The team's capsules now and over a time. */
  stats(query: { range?: StatsRange } = {}, options: RequestOptions = {}): Promise<CapsuleStats> {
    return this.httpGet("/v1/capsules/stats", options, { ...query });
  }

  /** What the team used, by day. `from` and `to` are dates such as `2026-01-31`. */
  usage(query: { from?: string; to?: string } = {}, options: RequestOptions = {}): Promise<UsageResponse> {
    return this.httpGet("/v1/capsules/usage", options, { ...query });
  }

  /** Runs a command and waits for its end. */
  exec(id: string, request: ExecRequest, options: RequestOptions = {}): Promise<ExecResponse> {
    const limit = request.timeout_sec ?? DEFAULT_EXEC_TIMEOUT_SEC;
    // 0 means that the command may take any time.
    const timeout = limit === 0 ? 0 : limit * 1000 + EXEC_MARGIN_MS;
    return this.httpPost(`${capsulePath(id)}/exec`, { ...request, background: false }, { timeout, ...options });
  }

  /** Starts a process in the background. */
  start(id: string, request: ExecRequest, options: RequestOptions = {}): Promise<BackgroundExecResponse> {
    return this.httpPost(`${capsulePath(id)}/exec`, { ...request, background: true }, options);
  }

  /** The running processes that were started through the API. */
  listProcesses(id: string, options: RequestOptions = {}): Promise<ProcessListResponse> {
    return this.httpGet(`${capsulePath(id)}/processes`, options);
  }

  /** Ends a process, by its pid or tag. */
  killProcess(
    id: string,
    selector: string | number,
    signal?: ProcessSignal,
    options: RequestOptions = {},
  ): Promise<void> {
    const path = `${capsulePath(id)}/processes/${segment(selector)}`;
    return this.httpDelete(path, { ...options, query: { signal } });
  }

  /**
   * The WebSocket that starts a command and carries its output.
   * @internal
   */
  openExecStream(id: string, options: SocketOptions = {}): Promise<OpenedSocket> {
    return this.http.openSocket(`${capsulePath(id)}/exec/stream`, options);
  }

  /**
   * The WebSocket that carries the output of a running process.
   * @internal
   */
  openProcessStream(id: string, selector: string | number, options: SocketOptions = {}): Promise<OpenedSocket> {
    return this.http.openSocket(`${capsulePath(id)}/processes/${segment(selector)}/stream`, options);
  }

  /**
   * The WebSocket that carries a terminal.
   * @internal
   */
  openPty(id: string, options: SocketOptions = {}): Promise<OpenedSocket> {
    return this.http.openSocket(`${capsulePath(id)}/pty`, options);
  }

  /** Makes an address that opens a private port to whoever has it, for a time. */
  signUrl(id: string, request: CreateSignedUrlRequest, options: RequestOptions = {}): Promise<SignedUrl> {
    return this.httpPost(`${capsulePath(id)}/signed-urls`, request, options);
  }

  /** The address of a port inside the capsule. */
  portUrl(id: string, port: number): string {
    return portUrl(this.http.baseUrl, this.http.domain, id, port);
  }
}

/** The path of a capsule's routes. */
export function capsulePath(id: string): string {
  return `/v1/capsules/${segment(id)}`;
}

function listQuery(query: ListCapsulesQuery): Query {
  const pairs: Record<string, Query[string]> = { limit: query.limit, cursor: query.cursor, status: query.status };
  for (const [key, value] of Object.entries(query.metadata ?? {})) pairs[`metadata.${key}`] = value;
  return pairs;
}

/** By host name where the domain can have subdomains, else (addresses, `localhost`) by path. */
function portUrl(baseUrl: string, domain: string | undefined, id: string, port: number): string {
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new RangeError(`${port} is not a port: give a number from 1 to 65535`);
  }
  const base = new URL(baseUrl);
  const address = /^(\d+(\.\d+){3}|\[.*\]|localhost)$/.test(base.hostname);
  if (domain === undefined && address) return `${baseUrl}${capsulePath(id)}/ports/${port}/`;
  return `${base.protocol}//${port}-${segment(id)}.${domain ?? (base.host === CLOUD.api ? CLOUD.ports : base.host)}/`;
}
