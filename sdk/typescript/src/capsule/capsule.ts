/**
 * The capsule: the object that most programs work with.
 * @module
 */
import type { RequestOptions } from "../client/options.js";
import type { WrennClient } from "../client/wrenn-client.js";
import { ConflictError, NotFoundError } from "../core/errors.js";
import type { CapsuleInfo, CapsuleMetrics, ListCapsulesQuery, MetricsRange, NetworkPolicy } from "../types/capsule.js";
import type { Template } from "../types/snapshot.js";
import { CommandManager } from "./commands.js";
import { FileManager } from "./files.js";
import { Git } from "./git/git.js";
import {
  clientOf,
  createRequest,
  type CapsuleOptions,
  type CreateCapsuleOptions,
  type SignedUrlOptions,
} from "./options.js";
import { PtyManager } from "./pty/manager.js";
import { waitForStatus, type WaitOptions } from "./ready.js";

/**
 * An isolated environment: a private filesystem, processes, and limits on processor and memory.
 *
 * @example
 * ```ts
 * await using capsule = await Capsule.create("minimal");
 * const result = await capsule.commands.exec("echo", { args: ["hello"] });
 * ```
 */
export class Capsule implements AsyncDisposable {
  /** The capsule's id, `cl-…`. */
  readonly id: string;
  /** The client it is reached through. */
  readonly client: WrennClient;
  /** Running commands. */
  readonly commands: CommandManager;
  /** Files and directories. */
  readonly files: FileManager;
  /** The capsule's `git`. */
  readonly git: Git;
  /** Interactive terminals. */
  readonly pty: PtyManager;
  #owned = false;

  /** Attaches to an existing capsule; nothing is fetched or checked until a method is called. */
  constructor(id: string, options: CapsuleOptions = {}) {
    this.id = id;
    this.client = clientOf(options);
    this.commands = new CommandManager(this.client, id);
    this.files = new FileManager(this.client, id);
    this.git = new Git(this.commands);
    this.pty = new PtyManager(this.client, id);
  }

  /**
   * Creates a capsule. The object owns it: `await using` destroys it at the end of the block.
   * @param template the template's name, or all options. Default: `minimal`.
   */
  static async create(template?: string | CreateCapsuleOptions, options?: CreateCapsuleOptions): Promise<Capsule> {
    const all = typeof template === "string" ? { ...options, template } : { ...template, ...options };
    const client = clientOf(all);
    const { id } = await client.capsules.create(createRequest(all), { signal: all.signal });
    const capsule = new Capsule(id, { client });
    capsule.#owned = true;
    return capsule;
  }

  /** Attaches to an existing capsule, the same as `new Capsule(id)`. `await using` leaves it running. */
  static connect(id: string, options: CapsuleOptions = {}): Capsule {
    return new Capsule(id, options);
  }

  /** Destroys a capsule by its id. */
  static async destroy(id: string, options: CapsuleOptions & RequestOptions = {}): Promise<void> {
    await clientOf(options).capsules.destroy(id, { signal: options.signal });
  }

  /** The team's capsules. */
  static async list(query: ListCapsulesQuery = {}, options: CapsuleOptions & RequestOptions = {}): Promise<CapsuleInfo[]> {
    return await clientOf(options).capsules.list(query, { signal: options.signal });
  }

  /** Destroys the capsule; also when it is gone already. */
  async destroy(options: RequestOptions = {}): Promise<void> {
    await this.client.capsules.destroy(this.id, options);
    this.#owned = false;
  }

  /** Freezes the capsule; nothing of it is lost. With `wait`, returns when it is `paused`. */
  async pause(options: WaitOptions & { wait?: boolean } = {}): Promise<CapsuleInfo> {
    const info = await this.client.capsules.pause(this.id, { signal: options.signal });
    if (options.wait !== true || info.status === "paused") return info;
    return await waitForStatus(this.client, this.id, "paused", options);
  }

  /**
   * Makes copies of the capsule, which runs or is paused and stays as it is; all or none. Copies of virtual machines go on
   * with its processes, copies of containers have its files only. Each object owns its capsule, as one from `create`.
   */
  async fork(options: RequestOptions & { count?: number } = {}): Promise<Capsule[]> {
    const { count = 1, ...request } = options;
    const { capsules } = await this.client.capsules.fork(this.id, { count }, request);
    return capsules.map(({ id }) => {
      const copy = new Capsule(id, { client: this.client });
      copy.#owned = true;
      return copy;
    });
  }

  /**
   * Lets a paused capsule go on. With `wait`, returns when it is `running`, also when it was not paused.
   * @throws ConflictError when it is not paused; with `wait`, when it cannot become `running`.
   */
  async resume(options: WaitOptions & { wait?: boolean } = {}): Promise<CapsuleInfo> {
    try {
      const info = await this.client.capsules.resume(this.id, { signal: options.signal });
      if (options.wait !== true || info.status === "running") return info;
    } catch (error) {
      if (options.wait !== true || !(error instanceof ConflictError)) throw error;
    }
    return await waitForStatus(this.client, this.id, "running", options);
  }

  /** Resets the inactivity timer. */
  async ping(options: RequestOptions = {}): Promise<void> {
    await this.client.capsules.ping(this.id, options);
  }

  /** The capsule's record, such as its `status`. */
  async getInfo(options: RequestOptions = {}): Promise<CapsuleInfo> {
    return await this.client.capsules.get(this.id, options);
  }

  /** What the capsule used; the last 10 minutes when no range is given. */
  async getMetrics(options: RequestOptions & { range?: MetricsRange } = {}): Promise<CapsuleMetrics> {
    const { range, ...rest } = options;
    return await this.client.capsules.metrics(this.id, range === undefined ? {} : { range }, rest);
  }

  /** What the capsule may reach. */
  async getNetwork(options: RequestOptions = {}): Promise<NetworkPolicy> {
    return await this.client.capsules.network(this.id, options);
  }

  /** Changes what the capsule may reach, from now on. Connections that are not allowed any more end. */
  async setNetwork(policy: NetworkPolicy, options: RequestOptions = {}): Promise<NetworkPolicy> {
    return await this.client.capsules.setNetwork(this.id, policy, options);
  }

  /**
   * Waits until the capsule is `running` and what its template starts with it is ready; throws at once when that cannot
   * come by itself.
   */
  async waitForReady(options: WaitOptions = {}): Promise<CapsuleInfo> {
    return await waitForStatus(this.client, this.id, "running", options, true);
  }

  /**
   * The address at which something that listens on `port` inside can be reached: by host name, or by path for a server at
   * an address or `localhost`. When the capsule has private ports, requests need the team's key in `X-API-Key`, the
   * capsule's `ports_token` in `X-Wrenn-Ports-Token`, or a signed address.
   */
  getUrl(port: number): string {
    return this.client.capsules.portUrl(this.id, port);
  }

  /**
   * What stands between `http://` or `https://` and the path at a port inside: a host, or a host and the beginning of a
   * path where there is no host name of its own.
   */
  getHost(port: number): string {
    return this.getUrl(port).replace(/^https?:\/\//, "").replace(/\/$/, "");
  }

  /** Makes an address that opens a private port to whoever has it, for an hour when nothing else is said. */
  async signedUrl(port: number, options: SignedUrlOptions = {}): Promise<string> {
    const { expiresInSec, path, ...rest } = options;
    const request = {
      port,
      ...(expiresInSec === undefined ? {} : { expires_in_sec: expiresInSec }),
      ...(path === undefined ? {} : { path }),
    };
    return (await this.client.capsules.signUrl(this.id, request, rest)).url;
  }

  /** Keeps the capsule's files as a template; the capsule keeps running. */
  async snapshot(name?: string, options: RequestOptions & { overwrite?: boolean } = {}): Promise<Template> {
    return await this.client.snapshots.create({ sandbox_id: this.id, ...(name === undefined ? {} : { name }) }, options);
  }

  /** Destroys the capsule if this object created it. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#owned) return;
    try {
      await this.destroy();
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
    }
  }
}

/** @deprecated The name for those who come from e2b: use {@link Capsule}. */
export const Sandbox = Capsule;

/** @deprecated The name for those who come from e2b: use {@link Capsule}. */
export type Sandbox = Capsule;
