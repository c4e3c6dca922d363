import { afterEach, beforeEach, describe, expect, expectTypeOf, it, vi } from "vitest";

import {
  AbortError,
  Capsule,
  CodeInterpreter,
  ConflictError,
  Sandbox,
  TimeoutError,
  type components,
  type operations,
  type paths,
} from "../../src/index.js";
import { CAPSULE_ID, CAPSULE_PATH, capsuleRecord, json, eventually, MockServer } from "./support/mock-server.js";

let mock: MockServer;

beforeEach(async () => {
  mock = await MockServer.start();
  vi.stubEnv("WRENN_API_KEY", "wrn_test");
  vi.stubEnv("WRENN_BASE_URL", mock.url);
  mock.on("POST /v1/capsules", (response) => {
    json(response, 201, capsuleRecord("running"));
  });
  mock.on(`DELETE ${CAPSULE_PATH}`, (response) => response.writeHead(204).end());
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await mock[Symbol.asyncDispose]();
});

/** Answers one status after the other; the last one for ever. */
function statuses(...names: string[]): void {
  let index = 0;
  mock.on(`GET ${CAPSULE_PATH}`, (response) => {
    json(response, 200, capsuleRecord(names[Math.min(index, names.length - 1)] ?? ""));
    index += 1;
  });
}

function deletions(): number {
  return mock.requests.filter((request) => request.method === "DELETE").length;
}

describe("forking", () => {
  it("hands out copies that their objects own", async () => {
    mock.on(`POST ${CAPSULE_PATH}/fork`, (response) => {
      json(response, 201, { capsules: [capsuleRecord("running")], memory: false });
    });
    const original = Capsule.connect(CAPSULE_ID);
    const [copy] = await original.fork({ count: 1 });
    expect(JSON.parse(mock.requests.at(-1)?.body.toString() ?? "")).toEqual({ count: 1 });
    expect(copy?.id).toBe(CAPSULE_ID);
    await original[Symbol.asyncDispose]();
    expect(deletions()).toBe(0);
    await copy?.[Symbol.asyncDispose]();
    expect(deletions()).toBe(1);
    await original.fork();
    expect(JSON.parse(mock.requests.at(-1)?.body.toString() ?? "")).toEqual({ count: 1 });
  });
});

describe("creating", () => {
  it.each([
    [() => Capsule.create(), {}],
    [() => Capsule.create("base-python"), { template: "base-python" }],
    [
      () => Capsule.create("minimal", { vcpus: 2, memory_mb: 1024, timeout_sec: 300, apiKey: "wrn_other" }),
      { template: "minimal", vcpus: 2, memory_mb: 1024, timeout_sec: 300 },
    ],
    [() => Capsule.create({ template: "minimal", vcpus: 2 }), { template: "minimal", vcpus: 2 }],
    [
      () => Capsule.create({ envs: { A: "1" }, metadata: { owner: "me" }, on_timeout: "destroy", runtime: "microvm" }),
      { envs: { A: "1" }, metadata: { owner: "me" }, on_timeout: "destroy", runtime: "microvm" },
    ],
  ])("sends exactly what was set (%#)", async (create, body) => {
    const capsule = await create();
    expect(capsule).toBeInstanceOf(Capsule);
    expect(capsule.id).toBe(CAPSULE_ID);
    expect(JSON.parse(mock.requests[0]?.body.toString() ?? "")).toEqual(body);
  });

  it("has the deprecated alias", async () => {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- what is tested
    expect(await Sandbox.create("minimal")).toBeInstanceOf(Capsule);
  });
});

describe("disposal", () => {
  it("destroys a capsule that was created, once", async () => {
    const capsule = await Capsule.create();
    await capsule[Symbol.asyncDispose]();
    await capsule[Symbol.asyncDispose]();
    expect(deletions()).toBe(1);
  });

  it("leaves a capsule alone that was attached to", async () => {
    await Capsule.connect(CAPSULE_ID)[Symbol.asyncDispose]();
    await new Capsule(CAPSULE_ID)[Symbol.asyncDispose]();
    await CodeInterpreter.connect(CAPSULE_ID)[Symbol.asyncDispose]();
    expect(mock.requests).toHaveLength(0);
  });

  it("does nothing after destroy", async () => {
    const capsule = await Capsule.create();
    await capsule.destroy();
    await capsule[Symbol.asyncDispose]();
    expect(deletions()).toBe(1);
  });

  it("forgives a capsule that is gone", async () => {
    const capsule = await Capsule.create();
    mock.on(`DELETE ${CAPSULE_PATH}`, (response) => {
      json(response, 404, { error: { code: "not_found", message: "gone" } });
    });
    await expect(capsule[Symbol.asyncDispose]()).resolves.toBeUndefined();
  });

  it("works with await using", async () => {
    {
      await using capsule = await Capsule.create();
      expect(capsule.id).toBe(CAPSULE_ID);
      expect(deletions()).toBe(0);
    }
    expect(deletions()).toBe(1);
  });

  it("destroys the capsule of an interpreter that was created, from its default template", async () => {
    const interpreter = await CodeInterpreter.create();
    expect(JSON.parse(mock.requests[0]?.body.toString() ?? "")).toEqual({ template: "jupyter" });
    await interpreter[Symbol.asyncDispose]();
    expect(deletions()).toBe(1);
  });
});

describe("waitForReady", () => {
  it("polls until the capsule runs", async () => {
    statuses("pending", "starting", "running");
    const info = await Capsule.connect(CAPSULE_ID).waitForReady({ interval: 1 });
    expect(info.status).toBe("running");
    expect(mock.requests).toHaveLength(3);
  });

  it("ends when its signal fires", async () => {
    const controller = new AbortController();
    mock.on(`GET ${CAPSULE_PATH}`, (response) => {
      json(response, 200, capsuleRecord("starting"));
      if (mock.requests.length === 3) controller.abort("changed my mind");
    });
    const wait = Capsule.connect(CAPSULE_ID).waitForReady({ signal: controller.signal, interval: 1 });
    await expect(wait).rejects.toBeInstanceOf(AbortError);
    await expect(wait).rejects.toMatchObject({ cause: "changed my mind" });
    expect(mock.requests).toHaveLength(3);
  });

  it("ends while it sleeps between two polls", async () => {
    const controller = new AbortController();
    statuses("starting");
    const wait = Capsule.connect(CAPSULE_ID).waitForReady({ signal: controller.signal, interval: 3_600_000, timeout: 3_600_000 });
    await eventually(() => {
      expect(mock.requests).toHaveLength(1);
    });
    controller.abort();
    await expect(wait).rejects.toBeInstanceOf(AbortError);
  });

  it("does not even ask when its signal has fired", async () => {
    const wait = Capsule.connect(CAPSULE_ID).waitForReady({ signal: AbortSignal.abort() });
    await expect(wait).rejects.toBeInstanceOf(AbortError);
    expect(mock.requests).toHaveLength(0);
  });

  it("gives up in time", async () => {
    statuses("starting");
    await expect(Capsule.connect(CAPSULE_ID).waitForReady({ timeout: 40 })).rejects.toBeInstanceOf(TimeoutError);
  });

  it.each(["paused", "stopped", "error", "missing"])("says at once that a capsule which is %s will not run", async (status) => {
    statuses(status);
    const wait = Capsule.connect(CAPSULE_ID).waitForReady();
    await expect(wait).rejects.toBeInstanceOf(ConflictError);
    await expect(wait).rejects.toThrow(new RegExp(`is ${status}`));
    expect(mock.requests).toHaveLength(1);
  });
});

describe("lifecycle", () => {
  it("returns what pause and resume answer, and waits when asked to", async () => {
    mock.on(`POST ${CAPSULE_PATH}/pause`, (response) => {
      json(response, 200, capsuleRecord("pausing"));
    });
    mock.on(`POST ${CAPSULE_PATH}/resume`, (response) => {
      json(response, 200, capsuleRecord("resuming"));
    });
    const capsule = Capsule.connect(CAPSULE_ID);
    expect((await capsule.pause()).status).toBe("pausing");
    expect((await capsule.resume()).status).toBe("resuming");
    statuses("resuming", "running");
    expect((await capsule.resume({ wait: true, interval: 1 })).status).toBe("running");
    statuses("pausing", "paused");
    expect((await capsule.pause({ wait: true, interval: 1 })).status).toBe("paused");
  });

  it("does not mind waiting for a capsule that already runs", async () => {
    mock.on(`POST ${CAPSULE_PATH}/resume`, (response) => {
      json(response, 409, { error: { code: "invalid_state", message: "the capsule is not paused" } });
    });
    const capsule = Capsule.connect(CAPSULE_ID);
    statuses("running");
    expect((await capsule.resume({ wait: true })).status).toBe("running");
    await expect(capsule.resume()).rejects.toBeInstanceOf(ConflictError);
    statuses("stopped");
    await expect(capsule.resume({ wait: true })).rejects.toThrow(/is stopped/);
  });

  it("asks for metrics of a range", async () => {
    mock.on(`GET ${CAPSULE_PATH}/metrics`, (response) => {
      json(response, 200, { sandbox_id: CAPSULE_ID, range: "10m", points: [] });
    });
    await Capsule.connect(CAPSULE_ID).getMetrics({ range: "10m" });
    await Capsule.connect(CAPSULE_ID).getMetrics();
    expect(mock.requests.map((request) => request.query.toString())).toEqual(["range=10m", ""]);
  });

  it("destroys by id", async () => {
    await Capsule.destroy(CAPSULE_ID, { apiKey: "wrn_static" });
    expect(mock.requests[0]?.headers["x-api-key"]).toBe("wrn_static");
  });

  it("keeps a snapshot", async () => {
    mock.on("POST /v1/snapshots", (response) => {
      json(response, 201, { name: "mine", type: "snapshot", size_bytes: 1, created_at: "2026-01-01T00:00:00Z" });
    });
    expect((await Capsule.connect(CAPSULE_ID).snapshot("mine", { overwrite: true })).name).toBe("mine");
    expect(mock.requests[0]?.query.get("overwrite")).toBe("true");
    expect(JSON.parse(mock.requests[0]?.body.toString() ?? "")).toEqual({ sandbox_id: CAPSULE_ID, name: "mine" });
  });
});

describe("getUrl", () => {
  it("is by path where no subdomain can be, else by host name", () => {
    const url = (baseUrl: string, domain?: string): string =>
      new Capsule("cl-1", { baseUrl, domain }).getUrl(3000);
    expect(url("http://127.0.0.1:8080")).toBe("http://127.0.0.1:8080/v1/capsules/cl-1/ports/3000/");
    expect(url("https://app.wrenn.dev/api")).toBe("https://3000-cl-1.wrenn.dev/");
    expect(url("https://wrenn.example:8443/api")).toBe("https://3000-cl-1.wrenn.example:8443/");
    expect(url("https://host:8443", "capsules.example")).toBe("https://3000-cl-1.capsules.example/");
  });

  it("is a host for those who come from e2b", () => {
    const host = (baseUrl: string): string => new Capsule("cl-1", { baseUrl }).getHost(3000);
    expect(host("https://wrenn.example")).toBe("3000-cl-1.wrenn.example");
    expect(host("http://localhost:8080")).toBe("localhost:8080/v1/capsules/cl-1/ports/3000");
  });

  it("is signed by the server", async () => {
    mock.on(`POST ${CAPSULE_PATH}/signed-urls`, (response) => {
      json(response, 201, { url: "https://signed", expires_at: "2026-01-01T00:00:00Z" });
    });
    const capsule = Capsule.connect(CAPSULE_ID);
    expect(await capsule.signedUrl(3000, { expiresInSec: 60, path: "/a" })).toBe("https://signed");
    expect(JSON.parse(mock.requests[0]?.body.toString() ?? "")).toEqual({ port: 3000, expires_in_sec: 60, path: "/a" });
  });

  it.each([0, 65_536, 1.5, Number.NaN])("refuses the port %d", (port) => {
    expect(() => new Capsule("cl-1").getUrl(port)).toThrow(RangeError);
  });
});

describe("generated types", () => {
  it("are exported under the documented names", () => {
    expectTypeOf<components["schemas"]["Capsule"]>().toHaveProperty("memory_mb");
    expectTypeOf<operations["getCapsule"]>().toBeObject();
    expectTypeOf<paths["/v1/capsules/{id}"]>().toBeObject();
  });
});
