/**
 * Files, as the API speaks of them.
 * @module
 */
import type { components } from "../internal/openapi.js";

/** A file, directory or link. */
export type FileEntry = components["schemas"]["FileEntry"];

/** What a directory holds. */
export type ListDirResponse = components["schemas"]["ListDirResponse"];

/** The directory that is there now. */
export type MakeDirResponse = components["schemas"]["MakeDirResponse"];

/** How something in a watched directory changed. */
export type WatchEventKind = "create" | "write" | "remove" | "rename" | "chmod";

/** A change in a watched directory. */
export interface WatchEvent {
  type: "event";
  /** How it changed. */
  event: WatchEventKind;
  /** What changed: its path, relative to the watched directory. */
  name: string;
}
