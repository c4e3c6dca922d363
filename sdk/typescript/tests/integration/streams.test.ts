import { describe, expect, it } from "vitest";

import { AbortError, Capsule, NotFoundError, WrennError } from "../../src/index.js";
import { eventually, run, sharedCapsule } from "./support/capsules.js";

const shared = sharedCapsule();

describe("command streams", () => {
  it("lose nothing of a lot of output, also to a reader that pauses", async () => {
    let next = 1;
    let rest = "";
    for await (const event of shared().commands.stream("seq", { args: ["1", "300000"] })) {
      if (event.type !== "stdout") continue;
      const lines = (rest + event.data).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) expect(Number(line)).toBe(next++);
      if (next % 1000 < 10) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(next).toBe(300_001);
  });

  it("take input", async () => {
    const stream = shared().commands.stream("tr", { args: ["a-z", "A-Z"], stdin: true });
    await stream.write("shout ");
    await stream.write("louder");
    await stream.closeStdin();
    let output = "";
    for await (const event of stream) if (event.type === "stdout") output += event.data;
    expect(output).toBe("SHOUT LOUDER");
  });

  it("stop the command when they are left, or aborted", async () => {
    const capsule = shared();
    const marks = ["3601", "3602"];
    for await (const event of capsule.commands.stream("sleep", { args: ["3601"] })) if (event.type === "start") break;
    const controller = new AbortController();
    const aborted = async (): Promise<void> => {
      const stream = capsule.commands.stream("sleep", { args: ["3602"], signal: controller.signal });
      for await (const event of stream) if (event.type === "start") controller.abort();
    };
    await expect(aborted()).rejects.toBeInstanceOf(AbortError);
    await eventually("both commands have ended", async () => {
      const lines = await run(capsule, "cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' '");
      return marks.every((mark) => !lines.includes(`sleep ${mark}`));
    });
  });

  it("report a missing capsule and a missing process", async () => {
    const stream = Capsule.connect("missing").commands.stream("true");
    await expect(stream.next()).rejects.toBeInstanceOf(NotFoundError);
    const missing = async (): Promise<void> => {
      await using connection = await shared().commands.streamProcess("missing");
      for await (const event of connection) expect(event.type).toBe("error");
    };
    await expect(missing()).rejects.toBeInstanceOf(WrennError);
  });

  it("end in an error when the capsule is destroyed", async () => {
    const doomed = await Capsule.create();
    const loop = async (): Promise<void> => {
      for await (const event of doomed.commands.stream("sleep", { args: ["3600"] })) {
        if (event.type === "start") void doomed.destroy();
        if (event.type === "exit") throw new WrennError("the command was killed", { code: "killed" });
      }
    };
    await expect(loop()).rejects.toBeInstanceOf(WrennError);
  });

  it("carry a foreground command with a long limit", async () => {
    const result = await shared().commands.exec("sh", { args: ["-c", "echo out; echo err >&2; exit 5"], timeoutSec: 3_600 });
    expect(result).toMatchObject({ stdout: "out\n", stderr: "err\n", exit_code: 5, timed_out: false });
  });

  it("replay what a background process has printed, to any number of viewers", async () => {
    const { commands } = shared();
    await commands.start("sh", { args: ["-c", "echo early; exec sleep 3600"], tag: "talker" });
    const viewers = await Promise.all([commands.streamProcess("talker"), commands.streamProcess("talker")]);
    for (const viewer of viewers) {
      for await (const event of { [Symbol.asyncIterator]: () => viewer.events }) {
        if (event.type === "stdout") {
          expect(event.data).toBe("early\n");
          break;
        }
      }
    }
    await Promise.all(viewers.map((viewer) => viewer.close()));
    await commands.kill("talker");
  });
});

describe("exec", () => {
  it("kills what takes too long and says what it had printed", async () => {
    const result = await shared().commands.exec("sh", { args: ["-c", "echo begun; sleep 3600"], timeoutSec: 3 });
    expect(result).toMatchObject({ stdout: "begun\n", exit_code: -1, timed_out: true });
  });

  it("returns bytes that are not text", async () => {
    const result = await shared().commands.exec("printf", { args: ["\\377\\000a"] });
    expect(result.stdoutBytes).toEqual(Buffer.from([0xff, 0, 0x61]));
  });

  it("runs 50 at a time", async () => {
    const { commands } = shared();
    const results = await Promise.all(Array.from({ length: 50 }, (_, index) => commands.exec("echo", { args: [String(index)] })));
    expect(results.map((result) => result.stdout)).toEqual(Array.from({ length: 50 }, (_, index) => `${index}\n`));
  });
});
