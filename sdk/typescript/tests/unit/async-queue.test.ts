import { describe, expect, it } from "vitest";

import { AsyncQueue } from "../../src/core/async-queue.js";
import { collect } from "./support/mock-server.js";

describe("AsyncQueue", () => {
  it("delivers values in order, pushed before and after they are asked for", async () => {
    const queue = new AsyncQueue<number>();
    queue.push(1);
    const rest = collect(queue);
    queue.push(2);
    queue.push(3);
    queue.end();
    expect(await rest).toEqual([1, 2, 3]);
  });

  it("serves several waiting readers in their order", async () => {
    const queue = new AsyncQueue<string>();
    const results = Promise.all([queue.next(), queue.next()]);
    queue.push("a");
    queue.push("b");
    expect((await results).map((result) => result.value)).toEqual(["a", "b"]);
  });

  it("delivers what came before an error, then throws it once, then is done", async () => {
    const queue = new AsyncQueue<number>();
    queue.push(1);
    queue.fail(new Error("broken"));
    expect(await queue.next()).toEqual({ done: false, value: 1 });
    await expect(queue.next()).rejects.toThrow("broken");
    expect(await queue.next()).toEqual({ done: true, value: undefined });
  });

  it("rejects a reader that is already waiting and ends the others", async () => {
    const queue = new AsyncQueue<number>();
    const first = queue.next();
    const second = queue.next();
    queue.fail(new Error("broken"));
    await expect(first).rejects.toThrow("broken");
    expect(await second).toEqual({ done: true, value: undefined });
  });

  it("keeps the first error and ignores what follows", async () => {
    const queue = new AsyncQueue<number>();
    queue.fail(new Error("first"));
    queue.fail(new Error("second"));
    queue.push(1);
    queue.end();
    await expect(queue.next()).rejects.toThrow("first");
    expect(await queue.next()).toEqual({ done: true, value: undefined });
  });

  it("throws the error from a for-await loop", async () => {
    const queue = new AsyncQueue<number>();
    queue.push(1);
    queue.fail(new Error("broken"));
    const seen: number[] = [];
    const loop = async (): Promise<void> => {
      for await (const value of queue) seen.push(value);
    };
    await expect(loop()).rejects.toThrow("broken");
    expect(seen).toEqual([1]);
  });

  it("leaves no unhandled rejection when a failed queue is never read", async () => {
    const rejections: unknown[] = [];
    const listener = (reason: unknown): void => void rejections.push(reason);
    process.on("unhandledRejection", listener);
    new AsyncQueue<number>().fail(new Error("nobody listens"));
    await new Promise((resolve) => setImmediate(resolve));
    process.off("unhandledRejection", listener);
    expect(rejections).toEqual([]);
  });

  it("drops what is left, errors too, when the reader leaves", async () => {
    const queue = new AsyncQueue<number>();
    queue.push(1);
    queue.fail(new Error("broken"));
    await queue.return();
    expect(await queue.next()).toEqual({ done: true, value: undefined });
    expect(queue.size).toBe(0);
  });

  it("says once when it is full, and once when it has drained", async () => {
    const calls: string[] = [];
    const queue = new AsyncQueue<number>({
      high: 4,
      low: 1,
      onFull: () => calls.push("full"),
      onDrained: () => calls.push("drained"),
    });
    for (let value = 0; value < 10; value += 1) queue.push(value);
    expect(calls).toEqual(["full"]);
    for (let value = 0; value < 10; value += 1) expect((await queue.next()).value).toBe(value);
    expect(calls).toEqual(["full", "drained"]);
    for (let value = 0; value < 5; value += 1) queue.push(value);
    await queue.return();
    expect(calls).toEqual(["full", "drained", "full", "drained"]);
  });

  it("keeps order over many more values than fit at once", async () => {
    const queue = new AsyncQueue<number>();
    const expected = Array.from({ length: 5_000 }, (_, index) => index);
    for (const value of expected) queue.push(value);
    queue.end();
    expect(await collect(queue)).toEqual(expected);
  });
});
