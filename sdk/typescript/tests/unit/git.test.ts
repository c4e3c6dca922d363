import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { Git } from "../../src/index.js";
import { MockServer, onExec, type ExecBody } from "./support/mock-server.js";

const cwd = "/app/repo";
let mock: MockServer;
let git: Git;
let runs: ExecBody[];

beforeEach(async () => {
  mock = await MockServer.start();
  git = mock.capsule().git;
  runs = onExec(mock, (request) => ({ stdout: request.args?.[1] === "get-url" ? "https://git.example:8443/org/repo\n" : "" }));
});

afterEach(async () => {
  await mock[Symbol.asyncDispose]();
});

describe("git", () => {
  it.each<[string, (git: Git) => Promise<unknown>, string[]]>([
    ["clone", (g) => g.clone("https://h/r.git", { path: "/r", branch: "main", depth: 1 }), ["clone", "--branch=main", "--depth=1", "--", "https://h/r.git", "/r"]],
    ["init", (g) => g.init({ path: "/r", bare: true, initialBranch: "main" }), ["init", "--bare", "--initial-branch=main", "--", "/r"]],
    ["status", (g) => g.status(), ["status"]],
    ["status for programs", (g) => g.status({ porcelain: true }), ["status", "--porcelain"]],
    ["log", (g) => g.log({ maxCount: 5, oneline: true, revision: "main" }), ["log", "--max-count=5", "--oneline", "main", "--"]],
    ["branch", (g) => g.branch(), ["branch"]],
    ["branch, made", (g) => g.branch({ create: "b", startPoint: "main" }), ["branch", "b", "main"]],
    ["branch, deleted", (g) => g.branch({ delete: "b", force: true }), ["branch", "-D", "b"]],
    ["branch, renamed", (g) => g.branch({ rename: { from: "a", to: "b" } }), ["branch", "-m", "a", "b"]],
    ["checkout without create", (g) => g.checkout("feature"), ["checkout", "feature"]],
    ["checkout with create", (g) => g.checkout("feature", { create: true }), ["checkout", "-b", "feature"]],
    ["add of a single string", (g) => g.add("README.md"), ["add", "--", "README.md"]],
    ["add of several", (g) => g.add(["README.md", "-n"]), ["add", "--", "README.md", "-n"]],
    ["commit", (g) => g.commit("-m", { all: true }), ["commit", "--all", "--message=-m"]],
    ["push", (g) => g.push({ remote: "origin", branch: "main", setUpstream: true }), ["push", "--set-upstream", "origin", "main"]],
    ["push as configured", (g) => g.push(), ["push"]],
    ["pull", (g) => g.pull({ remote: "origin", branch: "main" }), ["pull", "--no-rebase", "origin", "main"]],
    ["pull with rebase", (g) => g.pull({ rebase: true }), ["pull", "--rebase"]],
    ["diff", (g) => g.diff({ staged: true, paths: ["a"] }), ["diff", "--staged", "--", "a"]],
    ["remote", (g) => g.remote(), ["remote", "--verbose"]],
    ["remote, added", (g) => g.remote({ add: { name: "o", url: "/srv/r" } }), ["remote", "add", "--", "o", "/srv/r"]],
    ["remote, removed", (g) => g.remote({ remove: "o" }), ["remote", "remove", "o"]],
    ["config, read", (g) => g.config("user.name"), ["config", "--get", "user.name"]],
    ["config, written", (g) => g.config("user.name", "Me", { global: true }), ["config", "--global", "--replace-all", "user.name", "Me"]],
    ["config, unset", (g) => g.config("user.name", { unset: true }), ["config", "--unset", "user.name"]],
    ["reset", (g) => g.reset({ mode: "hard", target: "HEAD~1" }), ["reset", "--hard", "HEAD~1", "--"]],
    ["reset of files", (g) => g.reset({ paths: ["a"] }), ["reset", "--", "a"]],
    ["restore", (g) => g.restore("a", { staged: true, source: "HEAD" }), ["restore", "--staged", "--source=HEAD", "--", "a"]],
  ])("%s", async (_, run, args) => {
    await run(git);
    expect(runs).toHaveLength(1);
    expect(runs[0]).toMatchObject({ cmd: "git", args, envs: { GIT_TERMINAL_PROMPT: "0" } });
  });

  it("runs in the repository, with the caller's settings", async () => {
    await git.status({ cwd, timeoutSec: 7, envs: { A: "1" } });
    expect(runs[0]).toMatchObject({ cwd, timeout_sec: 7, envs: { A: "1" } });
  });

  it("commits as the author it is given", async () => {
    await git.commit("message", { cwd, author: { name: "Ann", email: "ann@example.org" } });
    expect(runs[0]?.envs).toMatchObject({
      GIT_AUTHOR_NAME: "Ann",
      GIT_AUTHOR_EMAIL: "ann@example.org",
      GIT_COMMITTER_NAME: "Ann",
      GIT_COMMITTER_EMAIL: "ann@example.org",
    });
  });

  it("refuses names that git would take for options", async () => {
    await expect(git.checkout("--upload-pack=evil")).rejects.toThrow(TypeError);
    await expect(git.push({ remote: "--receive-pack=evil" })).rejects.toThrow(TypeError);
    await expect(git.branch({ create: "-D" })).rejects.toThrow(TypeError);
    await expect(git.diff({ revision: "--output=/etc/passwd" })).rejects.toThrow(TypeError);
    await expect(git.config("--global")).rejects.toThrow(TypeError);
    expect(runs).toHaveLength(0);
  });
});

describe("credentials", () => {
  const secret = "s3cret/token";

  function expectSecretOnlyInEnvironment(run: ExecBody | undefined, origin: string): void {
    expect(JSON.stringify(run?.args)).not.toContain(secret);
    expect(run?.envs).toMatchObject({
      GIT_CONFIG_COUNT: "2",
      GIT_CONFIG_KEY_0: `credential.${origin}.helper`,
      GIT_CONFIG_VALUE_0: "",
      GIT_CONFIG_KEY_1: `credential.${origin}.helper`,
      WRENN_GIT_PASSWORD: secret,
    });
    expect(run?.envs?.["GIT_CONFIG_VALUE_1"]).not.toContain(secret);
  }

  it("reach git through its environment, for the repository's server only", async () => {
    await git.clone("https://git.example/org/repo.git", { credentials: { username: "ann", password: secret } });
    expectSecretOnlyInEnvironment(runs[0], "https://git.example");
    expect(runs[0]?.envs?.["WRENN_GIT_USERNAME"]).toBe("ann");
  });

  it("are taken out of an address", async () => {
    await git.clone(`https://ann:${encodeURIComponent(secret)}@git.example:8443/org/repo.git`);
    expectSecretOnlyInEnvironment(runs[0], "https://git.example:8443");
    expect(runs[0]?.args).toEqual(["clone", "--", "https://git.example:8443/org/repo.git"]);
  });

  it("may be a token alone", async () => {
    await git.clone(`https://${encodeURIComponent(secret)}@git.example/org/repo.git`);
    expectSecretOnlyInEnvironment(runs[0], "https://git.example");
  });

  it("are for the remote's server when they are for push or pull", async () => {
    await git.push({ cwd, credentials: { password: secret } });
    await git.pull({ cwd, remote: "upstream", credentials: { password: secret } });
    expect(runs.map((run) => run.args)).toEqual([
      ["remote", "get-url", "--push", "origin"],
      ["push"],
      ["remote", "get-url", "upstream"],
      ["pull", "--no-rebase", "upstream"],
    ]);
    expectSecretOnlyInEnvironment(runs[1], "https://git.example:8443");
    expectSecretOnlyInEnvironment(runs[3], "https://git.example:8443");
    expect(JSON.stringify([runs[0], runs[2]])).not.toContain(secret);
  });

  it("may name their server", async () => {
    await git.push({ cwd, credentials: { password: secret, host: "other.example" } });
    expect(runs).toHaveLength(1);
    expectSecretOnlyInEnvironment(runs[0], "https://other.example");
  });

  it("are refused where they would be stored or lost", async () => {
    await expect(git.remote({ add: { name: "o", url: "https://a:b@h/r" } })).rejects.toThrow(/stored/);
    await expect(git.clone("git@h:r.git", { credentials: { password: secret } })).rejects.toThrow(/host/);
    expect(runs).toHaveLength(0);
  });
});
