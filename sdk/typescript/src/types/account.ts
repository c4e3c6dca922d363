/**
 * Accounts, keys and teams, as the API speaks of them.
 * @module
 */

/** A new account. */
export interface SignupRequest {
  email: string;
  /** At least 8 characters. */
  password: string;
  /** At most 100 characters. */
  name: string;
}

/** What signing up answers. */
export interface SignupResponse {
  message: string;
}

/** Credentials of an account. */
export interface LoginRequest {
  email: string;
  password: string;
}

/** A session: its token goes into the option `token` of a client. */
export interface AuthResponse {
  /** Valid for 6 hours. */
  token: string;
  user_id: string;
  team_id: string;
  email: string;
  name: string;
}

/** The account that is signed in. */
export interface MeResponse {
  name: string;
  email: string;
  has_password: boolean;
  providers: string[];
}

/** A new password. */
export interface ChangePasswordRequest {
  /** Needed when the account has one. */
  current_password?: string;
  new_password: string;
  confirm_password?: string;
}

/** A new API key. */
export interface CreateAPIKeyRequest {
  /** Default: `Unnamed API Key`. */
  name?: string;
}

/** An API key. */
export interface APIKeyResponse {
  id: string;
  team_id: string;
  name: string;
  /** The beginning of the key, to recognise it by. */
  key_prefix: string;
  created_at: string;
  last_used?: string | null;
  /** The key itself; only in the answer to its creation. */
  key?: string;
}

/** A user found by a part of their address. */
export interface UserSearchResult {
  user_id: string;
  email: string;
}

/** What a member may do, from most to least. */
export type TeamRole = "owner" | "admin" | "member";

/** A team. */
export interface Team {
  id: string;
  name: string;
  slug: string;
  created_at: string;
}

/** A team, and what the caller is in it. */
export interface TeamWithRole extends Team {
  role: TeamRole;
}

/** Somebody in a team. */
export interface TeamMember {
  user_id: string;
  email: string;
  role: TeamRole;
  joined_at: string;
}

/** A team and everybody in it. */
export interface TeamDetail {
  team: Team;
  members: TeamMember[];
}
