/**
 * What the git helpers take.
 * @module
 */
import type { ExecOptions } from "../command-options.js";
import type { GitCredentials } from "./credentials.js";

/** What every git helper takes. */
export interface GitOptions extends Omit<ExecOptions, "args"> {
  /** The repository's directory. */
  cwd?: string | undefined;
}

/** For helpers that talk to a server. */
export interface RemoteGitOptions extends GitOptions {
  /** How to sign in. They are handed to git alone, and kept nowhere. */
  credentials?: GitCredentials | undefined;
}

/** See {@link Git.clone}. */
export interface CloneOptions extends RemoteGitOptions {
  /** Where the repository goes. Default: a directory named after it. */
  path?: string | undefined;
  /** The branch or tag to check out. */
  branch?: string | undefined;
  /** How many commits of history to fetch. */
  depth?: number | undefined;
}

/** See {@link Git.init}. */
export interface InitOptions extends GitOptions {
  /** Where the repository goes. Default: `cwd`. */
  path?: string | undefined;
  /** Without a working tree. */
  bare?: boolean | undefined;
  /** The first branch's name. */
  initialBranch?: string | undefined;
}

/** See {@link Git.status}. */
export interface StatusOptions extends GitOptions {
  /** In the form for programs. */
  porcelain?: boolean | undefined;
}

/** See {@link Git.log}. */
export interface LogOptions extends GitOptions {
  /** At most this many commits. */
  maxCount?: number | undefined;
  /** One line each. */
  oneline?: boolean | undefined;
  /** Git's own format string. */
  format?: string | undefined;
  /** A branch, tag, commit or range. */
  revision?: string | undefined;
}

/** See {@link Git.branch}. Without `create`, `delete` or `rename` the branches are listed. */
export interface BranchOptions extends GitOptions {
  /** Make this branch. */
  create?: string | undefined;
  /** Where the new branch begins. */
  startPoint?: string | undefined;
  /** Delete this branch. */
  delete?: string | undefined;
  /** Give this branch the name in `to`. */
  rename?: { from: string; to: string } | undefined;
  /** Also when commits would be lost. */
  force?: boolean | undefined;
  /** List those of the remotes too. */
  all?: boolean | undefined;
}

/** See {@link Git.checkout}. */
export interface CheckoutOptions extends GitOptions {
  /** Make the branch first. */
  create?: boolean | undefined;
  /** Where a new branch begins. */
  startPoint?: string | undefined;
}

/** See {@link Git.commit}. */
export interface CommitOptions extends GitOptions {
  /** Who wrote it and who commits it. Default: as configured. */
  author?: { name: string; email: string } | undefined;
  /** With all changes to files that git already knows. */
  all?: boolean | undefined;
  /** Also when nothing has changed. */
  allowEmpty?: boolean | undefined;
  /** Replaces the last commit. */
  amend?: boolean | undefined;
}

/** See {@link Git.push}. */
export interface PushOptions extends RemoteGitOptions {
  /** Default: as configured. */
  remote?: string | undefined;
  /** Default: as configured. */
  branch?: string | undefined;
  /** Remember the branch at the remote as this one's. */
  setUpstream?: boolean | undefined;
  /** Overwrite the remote's branch unless somebody else has changed it. */
  force?: boolean | undefined;
  /** Push the tags too. */
  tags?: boolean | undefined;
}

/** See {@link Git.pull}. */
export interface PullOptions extends RemoteGitOptions {
  /** Default: as configured. */
  remote?: string | undefined;
  /** Default: as configured. */
  branch?: string | undefined;
  /** Put own commits on top instead of merging. */
  rebase?: boolean | undefined;
}

/** See {@link Git.diff}. */
export interface DiffOptions extends GitOptions {
  /** What is staged, instead of what is not. */
  staged?: boolean | undefined;
  /** Only the names of changed files. */
  nameOnly?: boolean | undefined;
  /** A commit, or a range of commits. */
  revision?: string | undefined;
  /** Only these files. */
  paths?: readonly string[] | undefined;
}

/** See {@link Git.remote}. Without any of these the remotes are listed. */
export interface RemoteOptions extends GitOptions {
  /** Add this remote. */
  add?: { name: string; url: string } | undefined;
  /** Change this remote's address. */
  setUrl?: { name: string; url: string } | undefined;
  /** Remove this remote. */
  remove?: string | undefined;
}

/** See {@link Git.config}. */
export interface ConfigOptions extends GitOptions {
  /** The user's settings instead of the repository's. */
  global?: boolean | undefined;
  /** Take the setting away. */
  unset?: boolean | undefined;
}

/** See {@link Git.reset}. */
export interface ResetOptions extends GitOptions {
  /** What becomes of changes. Default: `mixed`, they stay but are not staged. */
  mode?: "soft" | "mixed" | "hard" | undefined;
  /** The commit to go to. Default: the current one. */
  target?: string | undefined;
  /** Unstage only these files. */
  paths?: readonly string[] | undefined;
}

/** See {@link Git.restore}. */
export interface RestoreOptions extends GitOptions {
  /** Restore what is staged. */
  staged?: boolean | undefined;
  /** Restore the files. Default: true, unless `staged` is set. */
  worktree?: boolean | undefined;
  /** The commit to restore from. */
  source?: string | undefined;
}
