/**
 * Waiting for a capsule to be usable.
 * @module
 */
import type { WrennClient } from "../client/wrenn-client.js";
import { sleep } from "../core/abort.js";
import { ConflictError, TimeoutError } from "../core/errors.js";
import type { CapsuleInfo, CapsuleStatus } from "../types/capsule.js";

/** How to wait. */
export interface WaitOptions {
  /** Ends the wait with an `AbortError`. */
  signal?: AbortSignal | undefined;
  /** Milliseconds to wait at most. Default: 60,000. */
  timeout?: number | undefined;
  /** Milliseconds between two looks. Default: 25, growing to 500. */
  interval?: number | undefined;
}

const DEFAULT_TIMEOUT_MS = 60_000;
const FIRST_INTERVAL_MS = 25;
const LONGEST_INTERVAL_MS = 500;
/** Statuses that lead to the awaited one by themselves. */
const ON_THE_WAY: Readonly<Record<"running" | "paused", readonly CapsuleStatus[]>> = {
  running: ["pending", "starting", "resuming"],
  paused: ["running", "pausing"],
};

/**
 * Polls until the capsule has the status.
 * @throws ConflictError when it can no longer get there by itself; TimeoutError when it takes too long.
 */
export async function waitForStatus(
  client: WrennClient,
  id: string,
  wanted: "running" | "paused",
  options: WaitOptions = {},
): Promise<CapsuleInfo> {
  const operation = `waiting for capsule ${id} to be ${wanted}`;
  const timeout = options.timeout ?? DEFAULT_TIMEOUT_MS;
  const end = Date.now() + timeout;
  let interval = options.interval ?? FIRST_INTERVAL_MS;
  for (;;) {
    const info = await client.capsules.get(id, { signal: options.signal });
    if (info.status === wanted) return info;
    if (!ON_THE_WAY[wanted].includes(info.status)) {
      throw new ConflictError(`capsule ${id} is ${info.status} and will not be ${wanted} by itself`, {
        code: "invalid_state",
        body: info,
      });
    }
    const left = end - Date.now();
    if (left <= 0) {
      throw new TimeoutError(`${operation} took longer than ${timeout} ms; it is ${info.status}`, { code: "timeout" });
    }
    await sleep(Math.min(interval, left), operation, options.signal);
    interval = Math.min(interval * 1.5, options.interval ?? LONGEST_INTERVAL_MS);
  }
}
