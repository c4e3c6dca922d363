import { createHash, randomBytes } from "node:crypto";

import { describe, expect, it } from "vitest";

import { BadRequestError, ConflictError, NotFoundError } from "../../src/index.js";
import { run, sharedCapsule } from "./support/capsules.js";
import { runProgram } from "./support/snippet.js";

const shared = sharedCapsule({ memory_mb: 1024 });

describe("files", () => {
  it("come back as they went, whatever they hold", async () => {
    const { files } = shared();
    for (const content of [Buffer.alloc(0), Buffer.from("\r\n--wrenn-\r\n"), randomBytes(5 * 1024 * 1024 + 3)]) {
      await files.write("/tmp/dir with space/ü.bin", content);
      expect((await files.read("/tmp/dir with space/ü.bin")).equals(content)).toBe(true);
    }
    await files.write("/tmp/part", "0123456789");
    expect((await files.read("/tmp/part", { offset: 3, length: 4 })).toString()).toBe("3456");
  });

  it("are listed, moved and removed", async () => {
    const { files } = shared();
    await files.write("/tmp/tree/a/b.txt", "b");
    await run(shared(), "ln -s a/b.txt /tmp/tree/link && chmod 750 /tmp/tree/a/b.txt");
    const { entries } = await files.list("/tmp/tree", { depth: 2 });
    expect(entries.map((entry) => entry.path).sort()).toEqual(["/tmp/tree/a", "/tmp/tree/a/b.txt", "/tmp/tree/link"]);
    expect(await files.stat("/tmp/tree/link")).toMatchObject({ type: "symlink", symlink_target: expect.stringMatching(/a\/b\.txt$/) as string });
    expect(await files.stat("/tmp/tree/a/b.txt")).toMatchObject({ permissions: "-rwxr-x---", owner: "root", size: 1 });
    expect((await files.move("/tmp/tree/a", "/tmp/tree/c")).path).toBe("/tmp/tree/c");
    expect(await files.exists("/tmp/tree/a")).toBe(false);
    expect((await files.mkdir("/tmp/tree/c")).entry.type).toBe("directory");
    await files.remove("/tmp/tree");
    expect(await files.exists("/tmp/tree")).toBe(false);
  });

  it("fail with types", async () => {
    const { files } = shared();
    await files.write("/tmp/file", "x");
    await expect(files.read("/tmp/missing")).rejects.toBeInstanceOf(NotFoundError);
    await expect(files.remove("/tmp/missing")).rejects.toBeInstanceOf(NotFoundError);
    await expect(files.read("/tmp")).rejects.toBeInstanceOf(BadRequestError);
    await expect(files.mkdir("/tmp/file")).rejects.toBeInstanceOf(ConflictError);
    await expect(files.write("/tmp/a\0b", "x")).rejects.toBeInstanceOf(BadRequestError);
  });

  it("report changes below a directory, also in directories that appear later", async () => {
    const { files } = shared();
    await files.mkdir("/tmp/watched");
    await using watch = await files.watch("/tmp/watched", { recursive: true });
    await files.mkdir("/tmp/watched/sub");
    for await (const change of watch) if (change.event === "create" && change.name === "sub") break;
  });
});

describe("large files", () => {
  const bytes = 2 * 1024 * 1024 * 1024;

  it("of 2 GB go up and come down with flat memory", async () => {
    // A program of its own, so that the memory measured is the package's and nothing else's.
    const program = `
      import { createHash } from "node:crypto";
      import { Capsule } from "@wrenn/sdk";
      const capsule = Capsule.connect(${JSON.stringify(shared().id)});
      let peak = 0;
      const look = () => { peak = Math.max(peak, process.memoryUsage.rss()); };
      const piece = Buffer.alloc(1024 * 1024);
      async function* source() {
        for (let index = 0; index < ${bytes / (1024 * 1024)}; index += 1) { piece.writeUInt32LE(index, 0); look(); yield Buffer.from(piece); }
      }
      await capsule.files.uploadStream("/tmp/huge", source());
      const hash = createHash("sha256");
      let received = 0;
      for await (const chunk of capsule.files.downloadStream("/tmp/huge")) { received += chunk.length; hash.update(chunk); look(); }
      console.log(JSON.stringify({ received, hash: hash.digest("hex"), peak }));
    `;
    const { stdout } = await runProgram(program);
    const result = JSON.parse(stdout) as { received: number; hash: string; peak: number };
    const hash = createHash("sha256");
    const piece = Buffer.alloc(1024 * 1024);
    for (let index = 0; index < bytes / piece.length; index += 1) {
      piece.writeUInt32LE(index, 0);
      hash.update(piece);
    }
    expect(result).toMatchObject({ received: bytes, hash: hash.digest("hex") });
    expect(result.peak).toBeLessThan(400 * 1024 * 1024);
    await shared().files.remove("/tmp/huge");
  });
});
