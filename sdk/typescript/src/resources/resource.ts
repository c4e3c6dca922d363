/**
 * What the resource groups of the API have in common.
 * @module
 */
import type { RequestOptions } from "../client/options.js";
import type { HttpClient, HttpRequest } from "../core/http-client.js";

/** A group of routes. */
export abstract class Resource {
  /** Hidden from printing, for it knows the credentials. */
  readonly #http: HttpClient;

  /** @internal */
  constructor(http: HttpClient) {
    this.#http = http;
  }

  protected get http(): HttpClient {
    return this.#http;
  }

  protected httpGet<T>(path: string, options: RequestOptions = {}, query: HttpRequest["query"] = {}): Promise<T> {
    return this.#http.request<T>({ method: "GET", path, query, ...options });
  }

  protected httpPost<T>(path: string, json?: unknown, options: Partial<HttpRequest> = {}): Promise<T> {
    return this.#http.request<T>({ method: "POST", path, json, ...options });
  }

  protected httpPatch<T>(path: string, json: unknown, options: RequestOptions = {}): Promise<T> {
    return this.#http.request<T>({ method: "PATCH", path, json, ...options });
  }

  protected httpPut<T>(path: string, json: unknown, options: RequestOptions = {}): Promise<T> {
    return this.#http.request<T>({ method: "PUT", path, json, ...options });
  }

  protected httpDelete<T>(path: string, options: Partial<HttpRequest> = {}): Promise<T> {
    return this.#http.request<T>({ method: "DELETE", path, ...options });
  }
}
