/** What the headers of an HTTP answer state of its content: identity, range, length, encoding, freshness. */
import type { Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from "node:zlib";
import { SourceRefusal } from "../source/index.ts";
import type { Validators } from "./fetched.ts";
import type { Origin } from "./intake.ts";
import type { Identity } from "./partial.ts";
import type { Answer } from "./request.ts";

/** A weak ETag does here: equal in meaning is unchanged. */
export function conditionOf({ etag, lastModified, young }: Validators): Readonly<Record<string, string>> {
  if (etag !== null) return { "if-none-match": etag };
  // Within the second that a date can tell it may have been changed once more.
  return lastModified === null || young ? {} : { "if-modified-since": lastModified };
}

export interface Range {
  readonly start: number;
  readonly end: number;
  readonly total: number;
}

/** Of a 206; undefined where it is none that can be used: of unknown total, or in several parts. */
export function rangeOf({ header }: Answer): Range | undefined {
  const said = /^bytes (\d+)-(\d+)\/(\d+)$/i.exec(header("content-range")?.trim() ?? "");
  return said === null ? undefined : { start: Number(said[1]), end: Number(said[2]), total: Number(said[3]) };
}

/** Whether a 206 is the rest of the very body that was begun. */
export function goesOn(answer: Answer, { identity, bytes }: { identity: Identity; bytes: number }): boolean {
  const range = rangeOf(answer);
  const { etag, lastModified } = originOf(answer, true);
  return (
    range !== undefined &&
    range.start === bytes &&
    range.end === range.total - 1 &&
    range.total === identity.length &&
    encodingsOf(answer).length === 0 &&
    (identity.etag === null ? lastModified === identity.lastModified : etag === identity.etag)
  );
}

export const isStrong = (etag: string): boolean => !/^W\//i.test(etag);

/** By what the body is known again when it is cut; null: it is not. */
export function identityOf({ etag, lastModified, young }: Origin, total: number): Identity | null {
  if (etag !== null && isStrong(etag)) return { etag, lastModified: null, length: total };
  return lastModified === null || young ? null : { etag: null, lastModified, length: total };
}

/** A second is what a date can tell, and clocks of a server's parts differ. */
export const YOUNG_MS = 2000;

export function originOf({ header }: Answer, ranges: boolean): Origin {
  const lastModified = header("last-modified") ?? null;
  const now = Date.parse(header("date") ?? "") || Date.now();
  return {
    etag: header("etag") ?? null,
    lastModified,
    young: lastModified !== null && now - Date.parse(lastModified) < YOUNG_MS,
    stat: null,
    ranges,
    charset: /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(header("content-type") ?? "")?.[1]?.toLowerCase() ?? null,
  };
}

/** Of this body. */
export function lengthOf(answer: Answer): number | undefined {
  const range = answer.status === 206 ? rangeOf(answer) : undefined;
  if (range !== undefined) return range.end - range.start + 1;
  const said = answer.header("content-length");
  return said !== undefined && /^\d+$/.test(said) ? Number(said) : undefined;
}

export const encodingsOf = ({ header }: Answer): readonly string[] =>
  (header("content-encoding") ?? "")
    .split(",")
    .map((e) => e.trim().toLowerCase())
    .filter((e) => e !== "" && e !== "identity");

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

/** What is left of max-age; null where the server says nothing, or that an answer is not to be kept. */
export function freshFor(cacheControl: string | undefined, age: string | undefined): number | null {
  const said = (cacheControl ?? "").toLowerCase();
  const seconds = /(?:^|[\s,])max-age\s*=\s*"?(\d+)/.exec(said)?.[1];
  if (seconds === undefined || /(?:^|[\s,])no-(cache|store)/.test(said)) return null;
  return Math.max(0, Number(seconds) - (Number(age) || 0)) * 1000;
}
