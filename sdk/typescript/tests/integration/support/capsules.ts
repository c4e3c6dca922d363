/**
 * Capsules for tests.
 * @module
 */
import { afterAll, beforeAll } from "vitest";

import { Capsule, type CreateCapsuleOptions } from "../../../src/index.js";

/** A capsule for all tests of a file; it is there when they run. */
export function sharedCapsule(options: CreateCapsuleOptions = {}, prepare?: (capsule: Capsule) => Promise<void>): () => Capsule {
  let capsule: Capsule | undefined;
  beforeAll(async () => {
    capsule = await Capsule.create(options);
    await capsule.waitForReady();
    await prepare?.(capsule);
  });
  afterAll(async () => {
    await capsule?.destroy();
  });
  return () => {
    if (capsule === undefined) throw new Error("the capsule is only there while tests run");
    return capsule;
  };
}

/** Runs a command that must succeed. */
export async function run(capsule: Capsule, script: string): Promise<string> {
  const result = await capsule.commands.exec("sh", { args: ["-c", script], timeoutSec: 120 });
  if (result.exit_code !== 0) throw new Error(`"${script}" exited with ${result.exit_code}: ${result.stderr}`);
  return result.stdout;
}

/** Polls until the condition holds; fails after half a minute. */
export async function eventually(what: string, condition: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 30_000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`in 30 s it did not become true that ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
