/**
 * Hosts, as the API speaks of them.
 * @module
 */

/** Who a host belongs to: the platform, or a team that brought its own. */
export type HostType = "regular" | "byoc";

/** Whether a host can be used. */
export type HostStatus = "pending" | "online" | "offline" | "draining" | "unreachable";

/** A machine that capsules live on. */
export interface Host {
  id: string;
  type: HostType;
  team_id?: string | null;
  provider?: string | null;
  availability_zone?: string | null;
  arch?: string | null;
  cpu_cores?: number | null;
  memory_mb?: number | null;
  disk_gb?: number | null;
  address?: string | null;
  status: HostStatus;
  last_heartbeat_at?: string | null;
  created_by: string;
  created_at: string;
  updated_at: string;
}

/** A host to be expected. */
export interface CreateHostRequest {
  type: HostType;
  team_id?: string;
  provider?: string;
  availability_zone?: string;
}

/** The expected host, and what it registers with. */
export interface CreateHostResponse {
  host: Host;
  /** Good for one use within an hour. */
  registration_token: string;
}

/** What a host says of itself. */
export interface RegisterHostRequest {
  token: string;
  address: string;
  arch: string;
  cpu_cores: number;
  memory_mb: number;
  disk_gb: number;
}

/** The host's own credentials. */
export interface RegisterHostResponse {
  host: Host;
  /** Valid for 7 days. */
  token: string;
  /** Valid for 60 days. */
  refresh_token: string;
}

/** New credentials for old ones. */
export type RefreshHostTokenResponse = RegisterHostResponse;

/** What deleting a host would take with it. */
export interface HostDeletePreview {
  host: Host;
  sandbox_ids: string[];
}
