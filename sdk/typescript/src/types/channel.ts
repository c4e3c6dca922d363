/**
 * Notification channels, as the API speaks of them.
 * @module
 */

/** Where notifications go. */
export type ChannelProvider = "discord" | "slack" | "teams" | "googlechat" | "telegram" | "matrix" | "webhook";

/** What notifications are about. */
export type ChannelEvent =
  | "capsule.created"
  | "capsule.running"
  | "capsule.paused"
  | "capsule.destroyed"
  | "template.snapshot.created"
  | "template.snapshot.deleted"
  | "host.up"
  | "host.down";

/** How a provider is reached: `webhook_url`; or `bot_token`, `chat_id`; `homeserver_url`, `access_token`, `room_id`; `url`, `secret`. */
export type ChannelConfig = Readonly<Record<string, string>>;

/** A new channel. */
export interface CreateChannelRequest {
  name: string;
  provider: ChannelProvider;
  config: ChannelConfig;
  events: ChannelEvent[];
}

/** A configuration to try. */
export interface TestChannelRequest {
  provider: ChannelProvider;
  config: ChannelConfig;
}

/** What to change of a channel. */
export interface UpdateChannelRequest {
  name?: string;
  events?: ChannelEvent[];
}

/** A channel; its configuration is never shown. */
export interface ChannelResponse {
  id: string;
  team_id: string;
  name: string;
  provider: ChannelProvider;
  events: ChannelEvent[];
  created_at: string;
  updated_at: string;
  /** The secret that deliveries are signed with; only when it was generated just now. */
  secret?: string;
}
