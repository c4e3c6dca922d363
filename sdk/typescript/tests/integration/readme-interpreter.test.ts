import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { CodeInterpreter } from "../../src/index.js";
import { runSnippet } from "./support/snippet.js";

let interpreter: CodeInterpreter;

beforeAll(async () => {
  interpreter = await CodeInterpreter.create();
});

afterAll(async () => {
  await interpreter.destroy();
});

describe("the README's code on the code interpreter", () => {
  it("Code Interpreter", async () => {
    expect(await runSnippet({ section: "Code Interpreter > Quick Start" })).toBe("hello\n\n");

    const after = "console.log(result.stdout); await interpreter.destroy();";
    const custom = { "my-custom-python-template": "base-python" };
    expect(await runSnippet({ section: "Custom Templates", replace: custom, after })).toBe("custom template\n\n");

    const files = await runSnippet({
      section: "Code Interpreter + Commands/Files",
      after: "await interpreter.destroy();",
    });
    expect(files).toBe("a,b\n1,2\n1 /tmp/data.csv\n\n");
  });

  it("Connecting to Existing Capsules: for code interpreter capsules", async () => {
    await interpreter.notebook.execCell("x = 1");
    const replace = { "cl-abc123": interpreter.id };
    const output = await runSnippet({ section: "Connecting to Existing Capsules", index: 1, replace });
    expect(output).toBe("reconnected\n\n");
    // It is the same kernel, and it is still there.
    expect((await interpreter.notebook.execCell("x")).text).toBe("1");
  });

  it("Cells that share variables", async () => {
    const output = await runSnippet({ section: "Code Interpreter > Cells", after: "await interpreter.destroy();" });
    expect(output).toBe("84\n0\n1\n2\nZeroDivisionError division by zero\ntrue\n");
  });
});
