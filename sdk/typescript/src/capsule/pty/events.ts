/**
 * What a terminal says.
 * @module
 */

/** What happens in a terminal. */
export type PtyEvent =
  | {
      type: "started";
      /** The name to join the session by. */
      tag: string;
      /** The process id of its program. */
      pid: number;
    }
  | {
      type: "data";
      /** What the terminal shows, as text that is never cut inside a character. */
      data: string;
      /** The same, byte for byte. */
      bytes: Buffer;
    }
  | {
      type: "exit";
      exit_code: number;
    }
  | {
      type: "error";
      /** A sentence that says what is wrong. */
      data: string;
      /** Whether the connection ends with it. */
      fatal: boolean;
    };

/** What the server sends. */
export type PtyServerMessage =
  | { type: "started"; tag: string; pid: number }
  | { type: "output"; data: string }
  | { type: "exit"; exit_code: number }
  | { type: "error"; data: string; fatal?: boolean }
  | { type: "ping" | "pong" };

/** What the client sends. */
export type PtyClientMessage =
  | { type: "start"; [field: string]: unknown }
  | { type: "connect"; tag: string }
  | { type: "input"; data: string }
  | { type: "resize"; cols: number; rows: number }
  | { type: "kill" }
  | { type: "pong" };

/** Makes events of messages; holds back the beginning of a character until its rest arrives. */
export class PtyDecoder {
  readonly #text = new TextDecoder();

  decode(message: PtyServerMessage): PtyEvent | undefined {
    switch (message.type) {
      case "output": {
        const bytes = Buffer.from(message.data, "base64");
        return { type: "data", data: this.#text.decode(bytes, { stream: true }), bytes };
      }
      case "started":
        return { type: "started", tag: message.tag, pid: message.pid };
      case "exit":
        return { type: "exit", exit_code: message.exit_code };
      case "error":
        return { type: "error", data: message.data, fatal: message.fatal ?? true };
      case "ping":
      case "pong":
        return undefined;
    }
  }
}
