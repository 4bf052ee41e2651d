/**
 * Decides which requests the server answers. `admit` decides once for each request, before any route sees it:
 *
 * - Without a token the page listens on loopback only (`mayServe`), unless VENTES_AUTH=none lets everybody read it.
 *   The Host header of a request must then name this machine, or be an IP address if the page is open. So a web site
 *   that points its own name at this machine (DNS rebinding) is refused.
 * - With a token every request needs it, under any Host: as `Authorization: Bearer`, or as the cookie that `?token=`
 *   sets once. /healthz, /readyz and the style sheet hold no secret and need none.
 * - A request of a writing method (`methods`) that a browser sends must come from this page itself, by its Origin and
 *   Sec-Fetch-Site headers. Under /api/ it must also have a header that a form cannot send (WRITES_HEADER). The cookies are
 *   SameSite=Strict besides.
 */
import { createHmac, hash, timingSafeEqual } from "node:crypto";
import { isIP, isIPv4 } from "node:net";
import * as Redacted from "effect/Redacted";

export const SECURITY_HEADERS = {
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; "),
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-cache",
} as const;

/**
 * Who may read the page. `local`: this machine only (the default). `open`: every machine (VENTES_AUTH=none). `token`:
 * requests with the token.
 */
export type Access =
  | { readonly kind: "local" }
  | { readonly kind: "open" }
  | { readonly kind: "token"; readonly token: Redacted.Redacted };

/** The parts of a request that `admit` reads: `url` is the path with its query, header names are in lower case. */
export interface PageRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** How many Host headers were sent. `headers` has the first; a proxy before us may have taken another. Default: 1. */
  readonly hosts?: number;
}

export type Admission =
  | { readonly kind: "admitted" }
  | {
      readonly kind: "refused";
      readonly status: 400 | 401 | 403 | 405;
      readonly error: string;
      /** The request gave a token, and it is wrong. */
      readonly isGuess?: boolean;
    }
  /** The token in the address is right: the answer sets the cookie and redirects to the address without the token. */
  | { readonly kind: "signedIn"; readonly location: string; readonly cookie: string };

const READS: readonly string[] = ["GET", "HEAD"];
/**
 * A page of another site could send it only after a preflight, which no answer of ours allows. Its value is the key of a
 * session, where there is one (writers.ts).
 */
export const WRITES_HEADER = "x-ventes";
const OPEN_PATHS: ReadonlySet<string> = new Set(["/healthz", "/readyz", "/style.css"]);

const ADMITTED: Admission = { kind: "admitted" };
const refused = (status: 400 | 401 | 403 | 405, error: string) =>
  ({ kind: "refused", status, error }) as const;

/** Whether a host name or address is this machine's loopback. IPv6 with or without brackets. */
export function isLoopback(host: string): boolean {
  const name = unbracketed(host);
  return name === "localhost" || name === "::1" || (isIPv4(name) && name.startsWith("127."));
}

const unbracketed = (host: string): string => host.toLowerCase().replace(/^\[(.*)\]$/, "$1");

/** Whether the page may listen on this address: on others than loopback only with a token or VENTES_AUTH=none. */
export const mayServe = (host: string, access: Access): boolean =>
  access.kind !== "local" || isLoopback(host);

/** Decides about one request. `methods`: those that its path takes; default: GET and HEAD. */
export function admit(access: Access, request: PageRequest, methods: readonly string[] = READS): Admission {
  const { method, url, headers, hosts = 1 } = request;
  if (hosts > 1) return refused(400, "one Host header only");
  if (access.kind !== "token" && !isNamed(headers.host, access.kind === "open"))
    return refused(403, "this page answers to localhost and to addresses only, not to other names");
  if (!methods.includes(method)) return refused(405, `${methods.join(" and ")} only`);
  if (!READS.includes(method) && !isFromItsOwnPage(headers))
    return refused(
      403,
      "a request that changes something must come from this page itself; a proxy must pass its Host header on",
    );
  if (!READS.includes(method) && url.startsWith("/api/") && (headers[WRITES_HEADER] ?? "") === "")
    return refused(403, `a request that changes something needs the header ${WRITES_HEADER}`);
  if (access.kind !== "token") return ADMITTED;

  // Compares the path as it was sent: a normalized path might be another one than the router takes.
  if (READS.includes(method) && OPEN_PATHS.has(url.split("?", 1)[0] ?? url)) return ADMITTED;
  const token = Redacted.value(access.token);
  const there = URL.canParse(url, HERE) ? new URL(url, HERE) : undefined;
  const given = there?.searchParams.get("token");
  if (method === "GET" && there !== undefined && given != null && isSame(given, token))
    return signIn(token, there, headers);
  if (hasToken(headers, token)) return ADMITTED;
  const isGuess = given != null || headers.authorization !== undefined;
  return { ...refused(401, "this page asks for its token"), isGuess };
}

const HERE = "http://localhost";

/** Whether a Host header names this machine, or (`anyAddress`) any address. */
function isNamed(header: string | undefined, anyAddress: boolean): boolean {
  if (header === undefined || !URL.canParse(`http://${header}`)) return false;
  const url = new URL(`http://${header}`);
  if (url.username !== "" || url.pathname !== "/" || url.search !== "") return false;
  return isLoopback(url.hostname) || (anyAddress && isIP(unbracketed(url.hostname)) !== 0);
}

/** Programs send neither header. Browsers send Origin with each writing method, and most of them send Sec-Fetch-Site too. */
function isFromItsOwnPage(headers: PageRequest["headers"]): boolean {
  const { origin, host } = headers;
  if ((headers["sec-fetch-site"] ?? "same-origin") !== "same-origin") return false;
  if (origin === undefined) return true;
  return URL.canParse(origin) && /^https?:$/.test(new URL(origin).protocol) && new URL(origin).host === host;
}

/** Compares in a time that does not depend on how many characters are right. */
const isSame = (given: string, token: string): boolean => timingSafeEqual(digest(given), digest(token));
const digest = (text: string): Buffer => hash("sha256", text, "buffer");

function hasToken({ authorization, cookie }: PageRequest["headers"], token: string): boolean {
  const bearer = /^bearer +(.+)$/i.exec(authorization ?? "")?.[1];
  if (bearer !== undefined) return isSame(bearer.trim(), token);
  const ours = cookieOf(token);
  const sent = (cookie ?? "")
    .split(";")
    .map((pair) => pair.trim().split("="))
    .find(([name]) => name === ours.name)?.[1];
  return sent !== undefined && isSame(sent, ours.value);
}

/**
 * The cookie holds a value derived from the token, not the token: it is valid until the token changes, also after a
 * restart. Its name is derived from the token too, because browsers share cookies between the ports of one host.
 */
function cookieOf(token: string): { readonly name: string; readonly value: string } {
  const value = createHmac("sha256", token).update("ventes cookie").digest("hex");
  const name = createHmac("sha256", token).update("ventes cookie name").digest("hex").slice(0, 8);
  return { name: `ventes_${name}`, value };
}

function signIn(token: string, there: URL, headers: PageRequest["headers"]): Admission {
  there.searchParams.delete("token");
  const { name, value } = cookieOf(token);
  const secure = headers["x-forwarded-proto"] === "https" ? "; Secure" : "";
  return {
    kind: "signedIn",
    // Only one slash at the start: `//elsewhere` would name another host.
    location: `${there.pathname.replace(/^\/+/, "/")}${there.search}`,
    cookie: `${name}=${value}; Path=/; HttpOnly; SameSite=Strict${secure}`,
  };
}
