/**
 * The files of capsules.
 * @module
 */
import type { RequestOptions } from "../client/options.js";
import { asBuffer, concat, type BinaryData, type StreamSource } from "../core/bytes.js";
import { uploadForm } from "../core/multipart.js";
import type { OpenedSocket, SocketOptions } from "../core/web-socket.js";
import type { FileEntry, ListDirResponse, MakeDirResponse } from "../types/file.js";
import { capsulePath } from "./capsules.js";
import { Resource } from "./resource.js";

/** A part of a file to read. */
export interface ReadOptions extends RequestOptions {
  /** First byte to read. Default: 0. */
  offset?: number;
  /** How many bytes to read. Default: to the end. */
  length?: number;
}

/** `client.files` */
export class FilesResource extends Resource {
  /** Writes a file; missing directories are made, and a reader sees the old file or the new one. */
  async write(id: string, path: string, data: BinaryData, options: RequestOptions = {}): Promise<void> {
    await this.#upload(id, "files/write", path, data, options);
  }

  /** Writes a file from a stream, without holding it in memory. No timeout unless one is given. */
  async uploadStream(id: string, path: string, source: StreamSource, options: RequestOptions = {}): Promise<void> {
    await this.#upload(id, "files/stream/write", path, source, { timeout: 0, ...options });
  }

  /** A file's content. */
  async read(id: string, path: string, options: ReadOptions = {}): Promise<Buffer> {
    const parts: Uint8Array[] = [];
    for await (const part of this.#download(id, "files/read", path, options)) parts.push(part);
    const [only] = parts;
    return asBuffer(parts.length === 1 && only !== undefined ? only : concat(parts));
  }

  /** A file's content as it arrives. */
  async *downloadStream(id: string, path: string, options: ReadOptions = {}): AsyncGenerator<Buffer, void, undefined> {
    for await (const part of this.#download(id, "files/stream/read", path, options)) yield asBuffer(part);
  }

  /** What a directory holds, `depth` levels deep. */
  list(id: string, path: string, query: { depth?: number } = {}, options: RequestOptions = {}): Promise<ListDirResponse> {
    return this.httpPost(`${capsulePath(id)}/files/list`, { path, ...query }, { idempotent: true, ...options });
  }

  /** What a path leads to; a symbolic link is not followed. */
  async stat(id: string, path: string, options: RequestOptions = {}): Promise<FileEntry> {
    const target = `${capsulePath(id)}/files/stat`;
    return (await this.httpPost<{ entry: FileEntry }>(target, { path }, { idempotent: true, ...options })).entry;
  }

  /** Makes a directory and its parents; also when it exists. */
  mkdir(id: string, path: string, options: RequestOptions = {}): Promise<MakeDirResponse> {
    return this.httpPost(`${capsulePath(id)}/files/mkdir`, { path }, { idempotent: true, ...options });
  }

  /** Moves or renames a file or directory. */
  async move(id: string, source: string, destination: string, options: RequestOptions = {}): Promise<FileEntry> {
    const body = { source, destination };
    return (await this.httpPost<{ entry: FileEntry }>(`${capsulePath(id)}/files/move`, body, options)).entry;
  }

  /** Removes a file, or a directory with all that it holds. */
  remove(id: string, path: string, options: RequestOptions = {}): Promise<void> {
    return this.httpPost(`${capsulePath(id)}/files/remove`, { path }, options);
  }

  /**
   * The WebSocket that reports changes.
   * @internal
   */
  openWatch(id: string, options: SocketOptions = {}): Promise<OpenedSocket> {
    return this.http.openSocket(`${capsulePath(id)}/files/watch`, options);
  }

  async #upload(id: string, route: string, path: string, source: StreamSource, options: RequestOptions): Promise<void> {
    const { contentType, body } = uploadForm(path, source);
    await this.http.request<undefined>({
      method: "POST",
      path: `${capsulePath(id)}/${route}`,
      body,
      headers: { "Content-Type": contentType },
      ...options,
    });
  }

  #download(id: string, route: string, path: string, options: ReadOptions): AsyncGenerator<Uint8Array, void, undefined> {
    const { offset, length, ...rest } = options;
    const range = rangeHeader(offset, length);
    return this.http.download({
      method: "POST",
      path: `${capsulePath(id)}/${route}`,
      json: { path },
      headers: { Accept: "application/octet-stream", ...(range === undefined ? {} : { Range: range }) },
      idempotent: true,
      ...rest,
    });
  }
}

function rangeHeader(offset: number | undefined, length: number | undefined): string | undefined {
  if (offset === undefined && length === undefined) return undefined;
  const from = offset ?? 0;
  if (from < 0 || (length !== undefined && length < 1)) throw new RangeError("read from byte 0 or later, and at least one byte");
  return `bytes=${from}-${length === undefined ? "" : from + length - 1}`;
}
