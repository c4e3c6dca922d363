/**
 * A team's API keys.
 * @module
 */
import type { RequestOptions } from "../client/options.js";
import { segment } from "../core/query.js";
import type { APIKeyResponse, CreateAPIKeyRequest } from "../types/account.js";
import { Resource } from "./resource.js";

/** `client.apiKeys` */
export class ApiKeysResource extends Resource {
  /** Makes a key; this answer is the only one that holds it. */
  create(request: CreateAPIKeyRequest = {}, options: RequestOptions = {}): Promise<APIKeyResponse> {
    return this.httpPost("/v1/api-keys", request, options);
  }

  /** The team's keys. */
  list(options: RequestOptions = {}): Promise<APIKeyResponse[]> {
    return this.httpGet("/v1/api-keys", options);
  }

  /** Makes a key worthless. */
  delete(id: string, options: RequestOptions = {}): Promise<void> {
    return this.httpDelete(`/v1/api-keys/${segment(id)}`, options);
  }
}
