/**
 * Terminals of a capsule.
 * @module
 */
import type { WrennClient } from "../../client/wrenn-client.js";
import { startMessage, type PtyConnectOptions, type PtyStartOptions } from "./options.js";
import { PtySession } from "./session.js";

/** `capsule.pty` */
export class PtyManager {
  readonly #client: WrennClient;
  readonly #id: string;

  /** @internal */
  constructor(client: WrennClient, id: string) {
    this.#client = client;
    this.#id = id;
  }

  /** Opens a new terminal. */
  async start(options: PtyStartOptions = {}): Promise<PtySession> {
    const opened = await this.#client.capsules.openPty(this.#id, { signal: options.signal });
    return await PtySession.open(opened, startMessage(options), options.signal);
  }

  /** Joins a running terminal; what it showed last is replayed. */
  async connect(tag: string, options: PtyConnectOptions = {}): Promise<PtySession> {
    const opened = await this.#client.capsules.openPty(this.#id, { signal: options.signal });
    return await PtySession.open(opened, { type: "connect", tag }, options.signal);
  }
}
