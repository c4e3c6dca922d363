import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { WebSocket } from "ws";

import { ConnectionError, StreamError, type PtyEvent, type PtySession } from "../../src/index.js";
import { CAPSULE_PATH, collect, eventually, MockServer } from "./support/mock-server.js";

const PTY = `${CAPSULE_PATH}/pty`;
let mock: MockServer;
let received: Record<string, unknown>[];
let server: WebSocket;

beforeEach(async () => {
  mock = await MockServer.start();
  received = [];
  mock.onSocket(PTY, (socket) => {
    server = socket;
    socket.on("message", (data: Buffer) => {
      const message = JSON.parse(data.toString()) as Record<string, unknown>;
      received.push(message);
      if (message["type"] === "start" || message["type"] === "connect") {
        socket.send(JSON.stringify({ type: "started", tag: message["tag"] ?? "pty-1", pid: 11 }));
      }
    });
  });
});

afterEach(async () => {
  await mock[Symbol.asyncDispose]();
});

function output(bytes: Uint8Array): void {
  server.send(JSON.stringify({ type: "output", data: Buffer.from(bytes).toString("base64") }));
}

async function messages(count: number): Promise<Record<string, unknown>[]> {
  await eventually(() => {
    expect(received).toHaveLength(count);
  });
  return received;
}

describe("PtyStartOptions", () => {
  it("are all sent", async () => {
    const options = {
      cmd: "/bin/sh",
      args: ["-l"],
      cols: 120,
      rows: 40,
      envs: { TERM: "xterm" },
      cwd: "/home/user",
      user: "user",
      tag: "mine",
    };
    await using session = await mock.capsule().pty.start(options);
    expect(received).toEqual([{ type: "start", ...options }]);
    expect(session).toMatchObject({ tag: "mine", pid: 11, isOpen: true });
  });

  it("are left to the server when they are not set", async () => {
    await using session = await mock.capsule().pty.start();
    expect(received).toEqual([{ type: "start" }]);
    expect(session.tag).toBe("pty-1");
  });
});

describe("PtySession", () => {
  it("joins a session by its tag", async () => {
    await using session = await mock.capsule().pty.connect("my-session-tag");
    expect(received).toEqual([{ type: "connect", tag: "my-session-tag" }]);
    expect(session.tag).toBe("my-session-tag");
  });

  it("sends text and bytes, sizes and the end", async () => {
    await using session = await mock.capsule().pty.start();
    session.input("ls -la\n");
    session.input(new Uint8Array([0xff, 0x03]));
    session.resize(100, 30);
    session.kill();
    expect((await messages(5)).slice(1)).toEqual([
      { type: "input", data: Buffer.from("ls -la\n").toString("base64") },
      { type: "input", data: "/wM=" },
      { type: "resize", cols: 100, rows: 30 },
      { type: "kill" },
    ]);
  });

  it("yields what happens, with text that is never cut inside a character", async () => {
    await using session = await mock.capsule().pty.start();
    const euro = Buffer.from("€");
    output(euro.subarray(0, 1));
    output(euro.subarray(1));
    server.send(JSON.stringify({ type: "ping" }));
    server.send(JSON.stringify({ type: "exit", exit_code: 130 }));
    const events = await collect(session.events);
    expect(events.map((event) => event.type)).toEqual(["started", "data", "data", "exit"]);
    const data = events.filter((event): event is Extract<PtyEvent, { type: "data" }> => event.type === "data");
    expect(data.map((event) => event.data).join("")).toBe("€");
    expect(Buffer.concat(data.map((event) => event.bytes))).toEqual(euro);
    expect(await messages(2)).toContainEqual({ type: "pong" });
  });

  it("throws when the connection is lost", async () => {
    await using session = await mock.capsule().pty.start();
    server.terminate();
    await expect(collect(session.events)).rejects.toBeInstanceOf(ConnectionError);
    expect(() => {
      session.input("x");
    }).toThrow(ConnectionError);
  });

  it("throws what the server reports as fatal, and goes on after what is not", async () => {
    await using session = await mock.capsule().pty.start();
    server.send(JSON.stringify({ type: "error", data: "no such size", fatal: false }));
    server.send(JSON.stringify({ type: "error", data: "the session is gone", fatal: true }));
    server.close();
    const seen: PtyEvent[] = [];
    const loop = async (): Promise<void> => {
      for await (const event of session.events) seen.push(event);
    };
    const error: unknown = await loop().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StreamError);
    expect((error as Error).message).toContain("the session is gone");
    expect(seen.map((event) => event.type)).toEqual(["started", "error", "error"]);
  });

  it("is not opened when the server refuses it", async () => {
    mock.onSocket(PTY, (socket) => {
      socket.send(JSON.stringify({ type: "error", data: "no such session", fatal: true }));
    });
    await expect(mock.capsule().pty.connect("gone")).rejects.toThrow("no such session");
  });

  it("is not opened when the connection is lost before it stands", async () => {
    mock.onSocket(PTY, (socket) => {
      socket.terminate();
    });
    await expect(mock.capsule().pty.start()).rejects.toBeInstanceOf(ConnectionError);
  });
});

describe("PtySession.close", () => {
  let session: PtySession;

  beforeEach(async () => {
    session = await mock.capsule().pty.start();
  });

  it("closes the connection after what was typed has left, and ends the events", async () => {
    const closed = new Promise<number>((resolve) => server.on("close", resolve));
    const reading = session.events.next().then(() => session.events.next());
    session.input("exit\n");
    await session.close();
    expect(await closed).toBe(1000);
    expect(received).toContainEqual({ type: "input", data: Buffer.from("exit\n").toString("base64") });
    expect((await reading).done).toBe(true);
    expect(session.isOpen).toBe(false);
  });

  it("may be called twice, and refuses input afterwards", async () => {
    await session.close();
    await session.close();
    for (const act of [
      () => {
        session.input("x");
      },
      () => {
        session.resize(1, 1);
      },
      () => {
        session.kill();
      },
    ]) {
      expect(act).toThrow(ConnectionError);
    }
  });

  it("works although nobody has read the events", async () => {
    const flood = Buffer.alloc(1024, "x");
    for (let index = 0; index < 2_000; index += 1) output(flood);
    await session.close();
    expect(session.isOpen).toBe(false);
  });

  it("works when the server has gone", async () => {
    mock.dropConnections();
    await session.close();
    expect(session.isOpen).toBe(false);
  });
});
