// What a user does, on whatever runtime this is: commands, streams, files, a terminal, errors. Prints "ok" at its end.
import assert from "node:assert/strict";
import { createRequire } from "node:module";

import { AbortError, Capsule, ConnectionError, NotFoundError, Sandbox, WrennClient, WrennError } from "@wrenn/sdk";

const common = createRequire(import.meta.url)("@wrenn/sdk");
assert.deepEqual(Object.keys(common).sort(), Object.keys(await import("@wrenn/sdk")).filter((name) => name !== "default" && name !== "module.exports").sort());
assert.equal(typeof Symbol.asyncDispose, "symbol");
assert.equal(Sandbox, Capsule);

const capsule = await Capsule.create("minimal", { metadata: { test: "runtimes" } });
try {
  assert.equal((await capsule.waitForReady()).status, "running");
  await commands();
  await streams();
  await files();
  await terminal();
  await errors();
  const client = new WrennClient();
  await client.capsules.pause(capsule.id);
  assert.equal((await capsule.resume({ wait: true })).status, "running");
} finally {
  await capsule[Symbol.asyncDispose]();
}
assert.equal((await capsule.getInfo()).status, "stopped");
console.log("ok");

async function commands() {
  const result = await capsule.commands.exec("echo", { args: ["hello"] });
  assert.deepEqual([result.stdout, result.exit_code], ["hello\n", 0]);
  const bytes = await capsule.commands.exec("printf", { args: ["\\377"] });
  assert.deepEqual([...bytes.stdoutBytes], [255]);
}

async function streams() {
  let output = "";
  let code;
  for await (const event of capsule.commands.stream("seq", { args: ["1", "20000"] })) {
    if (event.type === "stdout") output += event.data;
    if (event.type === "exit") code = event.exit_code;
  }
  assert.equal(code, 0);
  assert.equal(output.length, 108_894);
  await capsule.commands.start("sh", { args: ["-c", "echo begun; exec sleep 3600"], tag: "sleeper" });
  const connection = await capsule.commands.streamProcess("sleeper");
  connection.send({ type: "ping" });
  for await (const event of connection) if (event.type === "stdout") break;
  await capsule.commands.kill("sleeper", "SIGTERM");
}

async function files() {
  await capsule.files.write("/app/main.py", "print('hello')");
  const content = await capsule.files.read("/app/main.py");
  assert.equal(content.toString(), "print('hello')");
  const size = 16 * 1024 * 1024;
  async function* source() {
    for (let sent = 0; sent < size; sent += 65_536) yield new Uint8Array(65_536).fill(sent / 65_536);
  }
  await capsule.files.uploadStream("/data/large", source());
  let received = 0;
  for await (const chunk of capsule.files.downloadStream("/data/large")) {
    for (let at = 0; at < chunk.length; at += 4_096) assert.equal(chunk[at], Math.floor((received + at) / 65_536) % 256);
    received += chunk.length;
  }
  assert.equal(received, size);
  assert.equal((await capsule.files.list("/data")).entries.length, 1);
}

async function terminal() {
  const session = await capsule.pty.start({ cols: 90, rows: 20 });
  session.input("stty size; exit 7\n");
  let shown = "";
  let code;
  for await (const event of session.events) {
    if (event.type === "data") shown += event.data;
    if (event.type === "exit") code = event.exit_code;
  }
  assert.match(shown, /20 90/);
  assert.equal(code, 7);
  await session.close();
}

async function errors() {
  const missing = Capsule.connect("missing");
  await assert.rejects(missing.getInfo(), (error) => error instanceof NotFoundError && error.statusCode === 404);
  await assert.rejects(missing.commands.stream("true").next(), NotFoundError);
  await assert.rejects(missing.pty.start(), NotFoundError);
  const nowhere = Capsule.connect("missing", { baseUrl: "http://127.0.0.1:1", maxRetries: 0 });
  await assert.rejects(nowhere.getInfo(), ConnectionError);
  await assert.rejects(nowhere.commands.stream("true").next(), ConnectionError);
  await assert.rejects(capsule.commands.exec("sleep", { args: ["3600"], signal: AbortSignal.timeout(200) }), AbortError);
  await assert.rejects(capsule.files.read("/missing"), WrennError);
}
