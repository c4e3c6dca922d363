/**
 * Waiting for a capsule to be usable.
 * @module
 */
import type { WrennClient } from "../client/wrenn-client.js";
import { sleep } from "../core/abort.js";
import { ConflictError, TimeoutError, WrennError } from "../core/errors.js";
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
 * Polls until the capsule has the status and, if asked for, until what its template starts with it is ready.
 * @throws ConflictError when it can no longer get there by itself; WrennError with the code `start_failed` when what its
 * template starts failed, although the capsule runs; TimeoutError when it takes too long.
 */
export async function waitForStatus(
  client: WrennClient,
  id: string,
  wanted: "running" | "paused",
  options: WaitOptions = {},
  untilReady = false,
): Promise<CapsuleInfo> {
  const operation = `waiting for capsule ${id} to be ${wanted}`;
  const timeout = options.timeout ?? DEFAULT_TIMEOUT_MS;
  const end = Date.now() + timeout;
  let interval = options.interval ?? FIRST_INTERVAL_MS;
  for (;;) {
    const info = await client.capsules.get(id, { signal: options.signal });
    const failure = untilReady && info.status === "running" ? info.start_error : undefined;
    if (failure !== undefined) {
      const reason = `what the template of capsule ${id} starts with it failed: ${failure}`;
      throw new WrennError(reason, { code: "start_failed", body: info });
    }
    // A server that says nothing of it starts nothing with a capsule.
    const isReady = !untilReady || (info.ready ?? true);
    if (info.status === wanted && isReady) return info;
    if (info.status !== wanted && !ON_THE_WAY[wanted].includes(info.status)) {
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
