/**
 * A URL as a source, through undici (imported here only): one conditional GET into the spool. Redirects are
 * followed by hand, each one checked; times, sizes and decompression are limited; a body that ends early is an
 * error, not a version. Without validators of the server an equal hash means unchanged.
 */
import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from "node:zlib";
import { Agent, buildConnector, request } from "undici";
import { SourceRefusal } from "../source-error.ts";
import { isPublicAddress } from "./addresses.ts";
import type { Fetched, Trusted, Validators } from "./fetched.ts";

const MAX_REDIRECTS = 5;
const HEADERS_MS = 30_000;
const BODY_IDLE_MS = 60_000;
const CONNECT_MS = 10_000;
const KEEP_ALIVE_MS = 10_000;
/** Content may grow this much by decompression, beyond the first MiB: no CSV compresses better. */
const MAX_INFLATION = 1_000;

/** The server asks for a retry, or the network failed: trying again may help. `afterMs`: its Retry-After. */
export class Retryable extends Error {
  readonly refusal: SourceRefusal;
  readonly afterMs: number | undefined;

  constructor(refusal: SourceRefusal, afterMs?: number) {
    super(refusal.message);
    this.refusal = refusal;
    this.afterMs = afterMs;
  }
}

class NotPublic extends Error {}

/** Connections of a producer: any address, and public ones only. Close it with its owner. */
export class HttpClient {
  readonly #any: Agent;
  readonly #public: Agent;

  constructor() {
    const options = {
      headersTimeout: HEADERS_MS,
      bodyTimeout: BODY_IDLE_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connections: 4,
    };
    const connect = buildConnector({ timeout: CONNECT_MS });
    this.#any = new Agent({ ...options, connect });
    this.#public = new Agent({
      ...options,
      connect: (target, callback) =>
        connect(target, (error, socket) => {
          if (error !== null) return callback(error, null);
          if (socket.remoteAddress === undefined || !isPublicAddress(socket.remoteAddress)) {
            const { remoteAddress } = socket;
            socket.destroy();
            return callback(new NotPublic(remoteAddress ?? "?"), null);
          }
          return callback(null, socket);
        }),
    });
  }

  agent(publicOnly: boolean): Agent {
    return publicOnly ? this.#public : this.#any;
  }

  async close(): Promise<void> {
    await Promise.all([this.#any.destroy(), this.#public.destroy()]);
  }
}

export interface HttpOptions {
  readonly client: HttpClient;
  readonly source: string;
  readonly spool: string;
  readonly known: Validators | null;
  readonly allowPrivate: boolean;
  readonly trusted: Trusted;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

/** Throws SourceRefusal, or Retryable. */
export async function fetchHttp(options: HttpOptions): Promise<Fetched> {
  try {
    return await follow(options);
  } catch (error) {
    await rm(options.spool, { force: true });
    if (options.signal.aborted) throw error;
    throw failureOf(error);
  }
}

async function follow(options: HttpOptions): Promise<Fetched> {
  const { client, source, spool, known, allowPrivate, trusted, maxBytes, signal } = options;
  let url = new URL(source);
  const { origin } = url;
  for (let hop = 0; ; hop++) {
    const registered = url.origin === origin;
    // Credentials of the registered URL stay on its origin.
    const authorization =
      registered && url.username !== ""
        ? `Basic ${Buffer.from(`${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`).toString("base64")}`
        : undefined;
    const response = await request(bare(url), {
      dispatcher: client.agent(!(registered && trusted === "operator") && !allowPrivate),
      signal,
      headers: {
        accept: "text/csv, text/plain;q=0.9, */*;q=0.5",
        "accept-encoding": "zstd, br, gzip, deflate",
        "user-agent": "ventes",
        ...(authorization === undefined ? {} : { authorization }),
        ...(known?.etag == null ? {} : { "if-none-match": known.etag }),
        ...(known?.etag != null || known?.lastModified == null
          ? {}
          : { "if-modified-since": known.lastModified }),
      },
    });
    const { statusCode, headers, body } = response;
    if ([301, 302, 303, 307, 308].includes(statusCode)) {
      await body.dump();
      const location = one(headers.location);
      if (location === undefined || !URL.canParse(location, url.href))
        throw new SourceRefusal("source.http_status", `${statusCode} without a location`);
      if (hop >= MAX_REDIRECTS) throw new SourceRefusal("source.redirects", String(MAX_REDIRECTS));
      const next = new URL(location, url.href);
      if (next.protocol !== "http:" && next.protocol !== "https:")
        throw new SourceRefusal("source.not_allowed", next.protocol);
      if (next.origin === origin) {
        next.username = url.username;
        next.password = url.password;
      }
      url = next;
      continue;
    }
    const freshMs = freshFor(one(headers["cache-control"]), one(headers.age));
    if (statusCode === 304 && known !== null) {
      await body.dump();
      return { kind: "unchanged", validators: known, freshMs };
    }
    if (statusCode !== 200) {
      await body.dump();
      throw statusFailure(statusCode, one(headers["retry-after"]));
    }

    const length = one(headers["content-length"]);
    const hash = createHash("sha256");
    let received = 0;
    let bytes = 0;
    const wire = new Transform({
      transform(chunk: Buffer, _, done) {
        received += chunk.length;
        done(null, chunk);
      },
    });
    const content = new Transform({
      transform(chunk: Buffer, _, done) {
        bytes += chunk.length;
        if (bytes > maxBytes) return done(new SourceRefusal("source.too_large", String(maxBytes)));
        if (bytes > 1024 ** 2 && bytes > received * MAX_INFLATION)
          return done(new SourceRefusal("source.too_large", `${received} x ${MAX_INFLATION}`));
        hash.update(chunk);
        return done(null, chunk);
      },
    });
    const encodings = (one(headers["content-encoding"]) ?? "")
      .split(",")
      .map((e) => e.trim().toLowerCase())
      .filter((e) => e !== "" && e !== "identity");
    const decoders = encodings.reverse().map(decoderOf);
    try {
      await pipeline([body, wire, ...decoders, content, createWriteStream(spool)], { signal });
    } catch (error) {
      if (isZlibError(error)) throw new SourceRefusal("source.bad_encoding", encodings.join(", "));
      if (error instanceof SourceRefusal || signal.aborted || LOCAL_FAILURES.has(codeOf(error))) throw error;
      throw new Retryable(new SourceRefusal("source.truncated", reasonOf(error)));
    }
    if (length !== undefined && Number(length) !== received)
      throw new Retryable(new SourceRefusal("source.truncated", `${received}/${length}`));

    const validators: Validators = {
      etag: one(headers.etag) ?? null,
      lastModified: one(headers["last-modified"]) ?? null,
      stat: null,
      hash: hash.digest("hex"),
      left: false,
    };
    if (known?.hash === validators.hash) {
      await rm(spool, { force: true });
      return { kind: "unchanged", validators, freshMs };
    }
    return { kind: "content", file: spool, bytes, url: bare(url).href, validators, freshMs };
  }
}

const bare = (url: URL): URL => {
  const copy = new URL(url.href);
  copy.username = "";
  copy.password = "";
  return copy;
};

const one = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header[0] : header;

function decoderOf(encoding: string) {
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

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : "";

const isZlibError = (error: unknown): boolean => /^(Z_|ERR__?BROTLI|ZSTD_|ERR_ZSTD)/.test(codeOf(error));

const RETRIED_STATUS = new Set([408, 425, 429, 500, 502, 503, 504]);

function statusFailure(status: number, retryAfter: string | undefined): Error {
  if (status === 404 || status === 410) return new SourceRefusal("source.not_found", String(status));
  const refusal = new SourceRefusal("source.http_status", String(status));
  return RETRIED_STATUS.has(status) ? new Retryable(refusal, retryAfterMs(retryAfter)) : refusal;
}

/** What is left of max-age; null where the server says nothing, or that an answer is not to be kept. */
export function freshFor(cacheControl: string | undefined, age: string | undefined): number | null {
  const said = (cacheControl ?? "").toLowerCase();
  const seconds = /(?:^|[\s,])max-age\s*=\s*"?(\d+)/.exec(said)?.[1];
  if (seconds === undefined || /(?:^|[\s,])no-(cache|store)/.test(said)) return null;
  return Math.max(0, Number(seconds) - (Number(age) || 0)) * 1000;
}

/** Seconds, or a date. */
export function retryAfterMs(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const seconds = Number(header);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

function failureOf(error: unknown): unknown {
  if (error instanceof SourceRefusal || error instanceof Retryable) return error;
  const cause = error instanceof Error && error.cause instanceof NotPublic ? error.cause : error;
  if (cause instanceof NotPublic) return new SourceRefusal("source.not_allowed", cause.message);
  const code = codeOf(error);
  if (code !== "" && !LOCAL_FAILURES.has(code))
    return new Retryable(new SourceRefusal("source.unreachable", reasonOf(error)));
  return error;
}

/** Of our own disk, not of the source. */
const LOCAL_FAILURES = new Set(["ENOSPC", "EDQUOT", "EROFS", "EACCES", "EIO", "EMFILE", "ENFILE"]);

const reasonOf = (error: unknown): string => {
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : String(error);
  return code === "" || message.includes(code) ? message : `${code} ${message}`.trim();
};
