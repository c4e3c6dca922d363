import { inspect } from "node:util";

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { WrennClient } from "../../src/client/wrenn-client.js";
import {
  AbortError,
  AuthenticationError,
  ConnectionError,
  NotFoundError,
  ServerError,
  TimeoutError,
  WrennError,
} from "../../src/core/errors.js";
import { CAPSULE_ID, CAPSULE_PATH, capsuleRecord, collect, json, MockServer } from "./support/mock-server.js";

let mock: MockServer;

beforeEach(async () => {
  mock = await MockServer.start();
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await mock[Symbol.asyncDispose]();
});

describe("configuration", () => {
  it("comes from the environment, and options win over it", async () => {
    mock.on("GET /v1/capsules", (response) => {
      json(response, 200, []);
    });
    vi.stubEnv("WRENN_API_KEY", "wrn_environment");
    vi.stubEnv("WRENN_BASE_URL", `${mock.url}/`);
    await new WrennClient().capsules.list();
    await new WrennClient({ apiKey: "wrn_option", headers: { "X-Extra": "1" } }).capsules.list();
    expect(mock.requests.map((request) => request.headers["x-api-key"])).toEqual(["wrn_environment", "wrn_option"]);
    expect(mock.requests[1]?.headers["x-extra"]).toBe("1");
  });

  it("has the documented default address", () => {
    vi.stubEnv("WRENN_BASE_URL", "");
    expect(new WrennClient({ apiKey: "k" }).baseUrl).toBe("https://app.wrenn.dev/api");
  });

  it("keeps the path of the base URL", async () => {
    mock.on("GET /api/v1/capsules", (response) => {
      json(response, 200, []);
    });
    expect(await mock.client({ baseUrl: `${mock.url}/api/` }).capsules.list()).toEqual([]);
  });

  it.each(["nonsense", "ftp://host"])("refuses the base URL %s", (baseUrl) => {
    expect(() => new WrennClient({ baseUrl })).toThrow(/base URL/);
  });

  it("says what to do when there is no key", async () => {
    vi.stubEnv("WRENN_API_KEY", "");
    const error: unknown = await new WrennClient({ baseUrl: mock.url }).capsules.list().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(AuthenticationError);
    expect((error as Error).message).toContain("WRENN_API_KEY");
    expect(mock.requests).toHaveLength(0);
  });

  it("does not show credentials when it is printed", () => {
    expect(inspect(mock.client({ token: "jwt" }), { depth: 10, showHidden: true })).not.toMatch(/wrn_test|jwt/);
  });

  it("uses the fetch function it is given", async () => {
    const calls: string[] = [];
    const client = mock.client({
      fetch: (url, init) => {
        calls.push(`${init.method ?? ""} ${url}`);
        return Promise.resolve(new Response("[]", { status: 200 }));
      },
    });
    expect(await client.capsules.list()).toEqual([]);
    expect(calls).toEqual([`GET ${mock.url}/v1/capsules`]);
  });
});

describe("answers", () => {
  it("are nothing when the status or the content length says so", async () => {
    mock.on(`DELETE ${CAPSULE_PATH}`, (response) => response.writeHead(204).end());
    mock.on(`POST ${CAPSULE_PATH}/ping`, (response) => response.writeHead(200, { "Content-Length": "0" }).end());
    const client = mock.client();
    await expect(client.capsules.destroy(CAPSULE_ID)).resolves.toBeUndefined();
    await expect(client.capsules.ping(CAPSULE_ID)).resolves.toBeUndefined();
  });

  it("may be empty without a content length", async () => {
    mock.on(`POST ${CAPSULE_PATH}/ping`, (response) => {
      response.writeHead(202);
      response.flushHeaders();
      response.end();
    });
    await expect(mock.client().capsules.ping(CAPSULE_ID)).resolves.toBeUndefined();
  });

  it("that are not JSON are an error which says so", async () => {
    mock.on("GET /v1/capsules", (response) => response.end("<html></html>"));
    const call = mock.client().capsules.list();
    await expect(call).rejects.toMatchObject({ code: "invalid_response", body: "<html></html>", statusCode: 200 });
  });

  it("that redirect are not followed", async () => {
    mock.on("GET /v1/capsules", (response) => response.writeHead(302, { Location: "http://127.0.0.1:1/" }).end());
    await expect(mock.client().capsules.list()).rejects.toThrow(/redirects to http:\/\/127\.0\.0\.1:1\//);
  });

  it("become typed errors with the request's id", async () => {
    mock.on(`GET ${CAPSULE_PATH}`, (response) => {
      json(response, 404, { error: { code: "not_found", message: "no such capsule" } }, { "X-Request-Id": "req-9" });
    });
    const error: unknown = await mock.client().capsules.get(CAPSULE_ID).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(NotFoundError);
    expect(error).toMatchObject({ statusCode: 404, code: "not_found", message: "no such capsule", requestId: "req-9" });
  });

  it("come page by page", async () => {
    mock.on("GET /v1/capsules", (response, request) => {
      const second = request.query.get("cursor") === "next";
      json(response, 200, [capsuleRecord(second ? "paused" : "running")], second ? {} : { "X-Next-Cursor": "next" });
    });
    const found = await collect(mock.client().capsules.iterate({ metadata: { owner: "me" }, status: ["running", "paused"] }));
    expect(found.map((capsule) => capsule.status)).toEqual(["running", "paused"]);
    expect(mock.requests[0]?.query.toString()).toBe("limit=100&status=running&status=paused&metadata.owner=me");
  });
});

describe("retries", () => {
  it("try an idempotent request again", async () => {
    mock.on("GET /v1/capsules", (response) => {
      if (mock.requests.length < 3) json(response, 503, { error: { code: "host_unavailable", message: "later" } });
      else json(response, 200, []);
    });
    expect(await mock.client().capsules.list()).toEqual([]);
    expect(mock.requests).toHaveLength(3);
  });

  it("end after maxRetries", async () => {
    mock.on("GET /v1/capsules", (response) => {
      json(response, 503, { error: { code: "host_unavailable", message: "later" } });
    });
    await expect(mock.client({ maxRetries: 1 }).capsules.list()).rejects.toBeInstanceOf(ServerError);
    expect(mock.requests).toHaveLength(2);
  });

  it("never repeat what must not be done twice", async () => {
    mock.on("POST /v1/capsules", (response) => {
      json(response, 503, { error: { code: "no_hosts_available", message: "full" } });
    });
    await expect(mock.client().capsules.create()).rejects.toMatchObject({ code: "no_hosts_available" });
    expect(mock.requests).toHaveLength(1);
  });

  it("do not repeat what fails for good", async () => {
    mock.on("GET /v1/capsules", (response) => {
      json(response, 500, { error: { code: "internal_error", message: "oops" } });
    });
    await expect(mock.client().capsules.list()).rejects.toBeInstanceOf(ServerError);
    expect(mock.requests).toHaveLength(1);
  });

  it("come back after a broken connection", async () => {
    mock.on("GET /v1/capsules", (response) => {
      if (mock.requests.length < 2) response.destroy();
      else json(response, 200, []);
    });
    expect(await mock.client().capsules.list()).toEqual([]);
  });

  it("wait as long as the server asks for, but not for ever", async () => {
    mock.on("GET /v1/capsules", (response) => {
      json(response, 429, { error: { code: "rate_limited", message: "slow" } }, { "Retry-After": "3600" });
    });
    await expect(mock.client().capsules.list()).rejects.toMatchObject({ code: "rate_limited", retryAfter: 3600 });
    expect(mock.requests).toHaveLength(1);
  });
});

describe("broken connections and limits", () => {
  it("a server that cannot be reached is a ConnectionError", async () => {
    const client = new WrennClient({ baseUrl: "http://127.0.0.1:1", apiKey: "k", maxRetries: 0 });
    const error: unknown = await client.capsules.list().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toBeInstanceOf(WrennError);
    expect((error as Error).message).toMatch(/GET \/v1\/capsules failed: .+/);
    expect((error as Error).cause).toBeInstanceOf(Error);
  });

  it("a body that ends early is an error", async () => {
    mock.on(`POST ${CAPSULE_PATH}/files/stream/read`, (response) => {
      response.writeHead(200, { "Content-Length": "100" });
      response.write("part");
      setImmediate(() => response.destroy());
    });
    const download = collect(mock.capsule().files.downloadStream("/big"));
    await expect(download).rejects.toBeInstanceOf(ConnectionError);
  });

  it("a silent server is a TimeoutError", async () => {
    mock.on("POST /v1/capsules", () => undefined);
    const call = mock.client().capsules.create({}, { timeout: 50 });
    await expect(call).rejects.toBeInstanceOf(TimeoutError);
    await expect(call).rejects.toThrow("POST /v1/capsules took longer than 50 ms");
  });

  it("the limit counts for the body too", async () => {
    mock.on("GET /v1/capsules", (response) => {
      response.writeHead(200);
      response.write("[");
    });
    await expect(mock.client({ timeout: 100, maxRetries: 0 }).capsules.list()).rejects.toBeInstanceOf(TimeoutError);
  });

  it("a signal ends a call", async () => {
    const controller = new AbortController();
    mock.on("POST /v1/capsules", () => {
      controller.abort(new Error("enough"));
    });
    const error: unknown = await mock
      .client()
      .capsules.create({}, { signal: controller.signal })
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(AbortError);
    expect(error).toMatchObject({ name: "AbortError", code: "aborted" });
    expect((error as Error).cause).toMatchObject({ message: "enough" });
  });

  it("a signal that has fired keeps a call from being made", async () => {
    await expect(mock.client().capsules.list({}, { signal: AbortSignal.abort() })).rejects.toBeInstanceOf(AbortError);
    expect(mock.requests).toHaveLength(0);
  });

  it("ids cannot lead to other routes", () => {
    expect(() => mock.client().capsules.get("..")).toThrow(TypeError);
    expect(() => mock.client().capsules.get("")).toThrow(TypeError);
  });

  it("ids are escaped", async () => {
    await expect(mock.client().capsules.get("a/b?c")).rejects.toBeInstanceOf(NotFoundError);
    expect(mock.requests[0]?.path).toBe("/v1/capsules/a%2Fb%3Fc");
  });
});
