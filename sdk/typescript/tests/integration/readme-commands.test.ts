import { describe, expect, it } from "vitest";

import { eventually, run, sharedCapsule } from "./support/capsules.js";
import { runSnippet, runWithErrors } from "./support/snippet.js";

const SERVER = "import os, time\nprint('port', os.environ['PORT'], flush=True)\ntime.sleep(3600)\n";
const TRAINING = "import sys\nprint('epoch 1')\nprint('warning', file=sys.stderr)\nsys.exit(3)\n";

const shared = sharedCapsule({}, async (capsule) => {
  await capsule.files.write("/app/server.py", SERVER);
  await capsule.files.write("/root/train.py", TRAINING);
});

describe("the README's code on commands", () => {
  it("Command Execution, Streaming Output, Process Management", async () => {
    const capsule = shared();
    const [stdout, stderr, code, pid, tag] = (await runSnippet({ section: "Command Execution", capsule: capsule.id }))
      .replace("42\n\n", "42\n")
      .split("\n");
    expect([stdout, stderr, code, tag]).toEqual(["42", "", "0", "web-server"]);
    expect((await capsule.commands.list()).processes).toMatchObject([{ pid: Number(pid), tag: "web-server" }]);

    const streamed = await runWithErrors({ section: "Streaming Output", capsule: capsule.id });
    expect(streamed).toEqual({ stdout: "epoch 1\nexited 3\n", stderr: "warning\n" });

    expect(await runSnippet({ section: "Process Management", capsule: capsule.id })).toBe(`${pid ?? ""} web-server\n`);
    await eventually("the process has ended", async () => (await capsule.commands.list()).processes.length === 0);
  });
});

describe("the README's code on files", () => {
  it("Filesystem", async () => {
    const capsule = shared();
    await run(capsule, "mkdir -p /app/old_data/deep");
    const output = await runSnippet({ section: "Filesystem", capsule: capsule.id });
    expect(output).toContain("print('hello')\n");
    expect(output).toContain("main.py file 14\n");
    expect(output).toContain("old_data directory ");
    expect(await capsule.files.exists("/app/old_data")).toBe(false);
    expect((await capsule.files.stat("/app/data")).type).toBe("directory");
  });

  it("Filesystem: watching", async () => {
    expect(await runSnippet({ section: "Filesystem", index: 1, capsule: shared().id })).toMatch(/^create .*config\.json/);
  });

  it("Streaming Large Files", async () => {
    const output = await runSnippet({ section: "Streaming Large Files", capsule: shared().id });
    expect(output).toBe("large file content\n");
  });
});

describe("the README's code on terminals", () => {
  it("starts one, and ends with its program", async () => {
    const capsule = shared();
    await run(capsule, "mkdir -p /home/user && touch /home/user/a-file-to-see");
    // The shell leaves by itself when nothing has been typed for a while.
    await capsule.files.write("/root/.bashrc", "TMOUT=4\n");
    const output = await runSnippet({ section: "Interactive Terminal (PTY)", capsule: capsule.id });
    expect(output).toContain("a-file-to-see");
    await capsule.files.remove("/root/.bashrc");
  });

  it("joins one by its tag", async () => {
    const capsule = shared();
    await using session = await capsule.pty.start({ tag: "my-session-tag" });
    await runSnippet({ section: "Interactive Terminal (PTY)", index: 1, capsule: capsule.id });
    let seen = "";
    for await (const event of session.events) {
      if (event.type === "data") seen += event.data;
      if (/[\r\n]reconnected\r/.test(seen)) break;
    }
    expect(seen).toContain("reconnected");
  });
});
