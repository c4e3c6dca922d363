/**
 * URLs of the API.
 * @module
 */

/** A query parameter's value; a list repeats the parameter. */
export type QueryValue = string | number | boolean | readonly string[] | undefined;

/** Query parameters; those that are `undefined` are left out. */
export type Query = Readonly<Record<string, QueryValue>>;

/** `base` + `path` + the query. */
export function buildUrl(base: string, path: string, query: Query = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (typeof value === "object") for (const item of value) parameters.append(name, item);
    else if (value !== undefined) parameters.set(name, String(value));
  }
  const text = parameters.toString();
  return `${base}${path}${text === "" ? "" : `?${text}`}`;
}

/** One path segment, escaped; an empty or dot segment would change the route and is refused. */
export function segment(value: string | number): string {
  const text = String(value);
  if (text === "" || text === "." || text === "..") {
    throw new TypeError(`"${text}" cannot be part of a URL: give a non-empty id or name`);
  }
  return encodeURIComponent(text);
}
