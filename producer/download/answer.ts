/** Reads the headers of an HTTP answer: identity, range, length, encoding and freshness of its content. */
import type { Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from "node:zlib";
import { SourceRefusal } from "../source/index.ts";
import type { Validators } from "./fetched.ts";
import type { Origin } from "./intake.ts";
import type { Identity } from "./partial.ts";
import type { Answer } from "./request.ts";

/** The headers of a conditional request. A weak ETag is enough, because equal meaning is unchanged content. */
export function conditionOf({ etag, lastModified, young }: Validators): Readonly<Record<string, string>> {
  if (etag !== null) return { "if-none-match": etag };
  // A date has no fractions of a second, so a young content may have changed again under the same date.
  return lastModified === null || young ? {} : { "if-modified-since": lastModified };
}

export interface Range {
  readonly start: number;
  readonly end: number;
  readonly total: number;
}

/** The range of a 206; undefined: it cannot be used, because its total is unknown or it has several parts. */
export function rangeOf({ header }: Answer): Range | undefined {
  const stated = /^bytes (\d+)-(\d+)\/(\d+)$/i.exec(header("content-range")?.trim() ?? "");
  return stated === null
    ? undefined
    : { start: Number(stated[1]), end: Number(stated[2]), total: Number(stated[3]) };
}

/** Whether a 206 is the rest of the body whose download began before. */
export function goesOn(answer: Answer, { identity, bytes }: { identity: Identity; bytes: number }): boolean {
  const range = rangeOf(answer);
  const isSame =
    identity.etag === null
      ? answer.header("last-modified") === identity.lastModified
      : answer.header("etag") === identity.etag;
  return (
    range !== undefined &&
    range.start === bytes &&
    range.end === range.total - 1 &&
    range.total === identity.length &&
    encodingsOf(answer).length === 0 &&
    isSame
  );
}

export const isStrong = (etag: string): boolean => !/^W\//i.test(etag);

/** What identifies the body for a download that continues after a cut; null: nothing does. */
export function identityOf({ etag, lastModified, young }: Origin, total: number): Identity | null {
  if (etag !== null && isStrong(etag)) return { etag, lastModified: null, length: total };
  return lastModified === null || young ? null : { etag: null, lastModified, length: total };
}

/** A content that changed this recently is young: dates are exact to a second, and a server's clocks differ. */
export const YOUNG_MS = 2000;

/** `now`: in milliseconds since 1970; the server's own date is better, and most give it. */
export function originOf(answer: Answer, ranges: boolean, now: number): Origin {
  const { header } = answer;
  const lastModified = header("last-modified") ?? null;
  const dated = Date.parse(header("date") ?? "") || now;
  return {
    etag: header("etag") ?? null,
    lastModified,
    young: lastModified !== null && dated - Date.parse(lastModified) < YOUNG_MS,
    stat: null,
    ranges,
    ...(isProven(answer) ? {} : { unproven: true }),
    charset: /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(header("content-type") ?? "")?.[1]?.toLowerCase() ?? null,
  };
}

/** Whether something tells that the body is whole: its length, its chunks, or the compression, which has an end. */
const isProven = (answer: Answer): boolean =>
  lengthOf(answer) !== undefined ||
  encodingsOf(answer).length > 0 ||
  /\bchunked\b/i.test(answer.header("transfer-encoding") ?? "");

/** The same of what was unpacked: an archive proves its own end. */
export const ofUnpacked = (origin: Origin): Origin => ({
  ...origin,
  ranges: false,
  charset: null,
  unproven: undefined,
});

/** The length of this body in bytes; undefined: the headers do not give it. */
export function lengthOf(answer: Answer): number | undefined {
  const range = answer.status === 206 ? rangeOf(answer) : undefined;
  if (range !== undefined) return range.end - range.start + 1;
  const stated = answer.header("content-length");
  return stated !== undefined && /^\d+$/.test(stated) ? Number(stated) : undefined;
}

/** What servers write where a compression belongs, although they compress nothing. */
const UNCOMPRESSED: ReadonlySet<string> = new Set(
  [
    "",
    "identity",
    "none",
    "null",
    "no",
    "off",
    "aws-chunked",
    "chunked",
    "binary",
    "7bit",
    "8bit",
    "raw",
    "text",
  ].concat(["text/csv", "text/plain", "csv", "plain", "utf8mb4", "application/octet-stream"]),
);

/** Whether a text is the name of a character set, which some servers send as the Content-Encoding. */
function isCharset(text: string): boolean {
  try {
    return new TextDecoder(text) !== undefined;
  } catch {
    return false;
  }
}

/** The compressions of the body, in the order in which they were applied. */
export const encodingsOf = ({ header }: Answer): readonly string[] =>
  (header("content-encoding") ?? "")
    .split(",")
    .map((e) => e.trim().toLowerCase())
    .filter((e) => !UNCOMPRESSED.has(e) && !isCharset(e));

export function decoderOf(encoding: string): Transform {
  switch (encoding) {
    case "gzip":
    case "x-gzip":
      return createGunzip();
    case "br":
      return createBrotliDecompress();
    case "zstd":
      return createZstdDecompress();
    case "deflate":
      return createInflate();
    default:
      throw new SourceRefusal("source.bad_encoding", encoding);
  }
}

export const freshOf = ({ header }: Answer): number | null =>
  freshFor(header("cache-control"), header("age"));

/** The rest of max-age in milliseconds; null: there is none, or the answer must not be stored. */
export function freshFor(cacheControl: string | undefined, age: string | undefined): number | null {
  const stated = (cacheControl ?? "").toLowerCase();
  const seconds = /(?:^|[\s,])max-age\s*=\s*"?(\d+)/.exec(stated)?.[1];
  if (seconds === undefined || /(?:^|[\s,])no-(cache|store)/.test(stated)) return null;
  return Math.max(0, Number(seconds) - (Number(age) || 0)) * 1000;
}
