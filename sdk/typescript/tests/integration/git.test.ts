import { describe, expect, it } from "vitest";

import { run, sharedCapsule } from "./support/capsules.js";
import { GIT_PASSWORD, GIT_URL, GIT_USER, startGitServer } from "./support/git-server.js";
import { runSnippet } from "./support/snippet.js";

const shared = sharedCapsule({}, startGitServer);
const author = { name: "Ann", email: "ann@example.org" };
const credentials = { username: GIT_USER, password: GIT_PASSWORD };

describe("the README's code on git", () => {
  it("runs as it stands there", async () => {
    const capsule = shared();
    await capsule.git.config("user.name", "Ann", { global: true });
    await capsule.git.config("user.email", "ann@example.org", { global: true });
    const replace = { "https://github.com/org/repo.git": `${GIT_URL}/open/repo.git` };
    const output = await runSnippet({ section: "Git", capsule: capsule.id, replace });
    expect(output).toContain("nothing to commit, working tree clean");
    expect(output).toContain("first commit");
    expect(output).toContain("* feature\n  main\n");
    expect((await capsule.git.branch({ cwd: "/app/repo", all: true })).stdout).toContain("remotes/origin/main");
  });
});

describe("git", () => {
  it("shows changes, takes them back, and goes to other commits", async () => {
    const { git, files } = shared();
    const cwd = "/root/local";
    expect((await git.init({ path: cwd, initialBranch: "main" })).exit_code).toBe(0);
    await files.write(`${cwd}/a.txt`, "one\n");
    await git.add("a.txt", { cwd });
    expect((await git.commit("one", { cwd, author })).exit_code).toBe(0);
    await files.write(`${cwd}/a.txt`, "two\n");
    expect((await git.diff({ cwd })).stdout).toContain("-one\n+two");
    await git.add(["a.txt"], { cwd });
    expect((await git.diff({ cwd, staged: true, nameOnly: true })).stdout).toBe("a.txt\n");
    await git.restore("a.txt", { cwd, staged: true });
    await git.restore(["a.txt"], { cwd });
    expect((await files.read(`${cwd}/a.txt`)).toString()).toBe("one\n");
    await git.commit("empty", { cwd, author, allowEmpty: true });
    expect((await git.log({ cwd, format: "%an %s" })).stdout).toBe("Ann empty\nAnn one\n");
    expect((await git.reset({ cwd, mode: "hard", target: "HEAD~1" })).exit_code).toBe(0);
    expect((await git.log({ cwd, format: "%s" })).stdout).toBe("one\n");
    expect((await git.checkout("missing", { cwd })).exit_code).not.toBe(0);
    await git.remote({ cwd, add: { name: "origin", url: "/srv/git/open/repo.git" } });
    expect((await git.remote({ cwd })).stdout).toContain("origin\t/srv/git/open/repo.git (push)");
    await git.config("core.editor", "none", { cwd });
    expect((await git.config("core.editor", { cwd })).stdout).toBe("none\n");
  });

  it("fails at once where a password is needed and none is given", async () => {
    const result = await shared().git.clone(`${GIT_URL}/private/repo.git`, { path: "/root/none" });
    expect(result.exit_code).not.toBe(0);
    expect(result.stderr).toMatch(/could not read Username|terminal prompts disabled/);
  });

  it("signs in without leaving a trace of the password", async () => {
    const capsule = shared();
    const { git, files } = capsule;
    const cwd = "/root/private";
    const watcher = "while :; do cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' '; echo; done > /tmp/command-lines";
    await capsule.commands.start("sh", { args: ["-c", watcher], tag: "watcher" });

    expect(await git.clone(`${GIT_URL}/private/repo.git`, { path: cwd, credentials })).toMatchObject({ exit_code: 0 });
    await files.write(`${cwd}/new.txt`, "new\n");
    await git.add("new.txt", { cwd });
    await git.commit("second commit", { cwd, author });
    expect(await git.push({ cwd, credentials })).toMatchObject({ exit_code: 0 });
    expect(await git.pull({ cwd, remote: "origin", branch: "main", credentials })).toMatchObject({ exit_code: 0 });
    const written = `http://${GIT_USER}:${encodeURIComponent(GIT_PASSWORD)}@${GIT_URL.slice(7)}/private/repo.git`;
    expect(await git.clone(written, { path: "/root/written" })).toMatchObject({ exit_code: 0 });

    await capsule.commands.kill("watcher");
    expect((await git.log({ cwd: "/root/written", format: "%s" })).stdout).toBe("second commit\nfirst commit\n");
    expect((await git.push({ cwd })).exit_code).not.toBe(0);
    const kept = await run(capsule, "cat /root/private/.git/config /root/written/.git/config /root/.gitconfig /tmp/command-lines");
    expect(kept).toContain(`${GIT_URL}/private/repo.git`);
    expect(kept).not.toContain(GIT_PASSWORD);
    expect(kept).not.toContain(encodeURIComponent(GIT_PASSWORD));
  });

  it("does not offer the password to another server", async () => {
    const { git } = shared();
    const result = await git.clone(`${GIT_URL}/private/repo.git`, {
      path: "/root/other",
      credentials: { ...credentials, host: "https://git.example" },
    });
    expect(result.exit_code).not.toBe(0);
  });
});
