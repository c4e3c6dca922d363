/**
 * Which failures are worth another attempt, and when to make it.
 * @module
 */
import { ConnectionError, RateLimitError, WrennError } from "./errors.js";

const FIRST_DELAY_MS = 200;
const LONGEST_DELAY_MS = 5_000;
/** A server that asks for a longer wait than this is not waited for. */
const LONGEST_RETRY_AFTER_S = 30;
const RETRIED_STATUSES: ReadonlySet<number> = new Set([408, 429, 502, 503, 504]);

/**
 * Milliseconds to wait before trying again, or `undefined` when trying again is of no use.
 * @param attempt how many attempts have been made.
 */
export function retryDelay(error: unknown, attempt: number): number | undefined {
  if (error instanceof RateLimitError && error.retryAfter !== undefined) {
    return error.retryAfter <= LONGEST_RETRY_AFTER_S ? error.retryAfter * 1000 : undefined;
  }
  if (!isTransient(error)) return undefined;
  const longest = Math.min(FIRST_DELAY_MS * 2 ** (attempt - 1), LONGEST_DELAY_MS);
  return longest / 2 + (Math.random() * longest) / 2;
}

function isTransient(error: unknown): boolean {
  if (error instanceof ConnectionError) return true;
  return error instanceof WrennError && error.statusCode !== undefined && RETRIED_STATUSES.has(error.statusCode);
}
