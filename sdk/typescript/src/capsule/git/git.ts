/**
 * The capsule's `git`.
 * @module
 */
import { execRequest } from "../command-options.js";
import type { CommandResult } from "../command-result.js";
import type { CommandManager } from "../commands.js";
import * as args from "./arguments.js";
import { credentialEnvironment, originOf, splitUrl, type GitCredentials } from "./credentials.js";
import type {
  BranchOptions,
  CheckoutOptions,
  CloneOptions,
  CommitOptions,
  ConfigOptions,
  DiffOptions,
  GitOptions,
  InitOptions,
  LogOptions,
  PullOptions,
  PushOptions,
  RemoteGitOptions,
  RemoteOptions,
  ResetOptions,
  RestoreOptions,
  StatusOptions,
} from "./options.js";

/** Seconds that helpers which talk to a server may take when nothing is said. */
const REMOTE_TIMEOUT_SEC = 240;

/**
 * `capsule.git`: each method runs the real git inside the capsule and returns its result. A failure of git is a result
 * too: see `exit_code` and `stderr`.
 */
export class Git {
  readonly #commands: CommandManager;

  /** @internal */
  constructor(commands: CommandManager) {
    this.#commands = commands;
  }

  /** Copies a repository into the capsule. Credentials in the address are used, but not stored. */
  async clone(url: string, options: CloneOptions = {}): Promise<CommandResult> {
    const split = splitUrl(url);
    const credentials = options.credentials ?? split.credentials;
    const envs = credentials === undefined ? {} : secret(credentials, split.origin);
    return await this.#run(args.cloneArguments(split.url, options), remote(options), envs);
  }

  /** Makes an empty repository. */
  async init(options: InitOptions = {}): Promise<CommandResult> {
    return await this.#run(args.initArguments(options), options);
  }

  /** What has changed. */
  async status(options: StatusOptions = {}): Promise<CommandResult> {
    return await this.#run(options.porcelain === true ? ["status", "--porcelain"] : ["status"], options);
  }

  /** The commits. */
  async log(options: LogOptions = {}): Promise<CommandResult> {
    return await this.#run(args.logArguments(options), options);
  }

  /** Lists, makes, renames or deletes branches. */
  async branch(options: BranchOptions = {}): Promise<CommandResult> {
    return await this.#run(args.branchArguments(options), options);
  }

  /** Switches to a branch or a commit. */
  async checkout(branch: string, options: CheckoutOptions = {}): Promise<CommandResult> {
    return await this.#run(args.checkoutArguments(branch, options), options);
  }

  /** Stages files. */
  async add(paths: string | readonly string[], options: GitOptions = {}): Promise<CommandResult> {
    return await this.#run(args.addArguments(paths), options);
  }

  /** Commits what is staged. */
  async commit(message: string, options: CommitOptions = {}): Promise<CommandResult> {
    const { author } = options;
    const envs: Record<string, string> =
      author === undefined
        ? {}
        : {
            GIT_AUTHOR_NAME: author.name,
            GIT_AUTHOR_EMAIL: author.email,
            GIT_COMMITTER_NAME: author.name,
            GIT_COMMITTER_EMAIL: author.email,
          };
    return await this.#run(args.commitArguments(message, options), options, envs);
  }

  /** Sends commits to a remote. */
  async push(options: PushOptions = {}): Promise<CommandResult> {
    const envs = await this.#signIn(options, ["remote", "get-url", "--push"]);
    return await this.#run(args.pushArguments(options), remote(options), envs);
  }

  /** Fetches commits from a remote and merges them. */
  async pull(options: PullOptions = {}): Promise<CommandResult> {
    const envs = await this.#signIn(options, ["remote", "get-url"]);
    return await this.#run(args.pullArguments(options), remote(options), envs);
  }

  /** The differences between files and what is staged, or between commits. */
  async diff(options: DiffOptions = {}): Promise<CommandResult> {
    return await this.#run(args.diffArguments(options), options);
  }

  /** Lists, adds, changes or removes remotes. */
  async remote(options: RemoteOptions = {}): Promise<CommandResult> {
    return await this.#run(args.remoteArguments(options), options);
  }

  /** Reads a setting. */
  async config(key: string, options?: ConfigOptions): Promise<CommandResult>;
  /** Writes a setting. */
  async config(key: string, value: string, options?: ConfigOptions): Promise<CommandResult>;
  async config(key: string, second?: string | ConfigOptions, third?: ConfigOptions): Promise<CommandResult> {
    const value = typeof second === "string" ? second : undefined;
    const options = (typeof second === "string" ? third : second) ?? {};
    return await this.#run(args.configArguments(key, value, options), options);
  }

  /** Goes to another commit, or unstages files. */
  async reset(options: ResetOptions = {}): Promise<CommandResult> {
    return await this.#run(args.resetArguments(options), options);
  }

  /** Takes changes to files back. */
  async restore(paths: string | readonly string[], options: RestoreOptions = {}): Promise<CommandResult> {
    return await this.#run(args.restoreArguments(paths, options), options);
  }

  /** The environment that lets git sign in to the remote, if there are credentials. */
  async #signIn(
    options: RemoteGitOptions & { remote?: string | undefined },
    query: readonly string[],
  ): Promise<Record<string, string>> {
    const { credentials } = options;
    if (credentials === undefined) return {};
    if (credentials.host !== undefined) return secret(credentials, undefined);
    const name = args.name(options.remote ?? "origin", "remote name");
    const found = await this.#run([...query, name], options);
    return secret(credentials, splitUrl(found.stdout.trim()).origin);
  }

  async #run(args_: readonly string[], options: GitOptions, envs: Record<string, string> = {}): Promise<CommandResult> {
    const { timeoutSec, signal, timeout, maxRetries } = options;
    const { cwd, user } = execRequest("git", options);
    return await this.#commands.exec("git", {
      args: args_,
      cwd,
      user,
      // Nobody is there to answer a question.
      envs: { GIT_TERMINAL_PROMPT: "0", ...options.envs, ...envs },
      timeoutSec,
      signal,
      timeout,
      maxRetries,
    });
  }
}

function remote<T extends GitOptions>(options: T): T {
  return { ...options, timeoutSec: options.timeoutSec ?? REMOTE_TIMEOUT_SEC };
}

function secret(credentials: GitCredentials, origin: string | undefined): Record<string, string> {
  const target = credentials.host === undefined ? origin : originOf(credentials.host);
  if (target === undefined) {
    throw new TypeError("credentials need a remote with an http:// or https:// address, or the name of their `host`");
  }
  return credentialEnvironment(target, credentials);
}
