/**
 * A URL as a source: one conditional GET into the spool. If the server accepts ranges, the GET asks for the appended
 * part: 304 means unchanged, 206 is the tail, and any other answer means that the whole content is read. A download that
 * was cut continues where it stopped. Times, sizes and decompression are limited. A body that ends early is an error,
 * not a version. If the server has no validators, equal bytes mean unchanged.
 */
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { Transform } from "node:stream";
import { entryOfSource, SourceRefusal, shareLinkOf } from "../source/index.ts";
import {
  conditionOf,
  encodingsOf,
  freshOf,
  goesOn,
  identityOf,
  lengthOf,
  ofUnpacked,
  originOf,
  rangeOf,
} from "./answer.ts";
import { excess, refusalOf, unpack } from "./archive.ts";
import { decoding } from "./decoding.ts";
import { failureOf, isZlibError, Retryable, statusFailure } from "./failures.ts";
import { type Fetched, isWholeDue, type Validators } from "./fetched.ts";
import { Intake, readAt, refuseOlder, settle, sha256, tailOf } from "./intake.ts";
import type { Limits } from "./limits.ts";
import type { Partial } from "./partial.ts";
import { Receiver } from "./receiver.ts";
import { type Answer, get, type RequestOptions } from "./request.ts";
import { Room } from "./room.ts";

export { HttpClient } from "./connections.ts";
export { Retryable } from "./failures.ts";

export interface HttpOptions extends RequestOptions {
  /** The path for the content. */
  readonly spool: string;
  /** Where a body is kept so that its download can continue after a cut; null: nowhere. */
  readonly partial: Partial | null;
  readonly known: Validators | null;
  /** The byte from which the caller can use an appended tail; null: the caller needs the whole content. */
  readonly resumeFrom: number | null;
  /** Largest content in bytes. Default: the client's limit. */
  readonly maxBytes?: number;
}

/** Downloads a URL. Throws SourceRefusal, or Retryable. */
export async function fetchHttp(options: HttpOptions): Promise<Fetched> {
  const { source, spool, signal, partial } = options;
  const page = shareLinkOf(source);
  if (page?.certain === true) throw new SourceRefusal("source.share_link", page.service, page.file);
  try {
    return await new Look(options).run();
  } catch (error) {
    await Promise.all([rm(spool, { force: true }), rm(packedPath(spool), { force: true })]);
    if (signal.aborted) throw error;
    const failure = failureOf(error);
    if (!mayGoOn(failure)) await partial?.remove();
    throw failure;
  }
}

/** Whether a download can continue after this failure: after a cut, but not after a refusal. */
const mayGoOn = (failure: unknown): boolean =>
  failure instanceof Retryable || (failure instanceof SourceRefusal && failure.code === "source.too_slow");

/** The path of a body that may be packed. */
const packedPath = (spool: string): string => `${spool}.packed`;

const COMPRESSED = { "accept-encoding": "zstd, br, gzip, deflate" };

/** Ranges count bytes of the content only if the answer is not compressed. */
const AS_IT_IS = { "accept-encoding": "identity" };

class Look {
  readonly #options: HttpOptions;
  readonly #bodies: Answer["body"][] = [];
  readonly #receiver: Receiver;
  readonly #room: Room;

  constructor(options: HttpOptions) {
    this.#options = options;
    this.#receiver = new Receiver(options.client.limits, options.signal, options.clock);
    this.#room = new Room(dirname(options.spool), options.client.limits.reserve);
  }

  async run(): Promise<Fetched> {
    try {
      return await this.#poll();
    } finally {
      // A body that was not read to its end would keep its connection busy.
      for (const body of this.#bodies) body.on("error", () => {}).destroy();
    }
  }

  async #poll(): Promise<Fetched> {
    const { known, resumeFrom, partial } = this.#options;
    const due = known === null || isWholeDue(known, this.#now);
    const condition = due ? {} : conditionOf(known);
    const begun = (await partial?.found()) ?? null;
    if (begun !== null) {
      const { etag, lastModified } = begun.identity;
      const answer = await this.#get({
        ...AS_IT_IS,
        ...condition,
        range: `bytes=${begun.bytes}-`,
        "if-range": etag ?? lastModified ?? "",
      });
      if (answer.status === 206) {
        if (goesOn(answer, begun)) return this.#whole(answer, begun.bytes);
        return this.#again(answer);
      }
      if (answer.status === 416) return this.#again(answer);
      return this.#unranged(answer);
    }
    if (!due && known.ranges && resumeFrom !== null && known.tail.bytes > 0) {
      const start = Math.min(resumeFrom, known.bytes - known.tail.bytes);
      const answer = await this.#get({ ...AS_IT_IS, ...condition, range: `bytes=${start}-` });
      if (answer.status === 206) {
        const grown = await this.#tail(answer, known, resumeFrom, start);
        return grown ?? this.#again(answer);
      }
      if (answer.status === 416) return this.#again(answer);
      return this.#unranged(answer);
    }
    return this.#unranged(await this.#get({ ...COMPRESSED, ...condition }));
  }

  /** Milliseconds since 1970. */
  get #now(): number {
    return this.#options.clock.currentTimeMillisUnsafe();
  }

  get #limits(): Limits {
    const { client, maxBytes = client.limits.bytes } = this.#options;
    return { ...client.limits, bytes: maxBytes };
  }

  async #get(headers: Readonly<Record<string, string>>): Promise<Answer> {
    const answer = await get(this.#options, headers);
    this.#bodies.push(answer.body);
    return answer;
  }

  /** The range cannot be used: asks for the whole content, without conditions. */
  async #again(answer: Answer): Promise<Fetched> {
    answer.body.on("error", () => {}).destroy();
    await this.#options.partial?.remove();
    return this.#unranged(await this.#get(COMPRESSED));
  }

  async #unranged(answer: Answer): Promise<Fetched> {
    const { known, partial } = this.#options;
    const { status, header } = answer;
    if (status === 200) return this.#whole(answer, 0);
    // An answer 304 has no body, and its connection can be used again.
    if (status === 304) await answer.body.dump();
    if (status !== 304 || known === null)
      throw statusFailure(status, header("retry-after"), answer.credential, this.#now);
    await partial?.remove();
    return {
      kind: "unchanged",
      validators: known,
      freshMs: freshOf(answer),
      received: this.#receiver.received,
    };
  }

  /** The appended part; undefined: the content changed otherwise. */
  async #tail(
    answer: Answer,
    known: Validators,
    resumeFrom: number,
    start: number,
  ): Promise<Fetched | undefined> {
    const { spool } = this.#options;
    const range = rangeOf(answer);
    if (range === undefined || range.start !== start || range.end !== range.total - 1) return undefined;
    if (range.total <= known.bytes || encodingsOf(answer).length > 0) return undefined;
    const origin = originOf(answer, true, this.#now);
    refuseOlder(origin, known, this.#now);
    const tooLarge = excess(this.#limits, range.total, range.total);
    if (tooLarge !== undefined) throw tooLarge;

    const room = this.#room;
    room.expect(range.total - start);
    const hash = createHash("sha256");
    const appendedAt = known.bytes - start;
    let at = 0;
    const appended = new Transform({
      transform(chunk: Buffer, _, done) {
        const full = refusalOf(() => room.take(chunk.length));
        if (full !== undefined) return done(full);
        hash.update(chunk.subarray(Math.min(chunk.length, Math.max(0, appendedAt - at))));
        at += chunk.length;
        done(null, chunk);
      },
    });
    await this.#receiver.receive(answer, [appended, createWriteStream(spool)], range.total - start);
    const overlap = await readAt(spool, appendedAt - known.tail.bytes, known.tail.bytes);
    if (sha256(overlap) !== known.tail.hash) {
      await rm(spool, { force: true });
      return undefined;
    }
    const bytes = range.total;
    return {
      kind: "grown",
      file: spool,
      from: resumeFrom,
      start: resumeFrom - start,
      whole: false,
      bytes,
      freshMs: freshOf(answer),
      received: this.#receiver.received,
      validators: {
        ...origin,
        left: false,
        bytes,
        segments: [...known.segments, { end: bytes, hash: hash.digest("hex") }],
        tail: await tailOf(spool, bytes - start, bytes),
        wholeAt: known.wholeAt,
      },
    };
  }

  /** The whole body. Its first `begun` bytes are on our disk already. */
  async #whole(answer: Answer, begun: number): Promise<Fetched> {
    const { source, spool, known, resumeFrom, partial, signal, clock } = this.#options;
    const limits = this.#limits;
    const encodings = encodingsOf(answer);
    const { through, received } = decoding(encodings, begun, limits);
    const length = lengthOf(answer);
    const origin = originOf(
      answer,
      encodings.length === 0 && (begun > 0 || answer.header("accept-ranges")?.toLowerCase() === "bytes"),
      this.#now,
    );
    const total = length === undefined || encodings.length > 0 ? null : begun + length;
    if (total !== null && total > limits.bytes)
      throw new SourceRefusal("source.too_large", String(limits.bytes));
    // If the headers show that the content is older, do not download it at each poll. Otherwise `settle` decides.
    if (known?.ranges && total !== null && total !== known.bytes) refuseOlder(origin, known, this.#now);

    const room = this.#room;
    if (length !== undefined) room.expect(length);
    const identity = total === null ? null : identityOf(origin, total);
    if (begun === 0) await (identity === null ? partial?.remove() : partial?.begin(identity));
    const kept = identity === null ? null : partial;
    const body = kept?.file ?? packedPath(spool);
    const intake = new Intake(known);
    // The hash covers all bytes, so the bytes on our disk are read again.
    if (begun > 0) for await (const chunk of createReadStream(body)) intake.take(chunk as Buffer);
    const content = new Transform({
      transform(chunk: Buffer, _, done) {
        intake.take(chunk);
        const refusal = excess(limits, intake.bytes, received()) ?? refusalOf(() => room.take(chunk.length));
        return refusal === undefined ? done(null, chunk) : done(refusal);
      },
    });
    const file = createWriteStream(body, { flags: begun > 0 ? "a" : "w" });
    try {
      await this.#receiver.receive(answer, [...through, content, file], length);
    } catch (error) {
      if (isZlibError(error)) throw new SourceRefusal("source.bad_encoding", encodings.join(", "));
      throw error;
    }
    await kept?.complete(packedPath(spool));

    const packed = packedPath(spool);
    const unpacked = await unpack({
      file: packed,
      entry: entryOfSource(source),
      wireBytes: received(),
      to: spool,
      intake: () => new Intake(known),
      limits,
      room,
      signal,
    });
    if (unpacked !== undefined) await rm(packed, { force: true });
    else await rename(packed, spool);
    return settle({
      file: spool,
      intake: unpacked ?? intake,
      known,
      resumeFrom,
      origin: unpacked === undefined ? origin : ofUnpacked(origin),
      freshMs: freshOf(answer),
      received: this.#receiver.received,
      url: answer.url,
      clock,
    });
  }
}
