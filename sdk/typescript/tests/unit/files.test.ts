import { Readable } from "node:stream";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { ConnectionError, NotFoundError, StreamError, type StreamSource } from "../../src/index.js";
import { CAPSULE_PATH, capsuleRecord, collect, json, MockServer } from "./support/mock-server.js";

let mock: MockServer;

beforeEach(async () => {
  mock = await MockServer.start();
});

afterEach(async () => {
  await mock[Symbol.asyncDispose]();
});

/** The fields of an upload, read as RFC 7578 has them. */
function form(index: number): { path: string; content: Buffer } {
  const request = mock.requests[index];
  if (request === undefined) throw new Error(`there was no request ${index}`);
  const boundary = /^multipart\/form-data; boundary=(.+)$/.exec(request.headers["content-type"] ?? "")?.[1] ?? "";
  const [opening, path, file] = [`--${boundary}\r\n`, 'name="path"\r\n\r\n', 'name="file"; filename="file"\r\n'];
  const { body } = request;
  expect(body.subarray(0, opening.length).toString()).toBe(opening);
  const pathStart = body.indexOf(path) + path.length;
  const pathEnd = body.indexOf(`\r\n--${boundary}\r\n`, pathStart);
  const fileStart = body.indexOf("\r\n\r\n", body.indexOf(file, pathEnd)) + 4;
  const closing = `\r\n--${boundary}--\r\n`;
  expect(body.subarray(-closing.length).toString()).toBe(closing);
  return { path: body.subarray(pathStart, pathEnd).toString(), content: body.subarray(fileStart, -closing.length) };
}

function expectUpload(index: number, path: string, content: Buffer): void {
  const sent = form(index);
  expect(sent.path).toBe(path);
  // Not by `toEqual`, which compares large buffers byte by byte.
  expect(sent.content.equals(content)).toBe(true);
}

describe("writing", () => {
  const big = Buffer.alloc(3 * 1024 * 1024 + 17, "0123456789");

  it.each<[string, StreamSource, Buffer]>([
    ["text", "grün", Buffer.from("grün")],
    ["nothing", "", Buffer.alloc(0)],
    ["a Buffer", Buffer.from([0, 13, 10, 255]), Buffer.from([0, 13, 10, 255])],
    ["an ArrayBuffer", new Uint8Array([1, 2]).buffer, Buffer.from([1, 2])],
    ["a Blob", new Blob(["blob"]), Buffer.from("blob")],
    ["a large Buffer", big, big],
  ])("sends %s", async (_, data, content) => {
    for (const route of ["files/write", "files/stream/write"]) {
      mock.on(`POST ${CAPSULE_PATH}/${route}`, (response) => response.writeHead(204).end());
    }
    const { files } = mock.capsule();
    await files.write("/a dir/ü\".txt", data as Buffer);
    await files.uploadStream("/b", data);
    expectUpload(0, "/a dir/ü\".txt", content);
    expectUpload(1, "/b", content);
  });

  it("streams from Node.js streams, web streams and generators", async () => {
    mock.on(`POST ${CAPSULE_PATH}/files/stream/write`, (response) => response.writeHead(204).end());
    const { files } = mock.capsule();
    const parts = [Buffer.from("one"), Buffer.from("two")];
    await files.uploadStream("/n", Readable.from(parts));
    await files.uploadStream("/w", Readable.toWeb(Readable.from(parts)) as ReadableStream<Uint8Array>);
    await files.uploadStream("/g", (async function* () {
      yield await Promise.resolve("one");
      yield "two";
    })());
    await files.uploadStream("/a", parts);
    for (let index = 0; index < 4; index += 1) expect(form(index).content.toString()).toBe("onetwo");
  });

  it("fails when its source fails", async () => {
    mock.on(`POST ${CAPSULE_PATH}/files/stream/write`, (response) => response.writeHead(204).end());
    const source = (async function* () {
      yield await Promise.resolve("one");
      throw new Error("the disk is gone");
    })();
    await expect(mock.capsule().files.uploadStream("/x", source)).rejects.toBeInstanceOf(ConnectionError);
  });
});

describe("reading", () => {
  it("returns a Buffer", async () => {
    mock.on(`POST ${CAPSULE_PATH}/files/read`, (response) => {
      response.write("print(");
      response.end("'hello')");
    });
    const content = await mock.capsule().files.read("/app/main.py");
    expect(Buffer.isBuffer(content)).toBe(true);
    expect(content.toString()).toBe("print('hello')");
    expect(JSON.parse(mock.requests[0]?.body.toString() ?? "")).toEqual({ path: "/app/main.py" });
  });

  it("returns an empty Buffer for an empty file", async () => {
    mock.on(`POST ${CAPSULE_PATH}/files/read`, (response) => response.end());
    expect(await mock.capsule().files.read("/empty")).toEqual(Buffer.alloc(0));
  });

  it("asks for a part", async () => {
    mock.on(`POST ${CAPSULE_PATH}/files/read`, (response, request) => {
      response.writeHead(206).end(request.headers.range);
    });
    const { files } = mock.capsule();
    expect((await files.read("/f", { offset: 5 })).toString()).toBe("bytes=5-");
    expect((await files.read("/f", { offset: 5, length: 10 })).toString()).toBe("bytes=5-14");
    expect((await files.read("/f", { length: 1 })).toString()).toBe("bytes=0-0");
    await expect(files.read("/f", { length: 0 })).rejects.toBeInstanceOf(RangeError);
  });

  it("throws the server's errors", async () => {
    await expect(mock.capsule().files.read("/missing")).rejects.toBeInstanceOf(NotFoundError);
    await expect(collect(mock.capsule().files.downloadStream("/missing"))).rejects.toBeInstanceOf(NotFoundError);
  });

  it("ends the transfer when the loop is left", async () => {
    const closed = new Promise<void>((resolve) => {
      mock.on(`POST ${CAPSULE_PATH}/files/stream/read`, (response) => {
        response.on("close", resolve);
        const pump = (): void => {
          while (!response.destroyed && response.write(Buffer.alloc(65_536)));
          if (!response.destroyed) response.once("drain", pump);
        };
        pump();
      });
    });
    for await (const chunk of mock.capsule().files.downloadStream("/endless")) {
      expect(Buffer.isBuffer(chunk)).toBe(true);
      break;
    }
    await closed;
  });
});

describe("directories and entries", () => {
  it("use their routes", async () => {
    const entry = { name: "data", path: "/app/data", type: "directory" };
    mock.on(`POST ${CAPSULE_PATH}/files/list`, (response) => {
      json(response, 200, { entries: [entry] });
    });
    mock.on(`POST ${CAPSULE_PATH}/files/mkdir`, (response) => {
      json(response, 200, { entry });
    });
    mock.on(`POST ${CAPSULE_PATH}/files/stat`, (response) => {
      json(response, 200, { entry });
    });
    mock.on(`POST ${CAPSULE_PATH}/files/move`, (response) => {
      json(response, 200, { entry });
    });
    mock.on(`POST ${CAPSULE_PATH}/files/remove`, (response) => response.writeHead(204).end());
    const { files } = mock.capsule();
    expect((await files.list("/app", { depth: 2 })).entries).toEqual([entry]);
    expect((await files.mkdir("/app/data")).entry).toEqual(entry);
    expect(await files.stat("/app/data")).toEqual(entry);
    expect(await files.move("/a", "/b")).toEqual(entry);
    expect(await files.exists("/app/data")).toBe(true);
    await files.remove("/app/data");
    expect(mock.requests.map((request) => JSON.parse(request.body.toString()) as unknown)).toEqual([
      { path: "/app", depth: 2 },
      { path: "/app/data" },
      { path: "/app/data" },
      { source: "/a", destination: "/b" },
      { path: "/app/data" },
      { path: "/app/data" },
    ]);
  });

  it("tell a missing file from a missing capsule", async () => {
    const { files } = mock.capsule();
    await expect(files.exists("/missing")).rejects.toBeInstanceOf(NotFoundError);
    mock.on(`GET ${CAPSULE_PATH}`, (response) => {
      json(response, 200, capsuleRecord("running"));
    });
    expect(await files.exists("/missing")).toBe(false);
  });
});

describe("watching", () => {
  it("yields changes until it is closed", async () => {
    let first: unknown;
    mock.onSocket(`${CAPSULE_PATH}/files/watch`, (socket) => {
      socket.on("message", (data: Buffer) => {
        first ??= JSON.parse(data.toString());
        socket.send(JSON.stringify({ type: "started" }));
        socket.send(JSON.stringify({ type: "event", event: "create", name: "a" }));
      });
    });
    await using watch = await mock.capsule().files.watch("/app", { recursive: true });
    expect(first).toEqual({ type: "start", path: "/app", recursive: true });
    for await (const change of watch) {
      expect(change).toEqual({ type: "event", event: "create", name: "a" });
      break;
    }
  });

  it("throws when it cannot begin", async () => {
    mock.onSocket(`${CAPSULE_PATH}/files/watch`, (socket) => {
      socket.on("message", () => {
        socket.send(JSON.stringify({ type: "error", data: "/app is missing" }));
        socket.close();
      });
    });
    await expect(mock.capsule().files.watch("/app")).rejects.toBeInstanceOf(StreamError);
  });
});
