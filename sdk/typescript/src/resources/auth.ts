/**
 * Signing up and in.
 * @module
 */
import type { RequestOptions } from "../client/options.js";
import { segment } from "../core/query.js";
import type { AuthResponse, LoginRequest, SignupRequest, SignupResponse } from "../types/account.js";
import { Resource } from "./resource.js";

/** `client.auth` */
export class AuthResource extends Resource {
  /** Asks for an account; its owner gets a mail to activate it. */
  signup(request: SignupRequest, options: RequestOptions = {}): Promise<SignupResponse> {
    return this.httpPost("/v1/auth/signup", request, { ...options, anonymous: true });
  }

  /** Activates an account with the token from the mail. */
  activate(token: string, options: RequestOptions = {}): Promise<AuthResponse> {
    return this.httpPost("/v1/auth/activate", { token }, { ...options, anonymous: true });
  }

  /** Signs in; make a client with the answer's `token` to act as this user. */
  login(request: LoginRequest, options: RequestOptions = {}): Promise<AuthResponse> {
    return this.httpPost("/v1/auth/login", request, { ...options, anonymous: true });
  }

  /** A session for another of the user's teams. */
  switchTeam(teamId: string, options: RequestOptions = {}): Promise<AuthResponse> {
    return this.httpPost("/v1/auth/switch-team", { team_id: teamId }, options);
  }

  /** Where to send a browser to sign in through a provider such as `github`. */
  oauthUrl(provider: string): string {
    return `${this.http.baseUrl}/v1/auth/oauth/${segment(provider)}`;
  }
}
