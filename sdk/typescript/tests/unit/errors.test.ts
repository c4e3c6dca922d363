import { describe, expect, it } from "vitest";

import { errorFromResponse, seconds } from "../../src/core/error-response.js";
import * as errors from "../../src/core/errors.js";

function body(code: string, extra: Record<string, unknown> = {}): string {
  return JSON.stringify({ error: { code, message: `about ${code}`, request_id: "req-1", ...extra } });
}

describe("errors", () => {
  it.each([
    [400, "invalid_request", errors.BadRequestError],
    [401, "unauthorized", errors.AuthenticationError],
    [403, "forbidden", errors.ForbiddenError],
    [404, "not_found", errors.NotFoundError],
    [408, "timeout", errors.TimeoutError],
    [409, "invalid_state", errors.ConflictError],
    [409, "host_has_sandboxes", errors.HostHasCapsulesError],
    [413, "too_large", errors.PayloadTooLargeError],
    [429, "rate_limited", errors.RateLimitError],
    [500, "internal_error", errors.ServerError],
    [502, "agent_error", errors.ServerError],
    [503, "no_hosts_available", errors.ServerError],
    [504, "timeout", errors.TimeoutError],
    [418, "teapot", errors.WrennError],
  ])("maps %i %s", (status, code, kind) => {
    const text = body(code);
    const error = errorFromResponse({ status, text });
    expect(error).toBeInstanceOf(kind);
    expect(error).toBeInstanceOf(errors.WrennError);
    expect(error).toBeInstanceOf(Error);
    expect(error.constructor).toBe(kind);
    expect(error.name).toBe(kind.name);
    expect(error).toMatchObject({
      statusCode: status,
      code,
      message: `about ${code}`,
      body: JSON.parse(text) as unknown,
      requestId: "req-1",
    });
  });

  it("prefers the request id of the header", () => {
    expect(errorFromResponse({ status: 500, text: body("x"), requestId: "header" }).requestId).toBe("header");
  });

  it("lists the capsules that are on a host, wherever the answer has them", () => {
    for (const text of [
      body("host_has_sandboxes", { sandbox_ids: ["cl-1"] }),
      JSON.stringify({ error: { code: "host_has_sandboxes", message: "m" }, sandbox_ids: ["cl-1"] }),
    ]) {
      const error = errorFromResponse({ status: 409, text });
      expect(error).toBeInstanceOf(errors.ConflictError);
      expect(error).toMatchObject({ capsuleIds: ["cl-1"] });
    }
  });

  it.each([
    ["", "the server answered 502 Bad Gateway"],
    ["<html>gateway</html>", "the server answered 502 Bad Gateway"],
    ["upstream is down", "upstream is down"],
    ['{"error":"text"}', '{"error":"text"}'],
    ["[1]", "[1]"],
    ["null", "null"],
  ])("makes a readable message of the foreign body %j", (text, message) => {
    const error = errorFromResponse({ status: 502, statusText: "Bad Gateway", text });
    expect(error).toMatchObject({ message, code: "internal_error", statusCode: 502 });
  });

  it("reads both forms of Retry-After", () => {
    expect(seconds("3")).toBe(3);
    expect(seconds("-3")).toBe(0);
    expect(seconds(new Date(Date.now() + 60_000).toUTCString())).toBeGreaterThan(30);
    expect(seconds("soon")).toBeUndefined();
    expect(seconds(null)).toBeUndefined();
    expect(errorFromResponse({ status: 429, text: "", retryAfter: "7" })).toMatchObject({ retryAfter: 7 });
  });

  it("keeps its cause", () => {
    const cause = new Error("underneath");
    expect(new errors.WrennError("above", { cause }).cause).toBe(cause);
    expect(new errors.WrennError("above")).toMatchObject({ code: "unknown", statusCode: undefined, body: undefined });
  });
});
