/**
 * Runs code of the README, as it stands there, as a program of its own with the built package.
 * @module
 */
import { execFile } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import ts from "typescript";

import { snippet, withContext } from "../../readme.js";

/** In the package, so that it finds itself by its name. */
const directory = fileURLToPath(new URL("../../.snippets/", import.meta.url));
let count = 0;

/** A block of the README, and what surrounds it. */
export interface Run {
  section: string;
  index?: number;
  /** The page. Default: the README. */
  page?: string;
  /** Placeholders and what they stand for here. */
  replace?: Readonly<Record<string, string>>;
  /** The id of the capsule that the code works with. */
  capsule?: string;
  /** Whether the code's surroundings put another capsule in its place. */
  variable?: boolean;
  /** Code that follows, to see what has become. */
  after?: string;
}

/** Runs a block; returns what it printed. A failure, or anything on standard error, is thrown. */
export async function runSnippet(run: Run): Promise<string> {
  const { stdout, stderr } = await runWithErrors(run);
  if (stderr !== "") throw new Error(`"${run.section}" wrote to standard error: ${stderr}`);
  return stdout;
}

/** The same for code that may write to standard error. */
export async function runWithErrors(run: Run): Promise<{ stdout: string; stderr: string }> {
  let code = snippet(run.section, run.index, run.page);
  for (const [placeholder, value] of Object.entries({ "wrn_...": environment("WRENN_API_KEY"), ...run.replace })) {
    code = code.replaceAll(placeholder, () => value);
  }
  const attach = `${run.variable === true ? "let" : "const"} capsule = Capsule.connect(${JSON.stringify(run.capsule ?? "")});`;
  const whole = `${withContext(code, attach)}\n${run.after ?? ""}`;
  return await runProgram(whole.includes("Capsule.connect(") ? withImport(whole) : whole);
}

/** Runs TypeScript. */
export async function runProgram(source: string): Promise<{ stdout: string; stderr: string }> {
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
  });
  await mkdir(directory, { recursive: true });
  count += 1;
  const file = `${directory}${process.pid}-${count}.mjs`;
  await writeFile(file, outputText);
  try {
    return await promisify(execFile)(process.execPath, [file], { maxBuffer: 64 * 1024 * 1024, timeout: 240_000 });
  } finally {
    await rm(file);
  }
}

/** A variable that the server's starter sets. */
export function environment(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run these tests by scripts/with-server.sh`);
  return value;
}

function withImport(source: string): string {
  return /import \{[^}]*\bCapsule\b[^}]*\} from "@wrenn\/sdk"/.test(source)
    ? source
    : `import { Capsule } from "@wrenn/sdk";\n${source}`;
}
