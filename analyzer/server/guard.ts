/**
 * Who may ask, and what every answer carries. `admit` is asked before any route, once for each request:
 *
 * - Without a token the page listens on loopback only, unless VENTES_AUTH=none says that whoever reaches it may
 *   read it (`mayServe`). A request must then name this machine or an address: a web site that points its own name
 *   here (DNS rebinding) is refused, for an address is nothing that it could point.
 * - With a token every request needs it, by whatever name it comes: `Authorization: Bearer`, or the cookie that
 *   `?token=` sets once. /healthz and the style sheet say nothing secret and are open.
 * - A route that writes names its methods. A browser says where such a request comes from (Origin): only this page's
 *   own may. The cookie is SameSite=Strict besides.
 */
import { createHmac, hash, timingSafeEqual } from "node:crypto";
import { isIP, isIPv4 } from "node:net";

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

/** `local`: nothing was set, so this machine only. `open`: anyone who reaches it (VENTES_AUTH=none). */
export type Access =
  | { readonly kind: "local" }
  | { readonly kind: "open" }
  | { readonly kind: "token"; readonly token: string };

/** What `admit` looks at: the path with its query, header names in lower case. */
export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

export type Admission =
  | { readonly kind: "admitted" }
  | { readonly kind: "refused"; readonly status: 401 | 403 | 405; readonly error: string }
  /** The token was right: the cookie is set, and the address asked again without it. */
  | { readonly kind: "signedIn"; readonly location: string; readonly cookie: string };

const READS: readonly string[] = ["GET", "HEAD"];
const OPEN_PATHS: ReadonlySet<string> = new Set(["/healthz", "/style.css"]);

const ADMITTED: Admission = { kind: "admitted" };
const refused = (status: 401 | 403 | 405, error: string): Admission => ({ kind: "refused", status, error });

/** Names and addresses that only this machine can mean. IPv6 with or without its brackets. */
export function isLoopback(host: string): boolean {
  const name = unbracketed(host);
  return name === "localhost" || name === "::1" || (isIPv4(name) && name.startsWith("127."));
}

const unbracketed = (host: string): string => host.toLowerCase().replace(/^\[(.*)\]$/, "$1");

/** Whether the page may listen on this address: others reach it only with a token, or where that was waived. */
export const mayServe = (host: string, access: Access): boolean =>
  access.kind !== "local" || isLoopback(host);

/** `methods`: those of the route, where it does more than read. */
export function admit(access: Access, asked: Asked, methods: readonly string[] = READS): Admission {
  const { method, url, headers } = asked;
  if (access.kind !== "token" && !isNamed(headers.host, access.kind === "open"))
    return refused(403, "this page answers to localhost and to addresses only, not to other names");
  if (!methods.includes(method)) return refused(405, `${methods.join(" and ")} only`);
  if (!READS.includes(method) && !isFromItsOwnPage(headers))
    return refused(403, "a request that changes something must come from this page itself");
  if (access.kind !== "token") return ADMITTED;

  // As it was sent: a path that only means an open one might be read otherwise behind us.
  if (READS.includes(method) && OPEN_PATHS.has(url.split("?", 1)[0] ?? url)) return ADMITTED;
  const there = URL.canParse(url, HERE) ? new URL(url, HERE) : undefined;
  const given = there?.searchParams.get("token");
  if (method === "GET" && there !== undefined && given != null && isSame(given, access.token))
    return signIn(access.token, there, headers);
  return hasToken(headers, access.token) ? ADMITTED : refused(401, "this page asks for its token");
}

const HERE = "http://localhost";

/** Whether a Host header names this machine, or (`anyAddress`) any address. */
function isNamed(header: string | undefined, anyAddress: boolean): boolean {
  if (header === undefined || !URL.canParse(`http://${header}`)) return false;
  const url = new URL(`http://${header}`);
  if (url.username !== "" || url.pathname !== "/" || url.search !== "") return false;
  return isLoopback(url.hostname) || (anyAddress && isIP(unbracketed(url.hostname)) !== 0);
}

/** Programs send no Origin; browsers always do with what may write. */
function isFromItsOwnPage({ origin, host }: Asked["headers"]): boolean {
  if (origin === undefined) return true;
  return URL.canParse(origin) && /^https?:$/.test(new URL(origin).protocol) && new URL(origin).host === host;
}

/** In a time that does not tell how much of it was right. */
const isSame = (given: string, token: string): boolean => timingSafeEqual(digest(given), digest(token));
const digest = (text: string): Buffer => hash("sha256", text, "buffer");

function hasToken({ authorization, cookie }: Asked["headers"], token: string): boolean {
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
 * The cookie does not hold the token, but what only the token gives: another token ends it, a restart does not. Its
 * name tells the pages of one host apart, for cookies are not kept apart by port.
 */
function cookieOf(token: string): { readonly name: string; readonly value: string } {
  const value = createHmac("sha256", token).update("ventes cookie").digest("hex");
  const name = createHmac("sha256", token).update("ventes cookie name").digest("hex").slice(0, 8);
  return { name: `ventes_${name}`, value };
}

function signIn(token: string, there: URL, headers: Asked["headers"]): Admission {
  there.searchParams.delete("token");
  const { name, value } = cookieOf(token);
  const secure = headers["x-forwarded-proto"] === "https" ? "; Secure" : "";
  return {
    kind: "signedIn",
    // One slash: `//elsewhere` would be another host.
    location: `${there.pathname.replace(/^\/+/, "/")}${there.search}`,
    cookie: `${name}=${value}; Path=/; HttpOnly; SameSite=Strict${secure}`,
  };
}
