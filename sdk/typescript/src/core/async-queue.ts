/**
 * A queue between a producer that pushes and a consumer that iterates.
 * @module
 */

/** Told when the queue is filling faster than it is read, and when it has emptied again. */
export interface QueuePressure {
  /** More than this many waiting values call `onFull`. */
  high: number;
  /** When no more than this many are left, `onDrained` is called. */
  low: number;
  onFull: () => void;
  onDrained: () => void;
}

interface Waiter<T> {
  resolve: (result: IteratorResult<T, undefined>) => void;
  reject: (error: unknown) => void;
}

/**
 * Values come out in the order they went in. What was pushed before `end` or `fail` is still delivered; then the
 * iteration ends, or throws the error once and ends.
 */
export class AsyncQueue<T> implements AsyncIterableIterator<T, undefined> {
  #values: T[] = [];
  #head = 0;
  #waiters: Waiter<T>[] = [];
  #closed = false;
  #failure: { error: unknown } | undefined;
  #full = false;

  /** @param pressure none: the queue grows as far as the producer pushes. */
  constructor(private readonly pressure?: QueuePressure) {}

  /** Values waiting to be read. */
  get size(): number {
    return this.#values.length - this.#head;
  }

  /** Whether `end`, `fail` or `return` has been called. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Adds a value; after the queue has been closed it is dropped. */
  push(value: T): void {
    if (this.#closed) return;
    const waiter = this.#waiters.shift();
    if (waiter !== undefined) {
      waiter.resolve({ done: false, value });
      return;
    }
    this.#values.push(value);
    if (this.pressure !== undefined && !this.#full && this.size > this.pressure.high) {
      this.#full = true;
      this.pressure.onFull();
    }
  }

  /** No more values will come. */
  end(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const waiter of this.#takeWaiters()) waiter.resolve({ done: true, value: undefined });
  }

  /** No more values will come, because of `error`. The first call wins. */
  fail(error: unknown): void {
    if (this.#closed) return;
    this.#closed = true;
    const [first, ...others] = this.#takeWaiters();
    if (first === undefined) this.#failure = { error };
    else first.reject(error);
    for (const waiter of others) waiter.resolve({ done: true, value: undefined });
  }

  next(): Promise<IteratorResult<T, undefined>> {
    if (this.size > 0) return Promise.resolve({ done: false, value: this.#take() });
    if (this.#failure !== undefined) {
      const { error } = this.#failure;
      this.#failure = undefined;
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the producer's own error, whatever it is
      return Promise.reject(error);
    }
    if (this.#closed) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
    });
  }

  /** The consumer is done: what is left is dropped. */
  return(): Promise<IteratorResult<T, undefined>> {
    this.#values = [];
    this.#head = 0;
    this.#failure = undefined;
    this.end();
    this.#relieve();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #take(): T {
    const value = this.#values[this.#head] as T;
    this.#head += 1;
    // Taking from the front of a long array is slow, so the read part is cut off in lots.
    if (this.#head === this.#values.length || this.#head >= 1024) {
      this.#values = this.#values.slice(this.#head);
      this.#head = 0;
    }
    this.#relieve();
    return value;
  }

  #relieve(): void {
    if (this.pressure !== undefined && this.#full && this.size <= this.pressure.low) {
      this.#full = false;
      this.pressure.onDrained();
    }
  }

  #takeWaiters(): Waiter<T>[] {
    const waiters = this.#waiters;
    this.#waiters = [];
    return waiters;
  }
}
