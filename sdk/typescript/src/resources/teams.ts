/**
 * Teams and their members.
 * @module
 */
import type { RequestOptions } from "../client/options.js";
import { segment } from "../core/query.js";
import type { TeamDetail, TeamMember, TeamWithRole } from "../types/account.js";
import { Resource } from "./resource.js";

/** `client.teams` */
export class TeamsResource extends Resource {
  /** The user's teams. */
  list(options: RequestOptions = {}): Promise<TeamWithRole[]> {
    return this.httpGet("/v1/teams", options);
  }

  /** Makes a team that the user owns. */
  create(name: string, options: RequestOptions = {}): Promise<TeamWithRole> {
    return this.httpPost("/v1/teams", { name }, options);
  }

  /** A team and its members. */
  get(id: string, options: RequestOptions = {}): Promise<TeamDetail> {
    return this.httpGet(teamPath(id), options);
  }

  /** Gives a team another name. */
  rename(id: string, name: string, options: RequestOptions = {}): Promise<void> {
    return this.httpPatch(teamPath(id), { name }, options);
  }

  /** Deletes a team and its capsules; only its owner may. */
  delete(id: string, options: RequestOptions = {}): Promise<void> {
    return this.httpDelete(teamPath(id), options);
  }

  /** Everybody in a team. */
  listMembers(id: string, options: RequestOptions = {}): Promise<TeamMember[]> {
    return this.httpGet(`${teamPath(id)}/members`, options);
  }

  /** Takes a user into a team. */
  addMember(id: string, email: string, options: RequestOptions = {}): Promise<TeamMember> {
    return this.httpPost(`${teamPath(id)}/members`, { email }, options);
  }

  /** Changes what a member may do. */
  updateMemberRole(id: string, userId: string, role: "admin" | "member", options: RequestOptions = {}): Promise<void> {
    return this.httpPatch(`${teamPath(id)}/members/${segment(userId)}`, { role }, options);
  }

  /** Takes a member out of a team. */
  removeMember(id: string, userId: string, options: RequestOptions = {}): Promise<void> {
    return this.httpDelete(`${teamPath(id)}/members/${segment(userId)}`, options);
  }

  /** The user leaves a team. */
  leave(id: string, options: RequestOptions = {}): Promise<void> {
    return this.httpPost(`${teamPath(id)}/leave`, undefined, options);
  }
}

function teamPath(id: string): string {
  return `/v1/teams/${segment(id)}`;
}
