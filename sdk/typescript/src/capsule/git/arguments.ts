/**
 * The arguments that each git helper runs git with.
 * @module
 */
import type {
  BranchOptions,
  CheckoutOptions,
  CloneOptions,
  CommitOptions,
  ConfigOptions,
  DiffOptions,
  InitOptions,
  LogOptions,
  PullOptions,
  PushOptions,
  RemoteOptions,
  ResetOptions,
  RestoreOptions,
} from "./options.js";
import { splitUrl } from "./credentials.js";

/** A name that git would take for an option is refused: it could make git run other programs. */
export function name(value: string, what: string): string {
  if (value === "" || value.startsWith("-")) {
    throw new TypeError(`"${value}" is no ${what}: it must not be empty or begin with "-"`);
  }
  return value;
}

export function cloneArguments(url: string, options: CloneOptions): string[] {
  return [
    "clone",
    ...value("--branch", options.branch),
    ...value("--depth", options.depth),
    "--",
    url,
    ...(options.path === undefined ? [] : [options.path]),
  ];
}

export function initArguments(options: InitOptions): string[] {
  return [
    "init",
    ...flag("--bare", options.bare),
    ...value("--initial-branch", options.initialBranch),
    ...(options.path === undefined ? [] : ["--", options.path]),
  ];
}

export function logArguments(options: LogOptions): string[] {
  return [
    "log",
    ...value("--max-count", options.maxCount),
    ...flag("--oneline", options.oneline),
    ...value("--format", options.format),
    ...(options.revision === undefined ? [] : [name(options.revision, "revision")]),
    "--",
  ];
}

export function branchArguments(options: BranchOptions): string[] {
  if (options.create !== undefined) {
    const start = options.startPoint === undefined ? [] : [name(options.startPoint, "revision")];
    return ["branch", ...flag("--force", options.force), name(options.create, "branch name"), ...start];
  }
  if (options.delete !== undefined) {
    return ["branch", options.force === true ? "-D" : "-d", name(options.delete, "branch name")];
  }
  if (options.rename !== undefined) {
    const { from, to } = options.rename;
    return ["branch", options.force === true ? "-M" : "-m", name(from, "branch name"), name(to, "branch name")];
  }
  return ["branch", ...flag("--all", options.all)];
}

export function checkoutArguments(branch: string, options: CheckoutOptions): string[] {
  const start = options.startPoint === undefined ? [] : [name(options.startPoint, "revision")];
  return ["checkout", ...flag("-b", options.create), name(branch, "branch or revision"), ...start];
}

export function addArguments(paths: string | readonly string[]): string[] {
  return ["add", "--", ...(typeof paths === "string" ? [paths] : paths)];
}

export function commitArguments(message: string, options: CommitOptions): string[] {
  return [
    "commit",
    ...flag("--all", options.all),
    ...flag("--allow-empty", options.allowEmpty),
    ...flag("--amend", options.amend),
    `--message=${message}`,
  ];
}

export function pushArguments(options: PushOptions): string[] {
  return [
    "push",
    ...flag("--set-upstream", options.setUpstream),
    ...flag("--force-with-lease", options.force),
    ...flag("--tags", options.tags),
    ...remoteAndBranch(options),
  ];
}

export function pullArguments(options: PullOptions): string[] {
  return ["pull", options.rebase === true ? "--rebase" : "--no-rebase", ...remoteAndBranch(options)];
}

export function diffArguments(options: DiffOptions): string[] {
  return [
    "diff",
    ...flag("--staged", options.staged),
    ...flag("--name-only", options.nameOnly),
    ...(options.revision === undefined ? [] : [name(options.revision, "revision")]),
    "--",
    ...(options.paths ?? []),
  ];
}

export function remoteArguments(options: RemoteOptions): string[] {
  if (options.add !== undefined) {
    return ["remote", "add", "--", name(options.add.name, "remote name"), publicUrl(options.add.url)];
  }
  if (options.setUrl !== undefined) {
    return ["remote", "set-url", "--", name(options.setUrl.name, "remote name"), publicUrl(options.setUrl.url)];
  }
  if (options.remove !== undefined) return ["remote", "remove", name(options.remove, "remote name")];
  return ["remote", "--verbose"];
}

export function configArguments(key: string, text: string | undefined, options: ConfigOptions): string[] {
  const scope = flag("--global", options.global);
  name(key, "setting");
  if (options.unset === true) return ["config", ...scope, "--unset", key];
  return text === undefined ? ["config", ...scope, "--get", key] : ["config", ...scope, "--replace-all", key, text];
}

export function resetArguments(options: ResetOptions): string[] {
  const target = options.target === undefined ? [] : [name(options.target, "revision")];
  if (options.paths !== undefined) return ["reset", ...target, "--", ...options.paths];
  return ["reset", `--${options.mode ?? "mixed"}`, ...target, "--"];
}

export function restoreArguments(paths: string | readonly string[], options: RestoreOptions): string[] {
  return [
    "restore",
    ...flag("--staged", options.staged),
    ...flag("--worktree", options.worktree),
    ...value("--source", options.source),
    "--",
    ...(typeof paths === "string" ? [paths] : paths),
  ];
}

function flag(option: string, set: boolean | undefined): string[] {
  return set === true ? [option] : [];
}

function value(option: string, given: string | number | undefined): string[] {
  return given === undefined ? [] : [`${option}=${given}`];
}

function remoteAndBranch(options: { remote?: string | undefined; branch?: string | undefined }): string[] {
  if (options.remote === undefined && options.branch === undefined) return [];
  const remote = name(options.remote ?? "origin", "remote name");
  return options.branch === undefined ? [remote] : [remote, name(options.branch, "branch name")];
}

/** An address is stored in the repository, where a password must not be. */
function publicUrl(url: string): string {
  if (splitUrl(url).credentials !== undefined) {
    throw new TypeError("the address holds a password, which would be stored: leave it out and pass `credentials` to push and pull");
  }
  return url;
}
