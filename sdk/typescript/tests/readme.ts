/**
 * The code on the package's README and in its guide.
 * @module
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** One block of code. */
export interface Snippet {
  /** The nearest heading above, with those above it, such as `Error Handling` or `Wrenn Capsules > Git`. */
  section: string;
  /** Which one it is in its section, from 0. */
  index: number;
  code: string;
}

const README = "../README.md";
export const GUIDE = "../../../docs/guides/typescript.md";

/** All TypeScript blocks of a page, in their order. */
export function allSnippets(page = README): Snippet[] {
  const text = readFileSync(fileURLToPath(new URL(page, import.meta.url)), "utf8");
  const snippets: Snippet[] = [];
  const headings: string[] = [];
  let code: string[] | undefined;
  for (const line of text.split("\n")) {
    const [, marks, title] = /^(#+) (.*)$/.exec(line) ?? [];
    if (code === undefined && marks !== undefined && title !== undefined) {
      headings.length = marks.length - 1;
      headings[marks.length - 1] = title;
    } else if (line === "```ts") code = [];
    else if (line === "```" && code !== undefined) {
      const section = headings.filter(Boolean).join(" > ");
      const index = snippets.filter((snippet) => snippet.section === section).length;
      snippets.push({ section, index, code: code.join("\n") });
      code = undefined;
    } else code?.push(line);
  }
  return snippets;
}

/** One block by the end of its section's name; it must be there. */
export function snippet(section: string, index = 0, page = README): string {
  const found = allSnippets(page).find((one) => one.section.endsWith(section) && one.index === index);
  if (found === undefined) throw new Error(`${page} has no block ${index} in "${section}"`);
  return found.code;
}

/** What the page takes as given: the imports, and a capsule. */
export function withContext(code: string, capsule: string): string {
  const context: string[] = [];
  for (const name of ["Capsule", "CodeInterpreter"]) {
    if (new RegExp(`\\b${name}\\b`).test(code) && !new RegExp(`import \\{[^}]*\\b${name}\\b[^}]*\\} from "@wrenn/sdk"`).test(code)) {
      context.push(`import { ${name} } from "@wrenn/sdk";`);
    }
  }
  if (/\bcapsule\./.test(code) && !/(const|using|\{) capsule\b/.test(code)) context.push(capsule);
  return [...context, code].join("\n");
}
