import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

import { expect, it } from "vitest";

it("the generated types are those of the server's OpenAPI document", () => {
  const script = fileURLToPath(new URL("../../scripts/generate-types.mjs", import.meta.url));
  expect(() => execFileSync(process.execPath, [script, "--check"], { stdio: "pipe" })).not.toThrow();
});
