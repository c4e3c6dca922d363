import { describe, expect, it } from "vitest";

import { StreamError, type PtySession } from "../../src/index.js";
import { sharedCapsule } from "./support/capsules.js";

const shared = sharedCapsule();

/** Reads until the output matches; leaves the session as it is. */
async function until(session: PtySession, pattern: RegExp): Promise<string> {
  let seen = "";
  for (;;) {
    const result = await session.events.next();
    if (result.done === true) throw new Error(`the terminal ended before ${String(pattern)}; it showed ${JSON.stringify(seen)}`);
    if (result.value.type === "data") seen += result.value.data;
    if (pattern.test(seen)) return seen;
  }
}

describe("terminals", () => {
  it("know their size and follow it", async () => {
    await using session = await shared().pty.start({ cols: 101, rows: 31 });
    session.input("stty size\n");
    await until(session, /31 101/);
    session.resize(90, 20);
    session.input("stty size\n");
    await until(session, /20 90/);
  });

  it("take their program, environment, directory and arguments", async () => {
    const script = "echo $GREETING from $PWD; tty";
    await using session = await shared().pty.start({
      cmd: "/bin/sh",
      args: ["-c", script],
      envs: { GREETING: "hello" },
      cwd: "/usr",
    });
    let output = "";
    let code: number | undefined;
    for await (const event of session.events) {
      if (event.type === "data") output += event.data;
      if (event.type === "exit") code = event.exit_code;
    }
    expect(output).toMatch(/hello from \/usr\r\n\/dev\/pts\/\d+/);
    expect(code).toBe(0);
  });

  it("live on without a connection, and replay what they showed", async () => {
    const { pty } = shared();
    const first = await pty.start({ tag: "kept" });
    first.input("export KEPT=value; echo ready-$KEPT\n");
    await until(first, /ready-value/);
    await first.close();
    await using second = await pty.connect("kept");
    expect(second.pid).toBe(first.pid);
    await until(second, /ready-value/);
    second.input("echo again-$KEPT\n");
    await until(second, /again-value/);
  });

  it("end by kill, and by ^D", async () => {
    for (const end of [
      (session: PtySession): void => {
        session.kill();
      },
      (session: PtySession): void => {
        session.input(new Uint8Array([4]));
      },
    ]) {
      await using session = await shared().pty.start({ cmd: "/bin/cat" });
      end(session);
      const types: string[] = [];
      for await (const event of session.events) types.push(event.type);
      expect(types.at(-1)).toBe("exit");
    }
  });

  it("that do not exist cannot be joined", async () => {
    await expect(shared().pty.connect("no-such-session")).rejects.toBeInstanceOf(StreamError);
  });
});
