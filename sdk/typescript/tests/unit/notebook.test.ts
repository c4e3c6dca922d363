import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { AbortError, CodeInterpreter, NotFoundError, StreamError } from "../../src/index.js";
import { CAPSULE_ID, CAPSULE_PATH, MockServer, onExec } from "./support/mock-server.js";

let mock: MockServer;
let interpreter: CodeInterpreter;

beforeEach(async () => {
  mock = await MockServer.start();
  interpreter = CodeInterpreter.connect(CAPSULE_ID, { client: mock.client() });
});

afterEach(async () => {
  await mock[Symbol.asyncDispose]();
});

describe("Notebook.execCell on a server that knows no notebooks", () => {
  it("runs python3 -c", async () => {
    const runs = onExec(mock, () => ({ stdout: "hello\n" }));
    const result = await interpreter.notebook.execCell("print('hello')", { timeoutSec: 60 });
    expect(result).toEqual({ stdout: "hello\n", stderr: "", exit_code: 0, results: [], duration_ms: 1, timed_out: false });
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

const NOTEBOOK = `${CAPSULE_PATH}/notebooks/default`;

/** Answers the WebSocket with these messages once a cell arrives; returns what the client said. */
function onStream(messages: readonly object[]): unknown[] {
  const said: unknown[] = [];
  mock.onSocket(`${NOTEBOOK}/stream`, (socket) => {
    socket.on("message", (data) => {
      said.push(JSON.parse((data as Buffer).toString()));
      if (said.length === 1) for (const message of messages) socket.send(JSON.stringify(message));
    });
  });
  return said;
}

describe("Notebook.execCell", () => {
  it("returns what came of a cell", async () => {
    mock.on(`POST ${NOTEBOOK}/exec`, (response) => {
      response.setHeader("content-type", "application/json");
      response.end(
        JSON.stringify({
          stdout: "out",
          stderr: "",
          exit_code: 1,
          results: [{ data: { "text/plain": "84", "application/json": { a: 1 } }, is_main: true }],
          error: { name: "E", value: "v", traceback: ["\u001b[31mred\u001b[39m", "line"] },
          execution_count: 3,
          timed_out: false,
          duration_ms: 5,
        }),
      );
    });
    const result = await interpreter.notebook.execCell("x", { timeoutSec: 60 });
    expect(result).toMatchObject({ stdout: "out", exit_code: 1, text: "84", execution_count: 3, timed_out: false });
    expect(result.error).toEqual({ name: "E", value: "v", traceback: "red\nline" });
    expect(result.results[0]?.json).toEqual({ a: 1 });
    expect(result.results[0]?.png).toBeUndefined();
    expect(JSON.parse(mock.requests[0]?.body.toString() ?? "")).toEqual({ code: "x", timeout_sec: 60 });
  });

  it("tells the callbacks and puts the whole together", async () => {
    const said = onStream([
      { type: "start", execution_count: 1 },
      { type: "stdout", data: "old" },
      { type: "clear", wait: true },
      { type: "stdout", data: "a" },
      { type: "stderr", data: "b" },
      { type: "result", data: { "text/plain": "1" }, is_main: false, display_id: "d" },
      { type: "update", data: { "text/plain": "2" }, display_id: "d" },
      { type: "exception", name: "E", value: "v", traceback: [] },
      { type: "end", exit_code: 1, execution_count: 1, timed_out: false, duration_ms: 2 },
    ]);
    const seen: string[] = [];
    const result = await interpreter.notebook.execCell("x", {
      onStdout: (text) => seen.push(text),
      onStderr: (text) => seen.push(text),
      onResult: (output) => seen.push(output.text ?? ""),
      onError: (error) => seen.push(error.name),
    });
    expect(seen).toEqual(["old", "a", "b", "1", "E"]);
    expect(result).toMatchObject({ stdout: "a", stderr: "b", exit_code: 1, error: { name: "E" }, execution_count: 1 });
    expect(result.results.map((output) => output.text)).toEqual(["2"]);
    expect(said).toEqual([{ type: "exec", code: "x" }]);
  });

  it("throws what the server reports instead of an end", async () => {
    onStream([{ type: "error", data: "The capsule has ended." }]);
    const cell = interpreter.notebook.execCell("x", { onStdout: () => undefined });
    await expect(cell).rejects.toThrow(StreamError);
    await expect(cell).rejects.toThrow("The capsule has ended.");
  });

  it("interrupts the cell when its signal is aborted", async () => {
    const said = onStream([{ type: "stdout", data: "begun" }]);
    const abort = new AbortController();
    const cell = interpreter.notebook.execCell("x", {
      timeoutSec: 0,
      signal: abort.signal,
      onStdout: () => {
        abort.abort();
      },
    });
    await expect(cell).rejects.toBeInstanceOf(AbortError);
    await expect.poll(() => said).toEqual([{ type: "exec", code: "x", timeout_sec: 0 }, { type: "interrupt" }]);
  });

  it("throws when neither the notebook nor the capsule is there", async () => {
    await expect(interpreter.notebook.execCell("x")).rejects.toBeInstanceOf(NotFoundError);
    await expect(interpreter.notebook.interrupt()).rejects.toBeInstanceOf(NotFoundError);
  });
});
