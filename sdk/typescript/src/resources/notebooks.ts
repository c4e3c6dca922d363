/**
 * Notebooks of capsules.
 * @module
 */
import type { RequestOptions } from "../client/options.js";
import { segment } from "../core/query.js";
import type { OpenedSocket, SocketOptions } from "../core/web-socket.js";
import type { ExecCellRequest, ExecCellResponse, NotebookListResponse } from "../types/notebook.js";
import { capsulePath } from "./capsules.js";
import { Resource } from "./resource.js";

/** Milliseconds beyond a cell's own limit that its answer may take: its kernel may have to start, and others to end. */
const CELL_MARGIN_MS = 90_000;
/** Seconds that a cell may take when nothing is said; the server's default. */
const DEFAULT_CELL_TIMEOUT_SEC = 30;
/** Milliseconds that a kernel may take to start anew. */
const RESTART_MS = 150_000;

/** `client.notebooks` */
export class NotebooksResource extends Resource {
  /** Runs a cell and waits for its end. */
  exec(id: string, name: string, request: ExecCellRequest, options: RequestOptions = {}): Promise<ExecCellResponse> {
    const limit = request.timeout_sec ?? DEFAULT_CELL_TIMEOUT_SEC;
    // 0 means that the cell may take any time.
    const timeout = limit === 0 ? 0 : limit * 1000 + CELL_MARGIN_MS;
    return this.httpPost(`${notebookPath(id, name)}/exec`, request, { timeout, ...options });
  }

  /** The notebooks that have a kernel. */
  list(id: string, options: RequestOptions = {}): Promise<NotebookListResponse> {
    return this.httpGet(`${capsulePath(id)}/notebooks`, options);
  }

  /** Interrupts the cell that a notebook runs. */
  interrupt(id: string, name: string, options: RequestOptions = {}): Promise<void> {
    return this.httpPost(`${notebookPath(id, name)}/interrupt`, undefined, options);
  }

  /** Starts a notebook's kernel anew. */
  restart(id: string, name: string, options: RequestOptions = {}): Promise<void> {
    return this.httpPost(`${notebookPath(id, name)}/restart`, undefined, { timeout: RESTART_MS, ...options });
  }

  /** Ends a notebook and its kernel. */
  delete(id: string, name: string, options: RequestOptions = {}): Promise<void> {
    return this.httpDelete(notebookPath(id, name), options);
  }

  /**
   * The WebSocket that runs cells and carries what comes of them.
   * @internal
   */
  openStream(id: string, name: string, options: SocketOptions = {}): Promise<OpenedSocket> {
    return this.http.openSocket(`${notebookPath(id, name)}/stream`, options);
  }
}

function notebookPath(id: string, name: string): string {
  return `${capsulePath(id)}/notebooks/${segment(name)}`;
}
