import { describe, expect, it } from "vitest";

import { Capsule } from "../../src/index.js";
import { eventually, sharedCapsule } from "./support/capsules.js";
import { environment, runSnippet } from "./support/snippet.js";

const shared = sharedCapsule();
const baseUrl = environment("WRENN_BASE_URL");

describe("the README's code on capsules", () => {
  it("Authentication", async () => {
    const after = "console.log((await capsule.getInfo()).status); await capsule.destroy();";
    const replace = { "https://app.wrenn.dev/api": baseUrl };
    expect(await runSnippet({ section: "Authentication", replace, after })).toBe("running\n");
  });

  it("Quick Start", async () => {
    expect(await runSnippet({ section: "Wrenn Capsules > Quick Start" })).toBe("hello\n\n");
  });

  it("Creating Capsules", async () => {
    const after = `
      for (const created of [capsule, python, larger, fromOptions]) {
        await created.waitForReady();
        const info = await created.getInfo();
        console.log(info.template, info.vcpus, info.memory_mb, info.timeout_sec);
        await created.destroy();
      }`;
    expect(await runSnippet({ section: "Creating Capsules", after })).toBe(
      "minimal 1 512 0\nbase-python 1 512 0\nminimal 2 1024 300\nminimal 2 1024 0\n",
    );
  });

  it("Resource Cleanup", async () => {
    for (const index of [0, 1]) {
      const before = (await Capsule.list()).map((info) => info.id);
      await runSnippet({ section: "Resource Cleanup", index });
      await eventually("nothing is left", async () => {
        const ids = (await Capsule.list()).map((info) => info.id);
        return ids.every((id) => before.includes(id));
      });
    }
  });

  it("Connecting to Existing Capsules", async () => {
    const replace = { "cl-abc123": shared().id };
    expect(await runSnippet({ section: "Connecting to Existing Capsules", replace })).toBe("still running\n\n");
    await shared().pause({ wait: true });
    expect(await runSnippet({ section: "Connecting to Existing Capsules", replace })).toBe("still running\n\n");
    expect(await runSnippet({ section: "Connecting to Existing Capsules", index: 1, replace })).toBe("reconnected\n\n");
  });

  it("Lifecycle Management", async () => {
    const [first, second, third] = [await Capsule.create(), await Capsule.create(), await Capsule.create()];
    // What stands below `destroy` is about a capsule that lives.
    const replace = {
      "await capsule.destroy();": `await capsule.destroy(); capsule = Capsule.connect("${second.id}");`,
      "cl-abc123": third.id,
    };
    const output = await runSnippet({
      section: "Lifecycle Management",
      replace,
      capsule: first.id,
      variable: true,
      after: "console.log(metrics.range); await capsule.destroy();",
    });
    expect(output).toBe("running\n10m\n");
    for (const capsule of [first, second, third]) expect((await capsule.getInfo()).status).toBe("stopped");
  });
});

describe("the README's code on migration, errors and the client", () => {
  it("Error Handling", async () => {
    const output = await runSnippet({ section: "Error Handling" });
    expect(output).toMatch(/^not_found\n.+\n404\n\{[\s\S]*error: \{[\s\S]*code: 'not_found'/);
  });

  it("Migrating from e2b", async () => {
    const after = "console.log(capsule.id.slice(0, 3)); await capsule.destroy();";
    const replace = { 'import { Sandbox } from "e2b";\nconst sandbox = await Sandbox.create();\n': "" };
    expect(await runSnippet({ section: "Migrating from e2b", replace, after })).toBe("cl-\n");
    const alias = "console.log((await sandbox.getInfo()).template); await sandbox.destroy();";
    expect(await runSnippet({ section: "Migrating from e2b", index: 1, after: alias })).toBe("minimal\n");
  });

  it("Low-Level Client", async () => {
    const after = "console.log((await client.capsules.get(capsule.id)).status);";
    const output = await runSnippet({ section: "Low-Level Client", after });
    expect(output).toContain("name: 'minimal'");
    expect(output).toMatch(/\nstopped\n$/);
  });
});
