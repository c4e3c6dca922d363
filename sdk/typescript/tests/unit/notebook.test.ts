import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { CodeInterpreter } from "../../src/index.js";
import { CAPSULE_ID, MockServer, onExec } from "./support/mock-server.js";

let mock: MockServer;
let interpreter: CodeInterpreter;

beforeEach(async () => {
  mock = await MockServer.start();
  interpreter = CodeInterpreter.connect(CAPSULE_ID, { client: mock.client() });
});

afterEach(async () => {
  await mock[Symbol.asyncDispose]();
});

describe("Notebook.execCell", () => {
  it("runs python3 -c", async () => {
    const runs = onExec(mock, () => ({ stdout: "hello\n" }));
    const result = await interpreter.notebook.execCell("print('hello')", { timeoutSec: 60 });
    expect(result).toEqual({ stdout: "hello\n", stderr: "", exit_code: 0, duration_ms: 1, timed_out: false });
    expect(runs).toEqual([{ cmd: "python3", args: ["-c", "print('hello')"], timeout_sec: 60, background: false }]);
  });

  it("tells the exception that ended a cell", async () => {
    const stderr = 'Traceback (most recent call last):\n  File "<string>", line 1, in <module>\nZeroDivisionError: division by zero\n';
    onExec(mock, () => ({ stderr, exit_code: 1 }));
    const result = await interpreter.notebook.execCell("1 / 0");
    expect(result.exit_code).toBe(1);
    expect(result.error).toEqual({ name: "ZeroDivisionError", value: "division by zero", traceback: stderr.trimEnd() });
  });

  it("tells an exception without a message", async () => {
    onExec(mock, () => ({ stderr: "Traceback (most recent call last):\n  ...\nKeyboardInterrupt\n", exit_code: 130 }));
    expect((await interpreter.notebook.execCell("x")).error).toMatchObject({ name: "KeyboardInterrupt", value: "" });
  });

  it("tells an exit code where there is no exception", async () => {
    onExec(mock, () => ({ stderr: "", exit_code: 3 }));
    expect((await interpreter.notebook.execCell("raise SystemExit(3)")).error).toMatchObject({
      name: "ExitError",
      value: "python3 exited with code 3",
    });
  });

  it("tells that a cell took too long", async () => {
    onExec(mock, () => ({ exit_code: -1, timed_out: true }));
    expect((await interpreter.notebook.execCell("while True: pass", { timeoutSec: 1 })).error?.name).toBe("TimeoutError");
  });
});
