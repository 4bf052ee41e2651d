/**
 * Who may ask, and what every answer carries. The page has no password yet, so it listens on loopback only, and
 * a request must name a loopback host: a web site that points its own name at 127.0.0.1 (DNS rebinding) is
 * refused. Nothing is written through HTTP: GET and HEAD only.
 */
import { isIPv4 } from "node:net";

export const SECURITY_HEADERS = {
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-cache",
} as const;

/** Names and addresses that only this machine can mean. IPv6 with or without its brackets. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[(.*)\]$/, "$1");
  return name === "localhost" || name === "::1" || (isIPv4(name) && name.startsWith("127."));
}

/** Whether a Host header names this machine. */
export function isOwnHost(header: string | undefined): boolean {
  if (header === undefined || !URL.canParse(`http://${header}`)) return false;
  const url = new URL(`http://${header}`);
  return url.username === "" && url.pathname === "/" && url.search === "" && isLoopback(url.hostname);
}

/** The status and reason of a refusal, or undefined. */
export function refusal(method: string, host: string | undefined): readonly [number, string] | undefined {
  if (!isOwnHost(host)) return [403, "this page answers to localhost and 127.0.0.1 only"];
  if (method !== "GET" && method !== "HEAD") return [405, "GET and HEAD only"];
  return undefined;
}
