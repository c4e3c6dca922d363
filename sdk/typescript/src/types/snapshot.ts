/**
 * Templates and snapshots, as the API speaks of them.
 * @module
 */
import type { components } from "../internal/openapi.js";

/** What capsules are made from. */
export type Template = components["schemas"]["Template"];

/** What to keep as a template. */
export type CreateSnapshotRequest = components["schemas"]["CreateSnapshotRequest"];
