/**
 * A path as a source. The producer copies its content to the spool, so that it reads one state of a file that grows. Of
 * a file that has grown it copies only the appended part. If only a Kafka topic names the file, it must be under
 * `VENTES_FILES` (invariant 10). A file that was found in a folder must be in that folder (invariant 14).
 */
import { createWriteStream } from "node:fs";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { isoOf, type PlainClock } from "#shared/runtime/time.ts";
import { entryOfSource, pathOfSource, SourceRefusal } from "../source/index.ts";
import { unpack } from "./archive.ts";
import { type Fetched, isWholeDue, type Validators } from "./fetched.ts";
import { Intake, type Origin, readFrom, settle, sha256, tailOf } from "./intake.ts";
import { LIMITS, type Limits } from "./limits.ts";
import { type Bound, openFile } from "./open-file.ts";
import { Room } from "./room.ts";

export interface FileOptions {
  readonly source: string;
  readonly spool: string;
  readonly known: Validators | null;
  /** The byte from which the caller can use an appended tail; null: the caller needs the whole content. */
  readonly resumeFrom: number | null;
  /** The folder that must hold the file; null: any path may be read. */
  readonly under: { readonly folder: string | null } | null;
  /** The followed folder in which the file was found; null: none. */
  readonly within: string | null;
  readonly signal: AbortSignal;
  readonly clock: PlainClock;
  readonly limits?: Limits;
}

export async function fetchFile(options: FileOptions): Promise<Fetched> {
  const { source, spool, known, resumeFrom, clock, limits = LIMITS } = options;
  try {
    const opened = await openFile(pathOfSource(source), boundsOf(options));
    await using handle = opened.handle;
    const { size, mtimeMs, ino } = opened.stats;
    if (size > limits.bytes) throw new SourceRefusal("source.too_large", String(limits.bytes));
    const mark = `${mtimeMs} ${size} ${ino}`;
    const due = known === null || isWholeDue(known, clock.currentTimeMillisUnsafe());
    if (!due && known.stat === mark)
      return { kind: "unchanged", validators: known, freshMs: null, received: 0 };
    const origin: Origin = {
      etag: null,
      lastModified: null,
      young: false,
      stat: mark,
      ranges: true,
      charset: null,
    };
    if (!due && known.ranges && resumeFrom !== null && known.tail.bytes > 0 && size > known.bytes) {
      const grown = await appended(options, handle, size, known, resumeFrom, origin);
      if (grown !== undefined) return grown;
    }
    return await whole(options, handle, size, origin, limits);
  } catch (error) {
    await Promise.all([rm(spool, { force: true }), rm(packedPath(spool), { force: true })]);
    throw refusalOf(error);
  }
}

const packedPath = (spool: string): string => `${spool}.packed`;

/** A file that has grown is read from its beginning up to this size: that is exact, and takes a tenth of a second. */
const READ_AGAIN_BYTES = 64 * 1024 ** 2;

/**
 * The part that was appended to the known bytes; undefined: the file changed otherwise. A small file is compared as a
 * whole, a large one by its overlap, as over HTTP.
 */
async function appended(
  { spool, signal, clock, limits = LIMITS }: FileOptions,
  handle: FileHandle,
  size: number,
  known: Validators,
  resumeFrom: number,
  origin: Origin,
): Promise<Fetched | undefined> {
  const start = Math.min(resumeFrom, known.bytes - known.tail.bytes);
  const sure = size <= READ_AGAIN_BYTES;
  const intake = new Intake(sure ? known : null);
  if (!sure) {
    const overlap = await readFrom(handle, known.bytes - known.tail.bytes, known.tail.bytes);
    if (sha256(overlap) !== known.tail.hash) return undefined;
  }
  const from = sure ? 0 : start;
  const hashedFrom = sure ? 0 : known.bytes;
  const room = new Room(dirname(spool), limits.reserve);
  room.expect(size - start);
  await pipeline(
    handle.createReadStream({ start: from, end: size - 1, autoClose: false }),
    pieces(from, (chunk, at) => {
      intake.take(chunk.subarray(Math.max(0, hashedFrom - at)));
      return chunk.subarray(Math.max(0, start - at));
    }),
    createWriteStream(spool),
    { signal },
  );
  const { hash, beginsWithKnown } = intake.finish();
  if (sure && !beginsWithKnown) {
    await rm(spool, { force: true });
    return undefined;
  }
  const segment = { end: size, hash };
  return {
    kind: "grown",
    file: spool,
    from: resumeFrom,
    start: resumeFrom - start,
    whole: false,
    bytes: size,
    freshMs: null,
    received: size - from,
    validators: {
      ...origin,
      left: false,
      bytes: size,
      segments: sure ? [segment] : [...known.segments, segment],
      tail: await tailOf(spool, size - start, size),
      wholeAt: sure ? isoOf(clock) : known.wholeAt,
    },
  };
}

/** Reads the whole file up to its size at the beginning. Bytes that are appended later wait for the next poll. */
async function whole(
  { source, spool, known, resumeFrom, signal, clock }: FileOptions,
  handle: FileHandle,
  size: number,
  origin: Origin,
  limits: Limits,
): Promise<Fetched> {
  const packed = packedPath(spool);
  const intake = new Intake(known);
  const room = new Room(dirname(spool), limits.reserve);
  room.expect(size);
  const take = (piece: Buffer): void => {
    room.take(piece.length);
    intake.take(piece);
  };
  await copied(handle, packed, size, take, signal);
  const unpacked = await unpack({
    file: packed,
    entry: entryOfSource(source),
    wireBytes: size,
    to: spool,
    intake: () => new Intake(known),
    limits,
    room,
    signal,
  });
  if (unpacked === undefined) await rename(packed, spool);
  else await rm(packed, { force: true });
  return settle({
    file: spool,
    intake: unpacked ?? intake,
    known,
    resumeFrom,
    origin: { ...origin, ranges: unpacked === undefined },
    freshMs: null,
    received: size,
    url: source,
    clock,
  });
}

const PIECE_BYTES = 256 * 1024;

/** Copies the first `size` bytes, and calls back for each piece. One buffer, because streams allocate too many. */
async function copied(
  source: FileHandle,
  to: string,
  size: number,
  take: (piece: Buffer) => void,
  signal: AbortSignal,
): Promise<void> {
  await using target = await open(to, "w");
  const buffer = Buffer.allocUnsafe(PIECE_BYTES);
  for (let at = 0; at < size; ) {
    signal.throwIfAborted();
    const { bytesRead } = await source.read(buffer, 0, Math.min(buffer.length, size - at), at);
    if (bytesRead === 0) break;
    const piece = buffer.subarray(0, bytesRead);
    take(piece);
    for (let written = 0; written < bytesRead; )
      written += (await target.write(piece, written, bytesRead - written)).bytesWritten;
    at += bytesRead;
  }
}

/** Calls `take` with each piece and its position, and passes on the bytes that it returns. */
function pieces(from: number, take: (chunk: Buffer, at: number) => Buffer): Transform {
  let at = from;
  return new Transform({
    transform(chunk: Buffer, _, done) {
      const passed = take(chunk, at);
      at += chunk.length;
      done(null, passed);
    },
  });
}

function boundsOf({ under, within }: FileOptions): readonly Bound[] {
  if (under?.folder === null) throw new SourceRefusal("source.not_allowed", "VENTES_FILES");
  const bound = (folder: string, refusal: SourceRefusal): Bound => ({ folder, refusal });
  return [
    ...(under === null
      ? []
      : [bound(under.folder, new SourceRefusal("source.not_allowed", `VENTES_FILES=${under.folder}`))]),
    ...(within === null ? [] : [bound(within, new SourceRefusal("source.leads_out", within))]),
  ];
}

function refusalOf(error: unknown): unknown {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "ENOENT" || code === "ENOTDIR") return new SourceRefusal("source.not_found");
  // The errors of opening a socket and of reading a folder.
  if (code === "EISDIR" || code === "ENXIO") return new SourceRefusal("source.not_a_file");
  if (["EACCES", "EPERM", "ELOOP", "EIO", "ENAMETOOLONG"].includes(code))
    return new SourceRefusal("source.not_readable", code);
  return error;
}
