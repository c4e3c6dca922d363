/**
 * The signed-in user's own account.
 * @module
 */
import type { RequestOptions } from "../client/options.js";
import { segment } from "../core/query.js";
import type { AuthResponse, ChangePasswordRequest, MeResponse } from "../types/account.js";
import { Resource } from "./resource.js";

/** `client.account` */
export class AccountResource extends Resource {
  /** The account. */
  me(options: RequestOptions = {}): Promise<MeResponse> {
    return this.httpGet("/v1/me", options);
  }

  /** Gives the account another name. */
  updateName(name: string, options: RequestOptions = {}): Promise<AuthResponse> {
    return this.httpPatch("/v1/me", { name }, options);
  }

  /** Deletes the account; `confirmation` is its own email address. */
  deleteAccount(confirmation: string, options: RequestOptions = {}): Promise<void> {
    return this.httpDelete("/v1/me", { ...options, json: { confirmation } });
  }

  /** Sets or changes the password. */
  changePassword(request: ChangePasswordRequest, options: RequestOptions = {}): Promise<void> {
    return this.httpPost("/v1/me/password", request, options);
  }

  /** Has a mail sent with which a forgotten password can be replaced. */
  requestPasswordReset(email: string, options: RequestOptions = {}): Promise<void> {
    return this.httpPost("/v1/me/password/reset", { email }, { ...options, anonymous: true });
  }

  /** Replaces a forgotten password with the token from the mail. */
  confirmPasswordReset(token: string, newPassword: string, options: RequestOptions = {}): Promise<void> {
    const body = { token, new_password: newPassword };
    return this.httpPost("/v1/me/password/reset/confirm", body, { ...options, anonymous: true });
  }

  /** Where to send a browser to connect the account with a provider. */
  connectProvider(provider: string, options: RequestOptions = {}): Promise<{ auth_url: string }> {
    return this.httpGet(`/v1/me/providers/${segment(provider)}/connect`, options);
  }

  /** Ends the connection with a provider. */
  disconnectProvider(provider: string, options: RequestOptions = {}): Promise<void> {
    return this.httpDelete(`/v1/me/providers/${segment(provider)}`, options);
  }
}
