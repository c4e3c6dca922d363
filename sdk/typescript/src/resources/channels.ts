/**
 * Where a team's notifications go.
 * @module
 */
import type { RequestOptions } from "../client/options.js";
import { segment } from "../core/query.js";
import type {
  ChannelConfig,
  ChannelResponse,
  CreateChannelRequest,
  TestChannelRequest,
  UpdateChannelRequest,
} from "../types/channel.js";
import { Resource } from "./resource.js";

/** `client.channels` */
export class ChannelsResource extends Resource {
  /** Makes a channel. */
  create(request: CreateChannelRequest, options: RequestOptions = {}): Promise<ChannelResponse> {
    return this.httpPost("/v1/channels", request, options);
  }

  /** The team's channels. */
  list(options: RequestOptions = {}): Promise<ChannelResponse[]> {
    return this.httpGet("/v1/channels", options);
  }

  /** Tries a configuration without keeping it. */
  test(request: TestChannelRequest, options: RequestOptions = {}): Promise<{ status: string }> {
    return this.httpPost("/v1/channels/test", request, options);
  }

  /** One channel. */
  get(id: string, options: RequestOptions = {}): Promise<ChannelResponse> {
    return this.httpGet(channelPath(id), options);
  }

  /** Changes a channel's name or events. */
  update(id: string, request: UpdateChannelRequest, options: RequestOptions = {}): Promise<ChannelResponse> {
    return this.httpPatch(channelPath(id), request, options);
  }

  /** Deletes a channel. */
  delete(id: string, options: RequestOptions = {}): Promise<void> {
    return this.httpDelete(channelPath(id), options);
  }

  /** Replaces a channel's configuration. */
  rotateConfig(id: string, config: ChannelConfig, options: RequestOptions = {}): Promise<ChannelResponse> {
    return this.httpPut(`${channelPath(id)}/config`, { config }, options);
  }
}

function channelPath(id: string): string {
  return `/v1/channels/${segment(id)}`;
}
