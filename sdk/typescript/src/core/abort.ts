/**
 * Deadlines and cancellation: one signal from the caller's own and a timeout.
 * @module
 */
import { AbortError, TimeoutError } from "./errors.js";

/** Longest delay a timer can hold; anything above means no timeout. */
const MAX_TIMER_MS = 2_147_483_647;

/** A signal that fires when the caller's does or when time is up. */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #caller: AbortSignal | undefined;
  readonly #onAbort = (): void => {
    this.#controller.abort();
  };
  #timer: ReturnType<typeof setTimeout> | undefined;
  #expired = false;

  /** @param timeoutMs milliseconds until it fires; none when absent, 0 or infinite. */
  constructor(
    readonly operation: string,
    timeoutMs: number | undefined,
    caller: AbortSignal | undefined,
  ) {
    this.#caller = caller;
    this.timeoutMs = timeoutMs;
    if (caller?.aborted === true) this.#controller.abort();
    else caller?.addEventListener("abort", this.#onAbort, { once: true });
    if (timeoutMs !== undefined && timeoutMs > 0 && timeoutMs <= MAX_TIMER_MS) {
      this.#timer = setTimeout(() => {
        this.#expired = true;
        this.#controller.abort();
      }, timeoutMs);
    }
  }

  /** The timeout it was made with, in milliseconds. */
  readonly timeoutMs: number | undefined;

  /** Hand this to `fetch` and its like. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The error for a fired deadline; `undefined` when it has not fired. */
  error(): AbortError | TimeoutError | undefined {
    if (this.#expired) {
      return new TimeoutError(`${this.operation} took longer than ${this.timeoutMs ?? 0} ms`, { code: "timeout" });
    }
    return this.#caller?.aborted === true ? abortError(this.operation, this.#caller) : undefined;
  }

  /** Stops the clock; the caller's signal still counts. */
  stopTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Lets go of the timer and of the caller's signal. */
  release(): void {
    this.stopTimer();
    this.#caller?.removeEventListener("abort", this.#onAbort);
  }
}

/** The error for a call ended by its signal. */
export function abortError(operation: string, signal: AbortSignal): AbortError {
  return new AbortError(`${operation} was aborted`, { code: "aborted", cause: signal.reason });
}

/** Throws when the signal has already fired. */
export function throwIfAborted(operation: string, signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw abortError(operation, signal);
}

/** Waits `ms` milliseconds, or until the signal fires, which throws. */
export function sleep(ms: number, operation: string, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(abortError(operation, signal));
      return;
    }
    const onAbort = (): void => {
      clearTimeout(timer);
      if (signal !== undefined) reject(abortError(operation, signal));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    }, ms);
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}
