/**
 * Direct access to the API.
 * @module
 */
import { HttpClient } from "../core/http-client.js";
import { AccountResource } from "../resources/account.js";
import { ApiKeysResource } from "../resources/api-keys.js";
import { AuthResource } from "../resources/auth.js";
import { CapsulesResource } from "../resources/capsules.js";
import { ChannelsResource } from "../resources/channels.js";
import { FilesResource } from "../resources/files.js";
import { HostsResource } from "../resources/hosts.js";
import { NotebooksResource } from "../resources/notebooks.js";
import { SnapshotsResource } from "../resources/snapshots.js";
import { TeamsResource } from "../resources/teams.js";
import { UsersResource } from "../resources/users.js";
import { resolveOptions, type ClientOptions } from "./options.js";

/**
 * The API's routes, one method each, in groups.
 *
 * @example
 * ```ts
 * const client = new WrennClient({ apiKey: "wrn_..." });
 * const capsule = await client.capsules.create({ template: "minimal" });
 * await client.capsules.destroy(capsule.id);
 * ```
 */
export class WrennClient {
  /** Where the API is. */
  readonly baseUrl: string;
  /** Signing up and in. */
  readonly auth: AuthResource;
  /** The signed-in user's own account. */
  readonly account: AccountResource;
  /** The team's API keys. */
  readonly apiKeys: ApiKeysResource;
  /** Finding users. */
  readonly users: UsersResource;
  /** Teams and their members. */
  readonly teams: TeamsResource;
  /** Capsules, their commands and their measurements. */
  readonly capsules: CapsulesResource;
  /** The files of capsules. */
  readonly files: FilesResource;
  /** Code that runs cell by cell. */
  readonly notebooks: NotebooksResource;
  /** Templates and snapshots. */
  readonly snapshots: SnapshotsResource;
  /** The machines that capsules live on. */
  readonly hosts: HostsResource;
  /** Where notifications go. */
  readonly channels: ChannelsResource;

  constructor(options: ClientOptions = {}) {
    const http = new HttpClient(resolveOptions(options));
    this.baseUrl = http.baseUrl;
    this.auth = new AuthResource(http);
    this.account = new AccountResource(http);
    this.apiKeys = new ApiKeysResource(http);
    this.users = new UsersResource(http);
    this.teams = new TeamsResource(http);
    this.capsules = new CapsulesResource(http);
    this.files = new FilesResource(http);
    this.notebooks = new NotebooksResource(http);
    this.snapshots = new SnapshotsResource(http);
    this.hosts = new HostsResource(http);
    this.channels = new ChannelsResource(http);
  }
}
