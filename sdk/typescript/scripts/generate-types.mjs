// Writes src/internal/openapi.ts from the server's OpenAPI document; with --check only says whether it is up to date.
import { readFile, writeFile } from "node:fs/promises";

import openapiTS, { astToString } from "openapi-typescript";

const document = new URL("../../openapi.json", import.meta.url);
const target = new URL("../src/internal/openapi.ts", import.meta.url);

// A default lets a caller leave the field out; whether an answer has it is said by `required`.
const banner = "// Generated from sdk/openapi.json by `npm run generate`; not to be edited.\n\n";
const text = banner + astToString(await openapiTS(document, { defaultNonNullable: false }));

if (process.argv.includes("--check")) {
  const current = await readFile(target, "utf8");
  if (current !== text) {
    console.error("src/internal/openapi.ts is out of date: run `npm run generate`");
    process.exitCode = 1;
  }
} else {
  await writeFile(target, text);
}
