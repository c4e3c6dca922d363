/**
 * Every error that the SDK throws, from one base class.
 * @module
 */

/** What an error carries beside its message. */
export interface WrennErrorOptions {
  /** HTTP status of the answer; absent when there was no answer. */
  statusCode?: number | undefined;
  /** Machine-readable code, as the server named it. */
  code?: string | undefined;
  /** The answer's body: parsed JSON, or text when it is not JSON. */
  body?: unknown;
  /** The server's id of the request, to find it in its logs. */
  requestId?: string | undefined;
  /** What lies underneath, such as a socket error. */
  cause?: unknown;
}

/** Base of all errors of this SDK. */
export class WrennError extends Error {
  /** HTTP status of the answer; `undefined` when there was none, for example because the connection failed. */
  readonly statusCode: number | undefined;
  /** Machine-readable code, such as `not_found`. */
  readonly code: string;
  /** The answer's body: parsed JSON, or text when it is not JSON. */
  readonly body: unknown;
  /** The server's id of the request, to find it in its logs. */
  readonly requestId: string | undefined;

  constructor(message: string, options: WrennErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.statusCode = options.statusCode;
    this.code = options.code ?? "unknown";
    this.body = options.body;
    this.requestId = options.requestId;
  }
}

/** 400: the request is malformed. */
export class BadRequestError extends WrennError {}

/** 401: no credential, or a wrong or expired one. */
export class AuthenticationError extends WrennError {}

/** 403: the credential is known, but may not do this. */
export class ForbiddenError extends WrennError {}

/** 404: there is no such thing, or it belongs to another team. */
export class NotFoundError extends WrennError {}

/** 409: the thing is in another state than the request needs, or a name is taken. */
export class ConflictError extends WrennError {}

/** 409: a host cannot be deleted because capsules still live on it. */
export class HostHasCapsulesError extends ConflictError {
  /** The capsules in the way. */
  readonly capsuleIds: readonly string[];

  constructor(message: string, options: WrennErrorOptions & { capsuleIds?: readonly string[] } = {}) {
    super(message, options);
    this.capsuleIds = options.capsuleIds ?? [];
  }
}

/** 413: an upload or a body over the server's limit. */
export class PayloadTooLargeError extends WrennError {}

/** 429: too many requests. */
export class RateLimitError extends WrennError {
  /** Seconds to wait before the next attempt, when the server says so. */
  readonly retryAfter: number | undefined;

  constructor(message: string, options: WrennErrorOptions & { retryAfter?: number | undefined } = {}) {
    super(message, options);
    this.retryAfter = options.retryAfter;
  }
}

/** 5xx: the server, its host or the capsule's agent failed. */
export class ServerError extends WrennError {}

/** Something took longer than it was given. */
export class TimeoutError extends WrennError {}

/** The connection could not be made, or it broke before the work was done. */
export class ConnectionError extends WrennError {}

/** The caller's `AbortSignal` ended the call; `cause` is the signal's reason. */
export class AbortError extends WrennError {}

/** A command's or terminal's stream ended by an error that the server reported. */
export class StreamError extends WrennError {}
