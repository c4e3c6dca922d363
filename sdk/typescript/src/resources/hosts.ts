/**
 * The machines that capsules live on.
 * @module
 */
import type { RequestOptions } from "../client/options.js";
import { segment } from "../core/query.js";
import type {
  CreateHostRequest,
  CreateHostResponse,
  Host,
  HostDeletePreview,
  RefreshHostTokenResponse,
  RegisterHostRequest,
  RegisterHostResponse,
} from "../types/host.js";
import { Resource } from "./resource.js";

/** `client.hosts` */
export class HostsResource extends Resource {
  /** Announces a host; it registers itself with the answer's token. */
  create(request: CreateHostRequest, options: RequestOptions = {}): Promise<CreateHostResponse> {
    return this.httpPost("/v1/hosts", request, options);
  }

  /** Every host that the user may see. */
  list(options: RequestOptions = {}): Promise<Host[]> {
    return this.httpGet("/v1/hosts", options);
  }

  /** One host. */
  get(id: string, options: RequestOptions = {}): Promise<Host> {
    return this.httpGet(hostPath(id), options);
  }

  /** A new registration token for a host that has not registered yet. */
  regenerateToken(id: string, options: RequestOptions = {}): Promise<CreateHostResponse> {
    return this.httpPost(`${hostPath(id)}/token`, undefined, options);
  }

  /** What deleting the host would take with it. */
  deletePreview(id: string, options: RequestOptions = {}): Promise<HostDeletePreview> {
    return this.httpGet(`${hostPath(id)}/delete-preview`, options);
  }

  /**
   * Deletes a host.
   * @throws HostHasCapsulesError while capsules live on it, unless `force` is set, which destroys them.
   */
  delete(id: string, options: RequestOptions & { force?: boolean } = {}): Promise<void> {
    const { force, ...rest } = options;
    return this.httpDelete(hostPath(id), { ...rest, query: { force } });
  }

  /** Called by a host to introduce itself. */
  register(request: RegisterHostRequest, options: RequestOptions = {}): Promise<RegisterHostResponse> {
    return this.httpPost("/v1/hosts/register", request, { ...options, anonymous: true });
  }

  /** Called by a host to say that it lives; needs the client option `hostToken`. */
  heartbeat(id: string, options: RequestOptions = {}): Promise<void> {
    return this.httpPost(`${hostPath(id)}/heartbeat`, undefined, options);
  }

  /** Called by a host to replace its tokens. */
  refreshToken(refreshToken: string, options: RequestOptions = {}): Promise<RefreshHostTokenResponse> {
    return this.httpPost("/v1/hosts/auth/refresh", { refresh_token: refreshToken }, { ...options, anonymous: true });
  }

  /** A host's tags. */
  listTags(id: string, options: RequestOptions = {}): Promise<string[]> {
    return this.httpGet(`${hostPath(id)}/tags`, options);
  }

  /** Adds a tag to a host. */
  addTag(id: string, tag: string, options: RequestOptions = {}): Promise<void> {
    return this.httpPost(`${hostPath(id)}/tags`, { tag }, options);
  }

  /** Takes a tag off a host. */
  removeTag(id: string, tag: string, options: RequestOptions = {}): Promise<void> {
    return this.httpDelete(`${hostPath(id)}/tags/${segment(tag)}`, options);
  }
}

function hostPath(id: string): string {
  return `/v1/hosts/${segment(id)}`;
}
