/**
 * Files of a capsule.
 * @module
 */
import type { RequestOptions } from "../client/options.js";
import type { WrennClient } from "../client/wrenn-client.js";
import type { BinaryData, StreamSource } from "../core/bytes.js";
import { NotFoundError } from "../core/errors.js";
import type { ReadOptions } from "../resources/files.js";
import type { FileEntry, ListDirResponse, MakeDirResponse } from "../types/file.js";
import { openWatch, type FileWatch, type WatchOptions } from "./watch.js";

/** How to list a directory. */
export interface ListOptions extends RequestOptions {
  /** How many levels to go down. Default: 1. */
  depth?: number;
}

/** `capsule.files` */
export class FileManager {
  readonly #client: WrennClient;
  readonly #id: string;

  /** @internal */
  constructor(client: WrennClient, id: string) {
    this.#client = client;
    this.#id = id;
  }

  /** Writes a file; missing directories are made, and a reader sees the old file or the new one. */
  async write(path: string, data: BinaryData, options: RequestOptions = {}): Promise<void> {
    await this.#client.files.write(this.#id, path, data, options);
  }

  /** A file's content. `toString()` makes text of it. */
  async read(path: string, options: ReadOptions = {}): Promise<Buffer> {
    return await this.#client.files.read(this.#id, path, options);
  }

  /** What a directory holds. */
  async list(path: string, options: ListOptions = {}): Promise<ListDirResponse> {
    const { depth, ...rest } = options;
    return await this.#client.files.list(this.#id, path, depth === undefined ? {} : { depth }, rest);
  }

  /** Makes a directory and its parents; also when it exists. */
  async mkdir(path: string, options: RequestOptions = {}): Promise<MakeDirResponse> {
    return await this.#client.files.mkdir(this.#id, path, options);
  }

  /** Removes a file, or a directory with all that it holds. */
  async remove(path: string, options: RequestOptions = {}): Promise<void> {
    await this.#client.files.remove(this.#id, path, options);
  }

  /** What a path leads to; a symbolic link is not followed. */
  async stat(path: string, options: RequestOptions = {}): Promise<FileEntry> {
    return await this.#client.files.stat(this.#id, path, options);
  }

  /** Whether a path leads to anything. */
  async exists(path: string, options: RequestOptions = {}): Promise<boolean> {
    try {
      await this.stat(path, options);
      return true;
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
      // A capsule that does not exist answers 404 too, and must not look like a missing file.
      await this.#client.capsules.get(this.#id, options);
      return false;
    }
  }

  /** Moves or renames a file or directory. */
  async move(source: string, destination: string, options: RequestOptions = {}): Promise<FileEntry> {
    return await this.#client.files.move(this.#id, source, destination, options);
  }

  /** Writes a file from a stream, without holding it in memory. */
  async uploadStream(path: string, source: StreamSource, options: RequestOptions = {}): Promise<void> {
    await this.#client.files.uploadStream(this.#id, path, source, options);
  }

  /** A file's content as it arrives. Leaving the loop early ends the transfer. */
  downloadStream(path: string, options: ReadOptions = {}): AsyncGenerator<Buffer, void, undefined> {
    return this.#client.files.downloadStream(this.#id, path, options);
  }

  /** Watches a directory; resolves when every later change will be reported. */
  async watch(path: string, options: WatchOptions = {}): Promise<FileWatch> {
    return await openWatch(this.#client, this.#id, path, options);
  }
}
