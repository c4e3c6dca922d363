/**
 * From an unsuccessful HTTP answer to the error class for it.
 * @module
 */
import {
  AuthenticationError,
  BadRequestError,
  ConflictError,
  ForbiddenError,
  HostHasCapsulesError,
  NotFoundError,
  PayloadTooLargeError,
  RateLimitError,
  ServerError,
  TimeoutError,
  WrennError,
} from "./errors.js";

/** The parts of an answer that its error is made from. */
export interface FailedResponse {
  status: number;
  statusText?: string;
  /** The body's text. */
  text: string;
  requestId?: string | null | undefined;
  retryAfter?: string | null | undefined;
}

/** Makes the error for an unsuccessful answer. */
export function errorFromResponse(response: FailedResponse): WrennError {
  const body = parseBody(response.text);
  const detail = errorObject(body);
  const code = stringField(detail, "code") ?? defaultCode(response.status);
  const message = stringField(detail, "message") ?? fallbackMessage(response);
  const options = {
    statusCode: response.status,
    code,
    body,
    requestId: response.requestId ?? stringField(detail, "request_id"),
  };
  if (code === "host_has_sandboxes") {
    return new HostHasCapsulesError(message, { ...options, capsuleIds: capsuleIds(body, detail) });
  }
  switch (response.status) {
    case 400:
      return new BadRequestError(message, options);
    case 401:
      return new AuthenticationError(message, options);
    case 403:
      return new ForbiddenError(message, options);
    case 404:
      return new NotFoundError(message, options);
    case 408:
    case 504:
      return new TimeoutError(message, options);
    case 409:
      return new ConflictError(message, options);
    case 413:
      return new PayloadTooLargeError(message, options);
    case 429:
      return new RateLimitError(message, { ...options, retryAfter: seconds(response.retryAfter) });
    default:
      return response.status >= 500 ? new ServerError(message, options) : new WrennError(message, options);
  }
}

/** Seconds from a `Retry-After` header: a number of seconds or a date. */
export function seconds(header: string | null | undefined): number | undefined {
  if (header === null || header === undefined || header === "") return undefined;
  const direct = Number(header);
  if (Number.isFinite(direct)) return Math.max(0, direct);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - Date.now()) / 1000);
}

function parseBody(text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function errorObject(body: unknown): Record<string, unknown> {
  return isObject(body) && isObject(body["error"]) ? body["error"] : {};
}

function stringField(object: Record<string, unknown>, name: string): string | undefined {
  const value = object[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

function capsuleIds(body: unknown, detail: Record<string, unknown>): string[] {
  const ids = detail["sandbox_ids"] ?? (isObject(body) ? body["sandbox_ids"] : undefined);
  return Array.isArray(ids) ? ids.filter((id): id is string => typeof id === "string") : [];
}

function fallbackMessage(response: FailedResponse): string {
  const text = response.text.trim();
  if (text !== "" && text.length <= 200 && !text.startsWith("<")) return text;
  const reason = response.statusText === undefined || response.statusText === "" ? "" : ` ${response.statusText}`;
  return `the server answered ${response.status}${reason}`;
}

function defaultCode(status: number): string {
  const codes: Record<number, string> = {
    400: "invalid_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    408: "timeout",
    409: "conflict",
    413: "too_large",
    429: "rate_limited",
    504: "timeout",
  };
  return codes[status] ?? (status >= 500 ? "internal_error" : "unknown");
}
