/**
 * Credentials for git that leave no trace: not in the repository's configuration, not in a process's arguments.
 * @module
 */

/** How to sign in to a git server. */
export interface GitCredentials {
  /** Default: `git`, which most servers accept beside a token. */
  username?: string | undefined;
  /** A password or an access token. */
  password: string;
  /** The server they are for, such as `https://github.com`. Default: that of the repository's remote. */
  host?: string | undefined;
}

/** A repository's address, and the credentials that were written into it. */
export interface SplitUrl {
  url: string;
  /** Protocol and host, such as `https://github.com`; `undefined` for addresses that take no password. */
  origin: string | undefined;
  credentials: GitCredentials | undefined;
}

/** Answers git's question for credentials from the environment. It knows the names of variables, not their values. */
const HELPER =
  '!f() { test "$1" = get || exit 0; printf "username=%s\\npassword=%s\\n" "$WRENN_GIT_USERNAME" "$WRENN_GIT_PASSWORD"; }; f';

/** Takes the credentials out of an address. */
export function splitUrl(text: string): SplitUrl {
  const url = parse(text);
  if (url === undefined) return { url: text, origin: undefined, credentials: undefined };
  const origin = `${url.protocol}//${url.host}`;
  if (url.username === "" && url.password === "") return { url: text, origin, credentials: undefined };
  const username = decodeURIComponent(url.username);
  const password = decodeURIComponent(url.password);
  url.username = "";
  url.password = "";
  // A token alone is commonly written where the user name goes.
  const credentials = password === "" ? { username, password: username } : { username, password };
  return { url: url.href, origin, credentials };
}

/**
 * Environment variables with which git gives the credentials to one server and to no other. Helpers that are
 * configured in the capsule are switched off for that server, so that none of them stores what it is told.
 */
export function credentialEnvironment(origin: string, credentials: GitCredentials): Record<string, string> {
  const key = `credential.${origin}.helper`;
  return {
    GIT_CONFIG_COUNT: "2",
    GIT_CONFIG_KEY_0: key,
    GIT_CONFIG_VALUE_0: "",
    GIT_CONFIG_KEY_1: key,
    GIT_CONFIG_VALUE_1: HELPER,
    WRENN_GIT_USERNAME: credentials.username ?? "git",
    WRENN_GIT_PASSWORD: credentials.password,
  };
}

/** The protocol and host of what a caller calls a host: an address, or just a name, which means HTTPS. */
export function originOf(host: string): string {
  return splitUrl(host.includes("://") ? host : `https://${host}`).origin ?? `https://${host}`;
}

function parse(text: string): URL | undefined {
  if (!/^https?:\/\//i.test(text)) return undefined;
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
