import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import ts from "typescript";
import { describe, expect, it } from "vitest";

import { allSnippets, GUIDE, withContext } from "../readme.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const examples = fileURLToPath(new URL("../../../../examples/typescript/", import.meta.url));

/** Everything that the compiler has to say about some programs, each a module of its own. */
function problems(programs: ReadonlyMap<string, string>): string[] {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    lib: ["lib.es2022.d.ts", "lib.esnext.disposable.d.ts"],
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    moduleDetection: ts.ModuleDetectionKind.Force,
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: ["node"],
    typeRoots: [`${root}node_modules/@types`],
    baseUrl: root,
    paths: { "@wrenn/sdk": ["src/index.ts"] },
  };
  const host = ts.createCompilerHost(options);
  const fileExists = host.fileExists.bind(host);
  const getSourceFile = host.getSourceFile.bind(host);
  host.fileExists = (name) => programs.has(name) || fileExists(name);
  host.getSourceFile = (name, language, ...rest) => {
    const text = programs.get(name);
    return text === undefined ? getSourceFile(name, language, ...rest) : ts.createSourceFile(name, text, language);
  };
  const program = ts.createProgram([...programs.keys()], options, host);
  return ts.getPreEmitDiagnostics(program).map((diagnostic) => {
    const text = ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n");
    return `${diagnostic.file?.fileName ?? ""}: ${text}`;
  });
}

describe("the README and the guide", () => {
  it("have all their sections", () => {
    expect(allSnippets()).toHaveLength(27);
    expect(allSnippets(GUIDE)).toHaveLength(10);
  });

  it("compile, every block by itself", () => {
    const programs = new Map<string, string>();
    for (const [index, { section, code }] of [...allSnippets(), ...allSnippets(GUIDE)].entries()) {
      // The other package is not installed.
      const ours = code.replace(/\/\/ Before[\s\S]*?\/\/ After/, "");
      const name = `${root}tests/.snippets/${index}-${section.replace(/\W+/g, "-")}.ts`;
      programs.set(name, withContext(ours, "declare const capsule: import('@wrenn/sdk').Capsule;"));
    }
    expect(problems(programs)).toEqual([]);
  });
});

describe("the examples", () => {
  it("compile", () => {
    const names = ts.sys.readDirectory(examples, [".ts"]);
    expect(names.length).toBeGreaterThan(3);
    // Seen as if they lay in the package, from where its dependencies are found.
    const programs = new Map(
      names.map((name) => [`${root}tests/.snippets/${name.slice(examples.length)}`, readFileSync(name, "utf8")] as const),
    );
    expect(problems(programs)).toEqual([]);
  });
});
