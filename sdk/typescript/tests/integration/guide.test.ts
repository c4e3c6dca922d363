import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import { allSnippets, GUIDE } from "../readme.js";
import { sharedCapsule } from "./support/capsules.js";
import { GIT_PASSWORD, GIT_URL, GIT_USER, startGitServer } from "./support/git-server.js";
import { runProgram, runWithErrors } from "./support/snippet.js";

const examples = fileURLToPath(new URL("../../../../examples/typescript/", import.meta.url));
const shared = sharedCapsule({}, startGitServer);

describe("the guide's code", () => {
  it.each(allSnippets(GUIDE).map(({ section, index }) => [section, index] as const))("%s (%i)", async (section, index) => {
    const replace = {
      "https://git.example.com/org/private.git": `${GIT_URL}/private/repo.git`,
      "process.env.GIT_USER": JSON.stringify(GIT_USER),
      "process.env.GIT_TOKEN": JSON.stringify(GIT_PASSWORD),
    };
    await runWithErrors({ section, index, page: GUIDE, capsule: shared().id, replace });
  });
});

describe("the examples", () => {
  it.each(readdirSync(examples).filter((name) => name.endsWith(".ts")))("%s", async (name) => {
    const { stdout } = await runProgram(readFileSync(`${examples}${name}`, "utf8"));
    expect(stdout).not.toBe("");
  });
});
