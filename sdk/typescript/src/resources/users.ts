/**
 * Finding users.
 * @module
 */
import type { RequestOptions } from "../client/options.js";
import type { UserSearchResult } from "../types/account.js";
import { Resource } from "./resource.js";

/** `client.users` */
export class UsersResource extends Resource {
  /** Up to 10 users whose address begins like this; it must contain an `@`. */
  search(email: string, options: RequestOptions = {}): Promise<UserSearchResult[]> {
    return this.httpGet("/v1/users/search", options, { email });
  }
}
