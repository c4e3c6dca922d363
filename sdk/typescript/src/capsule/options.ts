/**
 * How capsules are created and attached to.
 * @module
 */
import type { ClientOptions, RequestOptions } from "../client/options.js";
import { WrennClient } from "../client/wrenn-client.js";
import type { CreateCapsuleRequest, NetworkPolicy } from "../types/capsule.js";

/** How to reach a capsule's server. */
export interface CapsuleOptions extends ClientOptions {
  /** An existing client; the other settings are then ignored. */
  client?: WrennClient | undefined;
}

/** What to create, and how to reach the server. */
export interface CreateCapsuleOptions extends CapsuleOptions {
  /** The template's name. Default: `minimal`. */
  template?: string | undefined;
  /** Processors. Default: 1. */
  vcpus?: number | undefined;
  /** Memory in MiB: at least 32 for a container, 96 for a microVM. Default: 512. */
  memory_mb?: number | undefined;
  /** Seconds of inactivity before the capsule pauses; 0: never. Default: 0. */
  timeout_sec?: number | undefined;
  /** Environment variables of every command in it. */
  envs?: Record<string, string> | undefined;
  /** Notes to find the capsule by in lists. */
  metadata?: Record<string, string> | undefined;
  /** What becomes of it after `timeout_sec`. Default: `pause`. */
  on_timeout?: "pause" | "destroy" | undefined;
  /** How it is isolated, where the server offers several ways. Default: as its template, else as the server has it. */
  runtime?: "container" | "microvm" | undefined;
  /** What it may reach. Default: the internet. */
  network?: NetworkPolicy | undefined;
  /** Whether its ports are for the team only. Default: whoever knows a port's address may come. */
  private_ports?: boolean | undefined;
  /** Ends the creation with an `AbortError`. */
  signal?: AbortSignal | undefined;
}

/** For how long a signed address is good, and for what. */
export interface SignedUrlOptions extends RequestOptions {
  /** Seconds for which it is good. Default: 3,600. */
  expiresInSec?: number | undefined;
  /** What it leads to, as in `/reports?year=2026`; it opens that path and what is below it. Default: the whole port. */
  path?: string | undefined;
}

/** The client that the options describe. */
export function clientOf(options: CapsuleOptions): WrennClient {
  return options.client ?? new WrennClient(options);
}

/** The request that the options describe; what is not set is left to the server. */
export function createRequest(options: CreateCapsuleOptions): CreateCapsuleRequest {
  const { template, vcpus, memory_mb, timeout_sec, envs, metadata, on_timeout } = options;
  const { runtime, network, private_ports } = options;
  const sizes = { template, vcpus, memory_mb, timeout_sec };
  const fields = { ...sizes, envs, metadata, on_timeout, runtime, network, private_ports };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
