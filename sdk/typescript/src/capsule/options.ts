/**
 * How capsules are created and attached to.
 * @module
 */
import type { ClientOptions } from "../client/options.js";
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
  /** Memory in MiB. Default: 512. */
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
  /** Ends the creation with an `AbortError`. */
  signal?: AbortSignal | undefined;
}

/** The client that the options describe. */
export function clientOf(options: CapsuleOptions): WrennClient {
  return options.client ?? new WrennClient(options);
}

/** The request that the options describe; what is not set is left to the server. */
export function createRequest(options: CreateCapsuleOptions): CreateCapsuleRequest {
  const { template, vcpus, memory_mb, timeout_sec, envs, metadata, on_timeout, runtime, network } = options;
  const fields = { template, vcpus, memory_mb, timeout_sec, envs, metadata, on_timeout, runtime, network };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
