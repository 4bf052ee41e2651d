/** Counts and hashes a content on its way into the spool, and compares it with the version before. */
import { createHash, type Hash } from "node:crypto";
import { type FileHandle, open, rm } from "node:fs/promises";
import type { PlainClock } from "#shared/runtime/time.ts";
import { SourceRefusal } from "../source/index.ts";
import { type Fetched, isOlder, OVERLAP_BYTES, type Validators } from "./fetched.ts";

export const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** Hashes a whole content in one pass, and finds out whether it begins with the segments of a known one. */
export class Intake {
  bytes = 0;
  readonly #whole = createHash("sha256");
  readonly #segments: Validators["segments"];
  #segment: Hash = createHash("sha256");
  #passed = 0;
  #same: boolean;

  constructor(known: Validators | null) {
    this.#segments = known?.segments ?? [];
    this.#same = known !== null;
  }

  take(chunk: Buffer): void {
    let rest = chunk;
    while (rest.length > 0) {
      const segment = this.#next();
      if (segment === undefined) break;
      const part = rest.subarray(0, segment.end - this.bytes);
      this.#add(part);
      rest = rest.subarray(part.length);
      if (this.bytes === segment.end) this.#pass(segment.hash);
    }
    this.#add(rest);
  }

  /** The segment to compare next; undefined: there is none, or one differed. */
  #next(): Validators["segments"][number] | undefined {
    return this.#same ? this.#segments[this.#passed] : undefined;
  }

  #add(part: Buffer): void {
    this.#whole.update(part);
    // The first segment begins where the content begins, so the hash of the whole serves for it.
    if (this.#same && this.#passed > 0) this.#segment.update(part);
    this.bytes += part.length;
  }

  #pass(hash: string): void {
    const got = this.#passed === 0 ? this.#whole.copy() : this.#segment;
    this.#same = got.digest("hex") === hash;
    this.#passed++;
    this.#segment = createHash("sha256");
  }

  /** Call once, at the end. */
  finish(): { readonly hash: string; readonly beginsWithKnown: boolean } {
    // Empty segments at the end, for which no piece came.
    for (let next = this.#next(); next?.end === this.bytes; next = this.#next()) this.#pass(next.hash);
    return {
      hash: this.#whole.digest("hex"),
      beginsWithKnown: this.#same && this.#passed === this.#segments.length,
    };
  }
}

/** Reads bytes of a file; fewer at its end. */
export async function readAt(file: string, position: number, bytes: number): Promise<Buffer> {
  await using handle = await open(file, "r");
  return await readFrom(handle, position, bytes);
}

/** The same for an open file. */
export async function readFrom(handle: FileHandle, position: number, bytes: number): Promise<Buffer> {
  const buffer = Buffer.alloc(bytes);
  let got = 0;
  while (got < bytes) {
    const { bytesRead } = await handle.read(buffer, got, bytes - got, position + got);
    if (bytesRead === 0) break;
    got += bytesRead;
  }
  return buffer.subarray(0, got);
}

/** The hash of the last bytes of a content of `bytes` bytes. The content ends where the file ends. */
export async function tailOf(file: string, fileBytes: number, bytes: number): Promise<Validators["tail"]> {
  const length = Math.min(bytes, fileBytes, OVERLAP_BYTES);
  return { bytes: length, hash: sha256(await readAt(file, fileBytes - length, length)) };
}

/** The validators that the source gives beside the content. */
export type Origin = Pick<
  Validators,
  "etag" | "lastModified" | "young" | "stat" | "ranges" | "charset" | "unproven"
>;

/** Throws SourceRefusal (source.older) when the content is older by its date than the known one (rule 10). `now`: in ms since 1970. */
export function refuseOlder(
  { lastModified }: Pick<Origin, "lastModified">,
  known: Validators,
  now: number,
): void {
  if (isOlder(lastModified, known, now))
    throw new SourceRefusal("source.older", lastModified ?? "", known.lastModified ?? "");
}

export interface Settling {
  /** The path of the whole content. */
  readonly file: string;
  readonly intake: Intake;
  readonly known: Validators | null;
  readonly resumeFrom: number | null;
  readonly origin: Origin;
  readonly freshMs: number | null;
  readonly received: number;
  readonly url: string;
  readonly clock: PlainClock;
}

/** The result of a whole read: unchanged, grown, or new content. Throws SourceRefusal (source.older), rule 10. */
export async function settle(settling: Settling): Promise<Fetched> {
  const { file, intake, known, resumeFrom, origin, freshMs, received, url, clock } = settling;
  const now = clock.currentTimeMillisUnsafe();
  const { bytes } = intake;
  const { hash, beginsWithKnown } = intake.finish();
  const older = isOlder(origin.lastModified, known, now);
  const validators: Validators = {
    ...origin,
    left: false,
    bytes,
    segments: [{ end: bytes, hash }],
    tail: await tailOf(file, bytes, bytes),
    wholeAt: new Date(now).toISOString(),
  };
  if (known !== null && beginsWithKnown && bytes === known.bytes) {
    await rm(file, { force: true });
    // Two servers may give the same content with different dates. Keep the later date.
    const lastModified = older ? known.lastModified : validators.lastModified;
    return {
      kind: "unchanged",
      validators: { ...validators, left: known.left, lastModified },
      freshMs,
      received,
    };
  }
  if (known !== null) refuseOlder(origin, known, now);
  if (known !== null && beginsWithKnown && known.bytes > 0 && resumeFrom !== null)
    return {
      kind: "grown",
      file,
      from: resumeFrom,
      start: resumeFrom,
      whole: true,
      bytes,
      validators,
      freshMs,
      received,
    };
  return { kind: "content", file, bytes, url, validators, freshMs, received };
}
