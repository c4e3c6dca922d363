/**
 * Templates, and snapshots of capsules as templates.
 * @module
 */
import type { RequestOptions } from "../client/options.js";
import { segment } from "../core/query.js";
import type { CreateSnapshotRequest, Template } from "../types/snapshot.js";
import { Resource } from "./resource.js";

/** A large capsule takes its time to be copied. */
const SNAPSHOT_TIMEOUT_MS = 280_000;

/** `client.snapshots` */
export class SnapshotsResource extends Resource {
  /** Keeps a capsule's files as a template; the capsule keeps running. */
  create(
    request: CreateSnapshotRequest,
    options: RequestOptions & { overwrite?: boolean } = {},
  ): Promise<Template> {
    const { overwrite, ...rest } = options;
    return this.httpPost("/v1/snapshots", request, { timeout: SNAPSHOT_TIMEOUT_MS, ...rest, query: { overwrite } });
  }

  /** The built-in templates and the team's. */
  list(query: { type?: "base" | "snapshot" } = {}, options: RequestOptions = {}): Promise<Template[]> {
    return this.httpGet("/v1/snapshots", options, { ...query });
  }

  /** Deletes a template; capsules already made from it are unharmed. */
  delete(name: string, options: RequestOptions = {}): Promise<void> {
    return this.httpDelete(`/v1/snapshots/${segment(name)}`, options);
  }
}
