/**
 * Credentials of HTTP sources. They are given apart from URLs, so that no topic, log or database holds them. One line for
 * each:
 *
 *     https://files.example/exports/ basic marie:secret
 *     https://api.example/ bearer eyJhbGciOi...
 *     https://shop.example/csv/ header X-Api-Key: 1234
 *
 * A line is for the URLs of its origin whose path begins with the path of the line; the longest path wins. Credentials are
 * sent to that origin only, never to another one after a redirect.
 */
import * as Redacted from "effect/Redacted";
import { MASK } from "./masked.ts";

export interface Credential {
  /** scheme://host:port of the URLs that get these credentials. */
  readonly origin: string;
  /** The beginning of the path of these URLs. */
  readonly path: string;
  readonly kind: "basic" | "bearer" | "header";
  /** The header that holds the credentials, in lower case, and its value. */
  readonly header: string;
  readonly value: Redacted.Redacted;
}

/** The error of a line. Its message shows only the URL of the line, never a secret. */
export class BadCredentials extends Error {
  readonly line: number;

  constructor(line: number, reason: string) {
    super(reason);
    this.line = line;
  }
}

const FORM = "URL_PREFIX basic USER:PASSWORD, URL_PREFIX bearer TOKEN, or URL_PREFIX header NAME: VALUE";
/** RFC 9110: a field name, and a value that cannot break out of its header. */
const FIELD_NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]+$/;
/** Headers that the program sets itself: credentials may not replace them. */
const OURS = new Set([
  "accept-encoding",
  "connection",
  "content-length",
  "host",
  "if-modified-since",
  "if-none-match",
  "if-range",
  "proxy-authorization",
  "range",
  "te",
  "transfer-encoding",
  "upgrade",
]);

/** Parses lines of credentials; blank lines and lines that begin with # are skipped. Throws BadCredentials. */
export function parseCredentials(text: string): readonly Credential[] {
  const credentials: Credential[] = [];
  for (const [index, whole] of text.split(/\r?\n/).entries()) {
    const line = whole.trim();
    if (line === "" || line.startsWith("#")) continue;
    const bad = (reason: string) => new BadCredentials(index + 1, reason);
    const [, prefix, kind, rest] = /^(\S+)\s+(\S+)\s+(.+)$/.exec(line) ?? [];
    if (prefix === undefined || kind === undefined || rest === undefined) throw bad(`it is not ${FORM}`);
    if (!URL.canParse(prefix)) throw bad("it does not begin with a URL");
    const url = new URL(prefix);
    if (url.protocol !== "https:" && url.protocol !== "http:")
      throw bad("its URL begins with neither https:// nor http://");
    if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "")
      throw bad("its URL has a user, a query or a fragment: give only the beginning of the URLs it is for");
    const credential = { origin: url.origin, path: url.pathname, ...headerOf(kind.toLowerCase(), rest, bad) };
    if (credentials.some((c) => c.origin === credential.origin && c.path === credential.path))
      throw bad(`${url.href} is given twice: keep one of the lines`);
    credentials.push(credential);
  }
  return credentials;
}

function headerOf(kind: string, rest: string, bad: (reason: string) => Error) {
  switch (kind) {
    case "basic":
      if (!rest.includes(":")) throw bad("basic needs USER:PASSWORD");
      return {
        kind,
        header: "authorization",
        value: Redacted.make(`Basic ${Buffer.from(rest).toString("base64")}`),
      } as const;
    case "bearer":
      if (!/^[A-Za-z0-9._~+/=-]+$/.test(rest)) throw bad("bearer needs one token");
      return { kind, header: "authorization", value: Redacted.make(`Bearer ${rest}`) } as const;
    case "header": {
      const colon = rest.indexOf(":");
      const header = rest.slice(0, Math.max(colon, 0)).trim().toLowerCase();
      const value = rest.slice(colon + 1).trim();
      if (!FIELD_NAME.test(header) || !FIELD_VALUE.test(value)) throw bad("header needs NAME: VALUE");
      if (OURS.has(header)) throw bad(`the header ${header} is set by ventes itself: use another header`);
      return { kind, header, value: Redacted.make(value) } as const;
    }
    default:
      throw bad(`"${kind.slice(0, 20)}" is not a kind: it is ${FORM}`);
  }
}

/** The credentials for a URL; undefined when there are none. Paths are compared by segments: /a is for /a and /a/b, not for /ab. */
export function credentialFor(credentials: readonly Credential[], url: URL): Credential | undefined {
  return credentials
    .filter(
      ({ origin, path }) =>
        origin === url.origin &&
        (url.pathname === path || url.pathname.startsWith(path.endsWith("/") ? path : `${path}/`)),
    )
    .sort((a, b) => b.path.length - a.path.length)[0];
}

/** The credentials in a form without secrets. */
export const shownCredential = ({ origin, path, kind, header }: Credential): string =>
  `${origin}${path} ${kind} ${kind === "header" ? `${header}: ` : ""}${MASK}`;
