import { inflateSync } from "node:zlib";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { AbortError, Capsule, CodeInterpreter, type CellOutput } from "../../src/index.js";

let interpreter: CodeInterpreter;

beforeAll(async () => {
  interpreter = await CodeInterpreter.create({ memory_mb: 1024 });
  await interpreter.capsule.waitForReady();
});

afterAll(async () => {
  await interpreter.destroy();
});

describe("CodeInterpreter", () => {
  it("keeps variables from cell to cell", async () => {
    await interpreter.notebook.execCell("x = 42");
    const result = await interpreter.notebook.execCell("x * 2");
    expect(result).toMatchObject({ text: "84", exit_code: 0, timed_out: false });
    expect(result.execution_count).toBeGreaterThan(1);
  });

  it("shows a figure as a PNG", async () => {
    const code = "import matplotlib.pyplot as plt\nplt.plot([1, 4, 9])\nplt.show()";
    const { results } = await interpreter.notebook.execCell(code, { timeoutSec: 60 });
    expect(results).toHaveLength(1);
    const png = Buffer.from(results[0]?.png ?? "", "base64");
    expect(png.subarray(1, 4).toString()).toBe("PNG");
    const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
    expect(pixels(png).length).toBe((width * 4 + 1) * height);
  });

  it("tells an exception, and the kernel lives on", async () => {
    const { error, exit_code } = await interpreter.notebook.execCell("1/0");
    expect(exit_code).toBe(1);
    expect(error).toMatchObject({ name: "ZeroDivisionError", value: "division by zero" });
    expect(error?.traceback).toContain("1/0");
    expect(error?.traceback).not.toContain("\u001b");
    expect((await interpreter.notebook.execCell("x")).text).toBe("42");
  });

  it("tells what comes of a cell as it comes, in order", async () => {
    const seen: string[] = [];
    const code = "import sys\nprint('a')\nprint('b', file=sys.stderr)\ndisplay('c')\nraise ValueError('d')";
    const result = await interpreter.notebook.execCell(code, {
      onStdout: (text) => seen.push(`stdout ${text}`),
      onStderr: (text) => seen.push(`stderr ${text}`),
      onResult: (output: CellOutput) => seen.push(`result ${output.text ?? ""}`),
      onError: (error) => seen.push(`error ${error.name}`),
    });
    // The two streams are read apart from each other.
    expect(seen.slice(0, 2).sort()).toEqual(["stderr b\n", "stdout a\n"]);
    expect(seen.slice(2)).toEqual(["result 'c'", "error ValueError"]);
    expect(result).toMatchObject({ stdout: "a\n", stderr: "b\n", exit_code: 1, error: { name: "ValueError", value: "d" } });
    expect(result.results).toHaveLength(1);
  });

  it("ends an endless cell at its limit, and the next one works", async () => {
    const ended = await interpreter.notebook.execCell("while True: pass", { timeoutSec: 1 });
    expect(ended).toMatchObject({ timed_out: true, exit_code: -1, error: { name: "KeyboardInterrupt" } });
    expect((await interpreter.notebook.execCell("x")).text).toBe("42");
  });

  it("interrupts a cell whose signal is aborted", async () => {
    const abort = new AbortController();
    const cell = interpreter.notebook.execCell("print('begun', flush=True)\nwhile True: pass", {
      timeoutSec: 0,
      signal: abort.signal,
      onStdout: () => {
        abort.abort();
      },
    });
    await expect(cell).rejects.toBeInstanceOf(AbortError);
    expect((await interpreter.notebook.execCell("x")).text).toBe("42");
  });

  it("has several notebooks, which can be interrupted, restarted and deleted", async () => {
    const other = interpreter.createNotebook("other");
    expect((await other.execCell("'x' in globals()")).text).toBe("False");
    const begun = new Promise<void>((resolve) => {
      void other.execCell("print('begun', flush=True)\nwhile True: pass", { onStdout: () => { resolve(); } });
    });
    await begun;
    expect((await interpreter.notebook.execCell("x")).text).toBe("42");
    await other.interrupt();
    await other.execCell("y = 1");
    await other.restart();
    expect((await other.execCell("y")).error?.name).toBe("NameError");
    expect((await interpreter.listNotebooks()).map((notebook) => notebook.name)).toEqual(["default", "other"]);
    await other.delete();
    expect((await interpreter.listNotebooks()).map((notebook) => notebook.name)).toEqual(["default"]);
  });

  it("runs cells by python3 where there is no Jupyter server", async () => {
    const plain = new CodeInterpreter(await Capsule.create("minimal"));
    try {
      const result = await plain.notebook.execCell("print('hello')", { onStdout: () => undefined });
      expect(result).toMatchObject({ stdout: "hello\n", exit_code: 0, results: [] });
      expect((await plain.notebook.execCell("1/0")).error).toMatchObject({ name: "ZeroDivisionError" });
    } finally {
      await plain.destroy();
    }
  });
});

/** The rows of a PNG without interlacing, each after the byte that says how it was filtered. */
function pixels(png: Buffer): Buffer {
  const data: Buffer[] = [];
  for (let at = 8; at < png.length; at += png.readUInt32BE(at) + 12) {
    if (png.toString("latin1", at + 4, at + 8) === "IDAT") data.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  }
  return inflateSync(Buffer.concat(data));
}
