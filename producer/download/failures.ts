/** The failures of a download: whether the source or this machine is the cause, and whether to try again. */
import { masked } from "#shared/runtime/masked.ts";
import { codeOf, SourceRefusal } from "../source/index.ts";
import { NotPublic } from "./addresses.ts";

/** The network failed, or the server asks for a retry: trying again may help. `afterMs`: its Retry-After. */
export class Retryable extends Error {
  readonly refusal: SourceRefusal;
  readonly afterMs: number | undefined;

  constructor(refusal: SourceRefusal, afterMs?: number) {
    super(refusal.message);
    this.refusal = refusal;
    this.afterMs = afterMs;
  }
}

export const reasonOf = (error: unknown): string => {
  const code = codeOf(error);
  const message = masked(error instanceof Error ? error.message : String(error));
  return code === "" || message.includes(code) ? message : `${code} ${message}`.trim();
};

export const isZlibError = (error: unknown): boolean =>
  /^(Z_|ERR__?BROTLI|ZSTD_|ERR_ZSTD)/.test(codeOf(error));

/** System errors of our own disk, not of the source. */
const LOCAL_FAILURES = new Set(["ENOSPC", "EDQUOT", "EROFS", "EACCES", "EIO", "EMFILE", "ENFILE"]);
export const isLocalFailure = (error: unknown): boolean => LOCAL_FAILURES.has(codeOf(error));

/** Whether the answer is no readable HTTP. */
const isNotHttp = (error: unknown): boolean =>
  codeOf(error) === "UND_ERR_HEADERS_OVERFLOW" ||
  (error instanceof Error && error.name === "HTTPParserError");

/** The codes of Node for a certificate whose authority is not known here. */
const UNKNOWN_AUTHORITY: ReadonlySet<string> = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

const RETRIED_STATUS = new Set([408, 425, 429, 500, 502, 503, 504]);
/** undici has no code for a proxy that refuses, so this matches its message. */
const PROXY_STATUS = /Proxy response \((\d+)\)|Proxy Authentication Required \((\d+)\)/;

/** The failure for a status of the server. `credential`: the credential that was sent, in the form that may be shown. `now`: in ms. */
export function statusFailure(
  status: number,
  retryAfter: string | undefined,
  credential: string | undefined,
  now: number,
): Error {
  if (status === 404 || status === 410) return new SourceRefusal("source.not_found", String(status));
  if (status === 401 || status === 403)
    return new SourceRefusal("source.unauthorized", String(status), credential);
  const refusal = new SourceRefusal("source.http_status", String(status));
  return RETRIED_STATUS.has(status) ? new Retryable(refusal, retryAfterMs(retryAfter, now)) : refusal;
}

/** The milliseconds of a Retry-After, which is a number of seconds or a date. `now`: in milliseconds since 1970. */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const seconds = Number(header);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - now;
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

/** Turns an error of undici or Node into a SourceRefusal or a Retryable. Returns errors of our own disk unchanged. */
export function failureOf(error: unknown): unknown {
  if (error instanceof SourceRefusal || error instanceof Retryable) return error;
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof NotPublic) return new SourceRefusal("source.private_address", cause.message);
    const status = PROXY_STATUS.exec(cause.message);
    if (status !== null) {
      const refusal = new SourceRefusal("source.proxy", status[1] ?? status[2] ?? "");
      return RETRIED_STATUS.has(Number(refusal.what)) ? new Retryable(refusal) : refusal;
    }
  }
  if (UNKNOWN_AUTHORITY.has(codeOf(error))) return new SourceRefusal("source.certificate", codeOf(error));
  if (isNotHttp(error)) return new SourceRefusal("source.not_http", reasonOf(error));
  if (codeOf(error) !== "" && !isLocalFailure(error))
    return new Retryable(new SourceRefusal("source.unreachable", reasonOf(error)));
  return error;
}
