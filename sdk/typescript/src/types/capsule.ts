/**
 * Capsules, as the API speaks of them.
 * @module
 */
import type { components } from "../internal/openapi.js";

/** A capsule's record. */
export type CapsuleInfo = components["schemas"]["Capsule"];

/** Where a capsule is in its life. */
export type CapsuleStatus = CapsuleInfo["status"];

/** What to create; everything has a default. */
export type CreateCapsuleRequest = components["schemas"]["CreateCapsuleRequest"];

/** The copies of a capsule. */
export type ForkCapsuleResponse = components["schemas"]["ForkCapsuleResponse"];

/** What a capsule may reach. */
export type NetworkPolicy = components["schemas"]["NetworkPolicy"];

/** Which address to sign. */
export type CreateSignedUrlRequest = components["schemas"]["CreateSignedUrlRequest"];

/** An address that opens a private port. */
export type SignedUrl = components["schemas"]["SignedUrl"];

/** A capsule's measurements. */
export type CapsuleMetrics = components["schemas"]["CapsuleMetrics"];

/** A team's capsules now and over a time. */
export type CapsuleStats = components["schemas"]["CapsuleStats"];

/** What a team used, by day. */
export type UsageResponse = components["schemas"]["UsageResponse"];

/** How far back measurements go. */
export type MetricsRange = "5m" | "10m" | "1h" | "2h" | "6h" | "12h" | "24h";

/** How far back a team's figures go. */
export type StatsRange = "5m" | "1h" | "6h" | "24h" | "30d";

/** Which capsules to list. */
export interface ListCapsulesQuery {
  /** Only these statuses. Default: all but `stopped`. */
  status?: CapsuleStatus | readonly CapsuleStatus[];
  /** Only those with all of these notes. */
  metadata?: Readonly<Record<string, string>>;
  /** The most to return. */
  limit?: number;
  /** Where the page before ended. */
  cursor?: string;
}
