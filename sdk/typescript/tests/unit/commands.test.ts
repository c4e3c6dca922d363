import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { WebSocket } from "ws";

import { AbortError, ConnectionError, NotFoundError, StreamError, WrennError, type StreamEvent } from "../../src/index.js";
import { CAPSULE_ID, CAPSULE_PATH, collect, json, eventually, MockServer, onExec } from "./support/mock-server.js";

const EXEC_STREAM = `${CAPSULE_PATH}/exec/stream`;
let mock: MockServer;

beforeEach(async () => {
  mock = await MockServer.start();
});

afterEach(async () => {
  await mock[Symbol.asyncDispose]();
});

function send(socket: WebSocket, ...events: StreamEvent[]): void {
  for (const event of events) socket.send(JSON.stringify(event));
}

/** Every message that the server gets on a route; `respond` is called for each. */
function onMessages(path: string, respond: (socket: WebSocket, message: { type: string }) => void): { type: string }[] {
  const seen: { type: string }[] = [];
  mock.onSocket(path, (socket) => {
    socket.on("message", (data: Buffer) => {
      const message = JSON.parse(data.toString()) as { type: string };
      seen.push(message);
      respond(socket, message);
    });
  });
  return seen;
}

describe("exec", () => {
  it("sends what was set and returns what came of it", async () => {
    const seen = onExec(mock, () => ({ stdout: "42\n", exit_code: 3 }));
    const options = { args: ["-c", "print(42)"], timeoutSec: 30, cwd: "/app", envs: { A: "1" }, user: "user" };
    const result = await mock.capsule().commands.exec("python3", options);
    expect(result).toMatchObject({ stdout: "42\n", stderr: "", exit_code: 3, timed_out: false });
    expect(seen).toEqual([
      { cmd: "python3", args: ["-c", "print(42)"], timeout_sec: 30, cwd: "/app", envs: { A: "1" }, user: "user", background: false },
    ]);
  });

  it("leaves to the server what was not set", async () => {
    const seen = onExec(mock);
    await mock.capsule().commands.exec("true");
    expect(seen).toEqual([{ cmd: "true", background: false }]);
  });

  it("decodes output that is not text, and keeps its bytes", async () => {
    const bytes = Buffer.from([0x61, 0xff, 0x62]);
    onExec(mock, () => ({ stdout: bytes.toString("base64"), stderr: "", encoding: "base64" }));
    const result = await mock.capsule().commands.exec("cat");
    expect(result.stdout).toBe("a\ufffdb");
    expect(result.stdoutBytes).toEqual(bytes);
    expect(result.stderrBytes).toHaveLength(0);
  });

  it("gives the bytes of text too", async () => {
    onExec(mock, () => ({ stdout: "ü" }));
    expect((await mock.capsule().commands.exec("cat")).stdoutBytes).toEqual(Buffer.from("ü"));
  });

  it("takes a stream for what may run longer than an HTTP answer", async () => {
    const seen = onMessages(EXEC_STREAM, (socket) => {
      send(socket, { type: "start", pid: 1 }, { type: "stdout", data: "a" }, { type: "stderr", data: "e" });
      send(socket, { type: "stdout", data: "b" }, { type: "exit", exit_code: 7 });
    });
    const result = await mock.capsule().commands.exec("make", { args: ["all"], timeoutSec: 3_600 });
    expect(result).toMatchObject({ sandbox_id: CAPSULE_ID, cmd: "make", stdout: "ab", stderr: "e", exit_code: 7 });
    expect(seen).toMatchObject([{ type: "start", cmd: "make", args: ["all"], stdin: false }]);
  });

  it("reports in the same way when such a command's time is over", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const started = new Promise<void>((resolve) => {
        onMessages(EXEC_STREAM, (socket, message) => {
          if (message.type !== "start") return;
          send(socket, { type: "stdout", data: "so far" });
          resolve();
        });
      });
      const running = mock.capsule().commands.exec("sleep", { timeoutSec: 300 });
      // The connection is real; the clock moves when it stands.
      await started;
      const ended = vi.fn();
      void running.then(ended, ended);
      while (ended.mock.calls.length === 0) {
        vi.advanceTimersByTime(1_000);
        await new Promise((resolve) => setImmediate(resolve));
      }
      const result = await running;
      expect(result).toMatchObject({ exit_code: -1, timed_out: true });
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("start, list and kill", () => {
  it("use their routes", async () => {
    mock.on(`POST ${CAPSULE_PATH}/exec`, (response) => {
      json(response, 202, { sandbox_id: CAPSULE_ID, cmd: "python3", pid: 9, tag: "web" });
    });
    mock.on(`GET ${CAPSULE_PATH}/processes`, (response) => {
      json(response, 200, { processes: [{ pid: 9, tag: "web", cmd: "python3", args: [] }] });
    });
    mock.on(`DELETE ${CAPSULE_PATH}/processes/web`, (response) => response.writeHead(204).end());
    const { commands } = mock.capsule();
    expect(await commands.start("python3", { tag: "web", envs: { PORT: "1" } })).toMatchObject({ pid: 9, tag: "web" });
    expect((await commands.list()).processes).toHaveLength(1);
    await commands.kill("web", "SIGTERM");
    expect(JSON.parse(mock.requests[0]?.body.toString() ?? "")).toMatchObject({ background: true, tag: "web" });
    expect(mock.requests[2]?.query.get("signal")).toBe("SIGTERM");
  });
});

describe("stream", () => {
  it("starts the command with credentials and yields its events", async () => {
    let key: unknown;
    mock.onSocket(EXEC_STREAM, (socket, request) => {
      key = request.headers["x-api-key"];
      socket.on("message", () => {
        send(socket, { type: "start", pid: 5 }, { type: "stdout", data: "out" }, { type: "exit", exit_code: 0 });
      });
    });
    const events = await collect(mock.capsule().commands.stream("cat"));
    expect(events.map((event) => event.type)).toEqual(["start", "stdout", "exit"]);
    expect(key).toBe("wrn_test");
  });

  it("throws when the connection is lost", async () => {
    onMessages(EXEC_STREAM, (socket) => {
      socket.send(JSON.stringify({ type: "stdout", data: "part" }), () => {
        socket.terminate();
      });
    });
    const seen: StreamEvent[] = [];
    const loop = async (): Promise<void> => {
      for await (const event of mock.capsule().commands.stream("cat")) seen.push(event);
    };
    const error: unknown = await loop().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toMatchObject({ code: "connection_lost" });
    expect((error as Error).message).toContain('command "cat"');
    expect(seen).toEqual([{ type: "stdout", data: "part" }]);
  });

  it("throws when the server closes politely but too early", async () => {
    onMessages(EXEC_STREAM, (socket) => {
      socket.close(1001, "going away");
    });
    await expect(collect(mock.capsule().commands.stream("cat"))).rejects.toThrow(/code 1001, going away/);
  });

  it("yields an error that the server reports, then throws it", async () => {
    onMessages(EXEC_STREAM, (socket) => {
      send(socket, { type: "error", data: "the capsule has died" });
      socket.close();
    });
    const stream = mock.capsule().commands.stream("cat");
    expect((await stream.next()).value).toEqual({ type: "error", data: "the capsule has died" });
    const next = stream.next();
    await expect(next).rejects.toBeInstanceOf(StreamError);
    await expect(next).rejects.toThrow("the capsule has died");
  });

  it("throws the typed error of a refused connection", async () => {
    const error: unknown = await collect(mock.capsule().commands.stream("cat")).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(NotFoundError);
    expect(error).toMatchObject({ message: "there is no such capsule", requestId: "req-7", statusCode: 404 });
  });

  it("throws a ConnectionError when nobody listens", async () => {
    const stream = mock.capsule({ baseUrl: "http://127.0.0.1:1" }).commands.stream("cat");
    await expect(stream.next()).rejects.toBeInstanceOf(ConnectionError);
    await stream.return();
  });

  it("throws when a message cannot be understood", async () => {
    onMessages(EXEC_STREAM, (socket) => {
      socket.send("{nonsense");
    });
    const error: unknown = await collect(mock.capsule().commands.stream("cat")).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(WrennError);
    expect(error).toMatchObject({ code: "invalid_response" });
  });

  it("stops the command when the loop is left", async () => {
    const seen = onMessages(EXEC_STREAM, (socket, message) => {
      if (message.type === "start") send(socket, { type: "stdout", data: "y" });
    });
    for await (const event of mock.capsule().commands.stream("yes")) {
      expect(event.type).toBe("stdout");
      break;
    }
    await eventually(() => {
      expect(seen.map((message) => message.type)).toEqual(["start", "stop"]);
    });
  });

  it("ends by its signal, and the command with it", async () => {
    const controller = new AbortController();
    const seen = onMessages(EXEC_STREAM, (socket, message) => {
      if (message.type === "start") send(socket, { type: "stdout", data: "y" });
    });
    const stream = mock.capsule().commands.stream("yes", { signal: controller.signal });
    await stream.next();
    controller.abort();
    await expect(stream.next()).rejects.toBeInstanceOf(AbortError);
    await eventually(() => {
      expect(seen.map((message) => message.type)).toEqual(["start", "stop"]);
    });
  });

  it("passes input on", async () => {
    const seen = onMessages(EXEC_STREAM, (socket, message) => {
      if (message.type === "close_stdin") send(socket, { type: "exit", exit_code: 0 });
    });
    const stream = mock.capsule().commands.stream("cat", { stdin: true });
    await stream.write("text");
    await stream.closeStdin();
    await collect(stream);
    expect(seen).toEqual([
      { type: "start", cmd: "cat", stdin: true },
      { type: "stdin", data: "text" },
      { type: "close_stdin" },
    ]);
    await expect(stream.return()).resolves.toMatchObject({ done: true });
    await expect(stream.write("late")).rejects.toBeInstanceOf(ConnectionError);
  });
});

describe("streamProcess", () => {
  const path = `${CAPSULE_PATH}/processes/web/stream`;

  it("yields also what the server says right after the handshake", async () => {
    mock.onSocket(path, (socket) => {
      send(socket, { type: "start", pid: 4 }, { type: "stdout", data: "backlog" }, { type: "exit", exit_code: 0 });
      socket.close();
    });
    const connection = await mock.capsule().commands.streamProcess("web");
    expect((await collect(connection)).map((event) => event.type)).toEqual(["start", "stdout", "exit"]);
  });

  it("sends messages and closes when disposed", async () => {
    const closed = vi.fn();
    const seen: unknown[] = [];
    mock.onSocket(path, (socket) => {
      socket.on("message", (data: Buffer) => seen.push(JSON.parse(data.toString())));
      socket.on("close", closed);
    });
    {
      await using connection = await mock.capsule().commands.streamProcess("web");
      connection.send({ type: "ping" });
    }
    await eventually(() => {
      expect(closed).toHaveBeenCalledOnce();
    });
    expect(seen).toEqual([{ type: "ping" }]);
  });

  it("refuses to send after it was closed, and closing twice is harmless", async () => {
    mock.onSocket(path, () => undefined);
    const connection = await mock.capsule().commands.streamProcess("web");
    await connection.close();
    await connection.close();
    expect(connection.isOpen).toBe(false);
    expect(() => {
      connection.send({ type: "ping" });
    }).toThrow(ConnectionError);
    expect(await collect(connection)).toEqual([]);
  });

  it("stops reading when its reader does not keep up, and loses nothing", async () => {
    const count = 3_000;
    const data = "x".repeat(16_384);
    let sent = 0;
    mock.onSocket(path, (socket) => {
      const pump = (): void => {
        if (sent === count) {
          send(socket, { type: "exit", exit_code: 0 });
          return;
        }
        sent += 1;
        socket.send(JSON.stringify({ type: "stdout", data: `${sent}:${data}` }), () => {
          // The connection is closed at the end of the test.
          if (socket.readyState === socket.OPEN) pump();
        });
      };
      pump();
    });
    const connection = await mock.capsule().commands.streamProcess("web");
    let before = -1;
    // The sender stands still: nothing is read, and the buffers between are full.
    await vi.waitFor(
      () => {
        const now = sent;
        const still = now === before;
        before = now;
        expect(still).toBe(true);
      },
      { timeout: 30_000, interval: 200 },
    );
    expect(sent).toBeLessThan(count);
    let expected = 0;
    for await (const event of connection) {
      if (event.type !== "stdout") continue;
      expected += 1;
      expect(Number(event.data.slice(0, event.data.indexOf(":")))).toBe(expected);
    }
    expect(expected).toBe(count);
  });

  it("notices a peer that no longer answers", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    try {
      // Without the answer to pings that the protocol demands.
      mock.onSocket(path, (socket) => {
        (socket as unknown as { _autoPong: boolean })._autoPong = false;
      });
      const connection = await mock.capsule().commands.streamProcess("web");
      const next = connection.events.next();
      vi.advanceTimersByTime(120_000);
      await expect(next).rejects.toThrow(/no longer answers/);
      await connection.close();
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("other WebSocket implementations", () => {
  it("take the place of the built-in one", async () => {
    const urls: string[] = [];
    class Refusing extends EventTarget {
      readonly readyState = 3;
      binaryType = "";
      constructor(url: string, options?: { headers?: Record<string, string> }) {
        super();
        urls.push(`${url} ${options?.headers?.["X-API-Key"] ?? ""}`);
        queueMicrotask(() => this.dispatchEvent(new Event("error")));
      }
      send(): void {
        throw new Error("never open");
      }
      close(): void {
        this.dispatchEvent(new Event("close"));
      }
    }
    const error: unknown = await collect(mock.capsule({ WebSocket: Refusing }).commands.stream("cat")).catch(
      (reason: unknown) => reason,
    );
    // This one cannot say why it failed; the server is asked once more.
    expect(error).toBeInstanceOf(NotFoundError);
    expect(urls).toEqual([`${mock.url.replace("http", "ws")}${EXEC_STREAM} wrn_test`]);
  });
});
