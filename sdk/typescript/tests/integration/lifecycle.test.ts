import { describe, expect, it } from "vitest";

import { BadRequestError, Capsule, ConflictError, NotFoundError, WrennClient } from "../../src/index.js";
import { eventually, run } from "./support/capsules.js";

describe("a capsule's life", () => {
  it("keeps memory, processes and files over a pause", async () => {
    await using capsule = await Capsule.create({ envs: { FROM: "creation" } });
    const counter = "i=0; while :; do i=$((i+1)); echo $i > /tmp/count.new; mv /tmp/count.new /tmp/count; sleep 0.01; done";
    const { pid } = await capsule.commands.start("sh", { args: ["-c", counter], tag: "counter" });
    const count = async (): Promise<number> => Number((await capsule.files.read("/tmp/count")).toString());
    await eventually("the counter counts", () => capsule.files.exists("/tmp/count"));
    expect(await run(capsule, "echo $FROM")).toBe("creation\n");

    const paused = await capsule.pause({ wait: true });
    expect(paused.status).toBe("paused");
    await expect(capsule.commands.exec("true")).rejects.toBeInstanceOf(ConflictError);
    await expect(capsule.pause()).rejects.toBeInstanceOf(ConflictError);
    await expect(capsule.waitForReady()).rejects.toBeInstanceOf(ConflictError);
    expect((await capsule.resume({ wait: true })).status).toBe("running");
    await expect(capsule.resume()).rejects.toBeInstanceOf(ConflictError);

    const before = await count();
    await eventually("it goes on counting", async () => (await count()) > before);
    expect((await capsule.commands.list()).processes).toMatchObject([{ pid, tag: "counter" }]);
  });

  it("ends by destroy, and can still be looked at", async () => {
    const capsule = await Capsule.create();
    await capsule.destroy();
    await capsule.destroy();
    expect((await capsule.getInfo()).status).toBe("stopped");
    await expect(capsule.ping()).rejects.toBeInstanceOf(ConflictError);
    await expect(capsule.waitForReady()).rejects.toThrow(/is stopped/);
  });

  it("goes on as a template", async () => {
    const client = new WrennClient();
    const name = `sdk-test-${process.pid}`;
    await using capsule = await Capsule.create({ client });
    await capsule.files.write("/root/kept", "yes");
    expect(await capsule.snapshot(name)).toMatchObject({ name, type: "snapshot" });
    try {
      await expect(capsule.snapshot(name)).rejects.toBeInstanceOf(ConflictError);
      await capsule.snapshot(name, { overwrite: true });
      expect((await client.snapshots.list({ type: "snapshot" })).map((template) => template.name)).toContain(name);
      await using copy = await Capsule.create(name, { client });
      expect((await copy.files.read("/root/kept")).toString()).toBe("yes");
    } finally {
      await client.snapshots.delete(name);
    }
    await expect(client.snapshots.delete(name)).rejects.toBeInstanceOf(NotFoundError);
  });

  it("is measured and listed", async () => {
    const client = new WrennClient();
    const metadata = { test: `sdk-${process.pid}` };
    await using first = await Capsule.create({ client, metadata });
    await using second = await Capsule.create({ client, metadata });
    const found: string[] = [];
    for await (const info of client.capsules.iterate({ metadata, limit: 1 })) found.push(info.id);
    expect(found.sort()).toEqual([first.id, second.id].sort());
    await eventually("there is a measurement", async () => (await first.getMetrics({ range: "5m" })).points.length > 0);
    expect((await client.capsules.stats({ range: "5m" })).current.running_count).toBeGreaterThanOrEqual(2);
    expect(await client.capsules.usage()).toHaveProperty("points");
  });

  it("is refused with types", async () => {
    await expect(Capsule.create("no-such-template")).rejects.toMatchObject({ name: /NotFoundError|BadRequestError/ });
    await expect(Capsule.create({ vcpus: -1 })).rejects.toBeInstanceOf(BadRequestError);
    await expect(Capsule.connect("missing").getInfo()).rejects.toBeInstanceOf(NotFoundError);
    const stranger = new WrennClient({ apiKey: `wrn_${"0".repeat(32)}` });
    await expect(stranger.capsules.list()).rejects.toMatchObject({ statusCode: 401 });
  });
});
