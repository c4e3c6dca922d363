// Git inside a capsule: a repository, a branch, commits, and a clone of it.
//
//   scripts/run-example.sh examples/typescript/git.ts
import { Capsule, type CommandResult } from "@wrenn/sdk";

await using capsule = await Capsule.create("minimal");
const { git, files } = capsule;
const cwd = "/root/project";
const author = { name: "Ann Example", email: "ann@example.org" };

/** Git's own failures are results; here each of them ends the program. */
async function done(result: Promise<CommandResult>): Promise<string> {
  const { exit_code, stdout, stderr } = await result;
  if (exit_code !== 0) throw new Error(stderr);
  return stdout;
}

await done(git.init({ path: cwd, initialBranch: "main" }));
await files.write(`${cwd}/README.md`, "# A project\n");
await done(git.add("README.md", { cwd }));
await done(git.commit("Begin", { cwd, author }));

await done(git.checkout("feature", { cwd, create: true }));
await files.write(`${cwd}/feature.txt`, "new\n");
console.log(await done(git.status({ cwd, porcelain: true })));
await done(git.add(["feature.txt"], { cwd }));
await done(git.commit("Add the feature", { cwd, author }));
console.log(await done(git.log({ cwd, oneline: true })));
console.log(await done(git.diff({ cwd, revision: "main..feature", nameOnly: true })));

await done(git.clone(cwd, { path: "/root/copy", branch: "feature" }));
console.log(await done(git.branch({ cwd: "/root/copy", all: true })));
