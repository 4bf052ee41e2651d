/**
 * Unpacks gzip files, and zip files with one CSV, or with several when the source names one (`url#entry.csv`). The first
 * bytes of a file decide, never its name. A workbook is a zip too; it stays as it is, and the reader of records refuses
 * it. An archive in an archive is refused. So is an archive that is cut or corrupt, because half a file is no version.
 */
import { createReadStream, createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { crc32, createGunzip } from "node:zlib";
import { type Entry, openPromise, type ZipFile } from "yauzl";
import { SourceRefusal } from "../source/index.ts";
import { isLocalFailure, reasonOf } from "./failures.ts";
import { type Intake, readAt } from "./intake.ts";
import type { Limits } from "./limits.ts";
import type { Room } from "./room.ts";

type Kind = "gzip" | "zip" | "tar";

const TAR_MAGIC_AT = 257;

/** The kind of a file by its first bytes; undefined: it is not packed. */
function kindOf(beginning: Buffer): Kind | undefined {
  if (beginning.length >= 3 && beginning.readUIntBE(0, 3) === 0x1f8b08) return "gzip";
  if (beginning.length >= 4 && ["PK\x03\x04", "PK\x05\x06"].includes(beginning.toString("latin1", 0, 4)))
    return "zip";
  if (beginning.toString("latin1", TAR_MAGIC_AT, TAR_MAGIC_AT + 5) === "ustar") return "tar";
  return undefined;
}

const beginningOf = (file: string): Promise<Buffer> => readAt(file, 0, TAR_MAGIC_AT + 5);

export interface Unpacking {
  readonly file: string;
  /** The entry of a zip that the source names, or null. */
  readonly entry: string | null;
  /** The bytes that came over the wire; of a local file, its size. */
  readonly wireBytes: number;
  /** The path for the content. */
  readonly to: string;
  /** Hashes the content. */
  readonly intake: () => Intake;
  readonly limits: Limits;
  readonly room: Room;
  readonly signal: AbortSignal;
}

/** Unpacks a file to `to`. Returns undefined when the file is not packed. Throws SourceRefusal. */
export async function unpack(unpacking: Unpacking): Promise<Intake | undefined> {
  const { file, entry, to } = unpacking;
  const kind = kindOf(await beginningOf(file));
  if (entry !== null && kind !== "zip") throw new SourceRefusal("source.not_a_zip", entry);
  if (kind === undefined) return undefined;
  if (kind === "tar") throw new SourceRefusal("source.nested_archive", "tar");
  try {
    const unpacked = kind === "gzip" ? await gunzip(unpacking) : await unzip(unpacking);
    if (unpacked === undefined) return undefined;
    const inner = kindOf(await beginningOf(to));
    if (inner !== undefined) throw new SourceRefusal("source.nested_archive", `${inner} < ${kind}`);
    return unpacked;
  } catch (error) {
    await rm(to, { force: true });
    if (error instanceof SourceRefusal || unpacking.signal.aborted || isLocalFailure(error)) throw error;
    throw new SourceRefusal("source.bad_archive", kind, reasonOf(error));
  }
}

async function gunzip(unpacking: Unpacking): Promise<Intake> {
  return pour(createReadStream(unpacking.file), [createGunzip()], unpacking);
}

/** Writes the content to its path, within the limits. */
async function pour(
  from: Readable,
  decoders: readonly Transform[],
  { to, intake: makeIntake, limits, room, signal, wireBytes }: Unpacking,
  packedBytes = wireBytes,
): Promise<Intake> {
  const intake = makeIntake();
  const taking = new Transform({
    transform(chunk: Buffer, _, done) {
      intake.take(chunk);
      const refusal = excess(limits, intake.bytes, packedBytes) ?? refusalOf(() => room.take(chunk.length));
      return refusal === undefined ? done(null, chunk) : done(refusal);
    },
  });
  await pipeline([from, ...decoders, taking, createWriteStream(to)], { signal });
  return intake;
}

/** The error that `work` throws, for streams, which take errors as values. */
export function refusalOf(work: () => void): Error | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** The refusal of content that is too large, or that grew too much by unpacking; undefined: it is within the limits. */
export function excess(limits: Limits, bytes: number, packedBytes: number): SourceRefusal | undefined {
  if (bytes > limits.bytes) return new SourceRefusal("source.too_large", String(limits.bytes));
  if (bytes > limits.inflationFrom && bytes > packedBytes * limits.inflation)
    return new SourceRefusal("source.too_large", `${packedBytes} × ${limits.inflation}`);
  return undefined;
}

const ENCRYPTED = 0x1;
/** Bytes of an entry in the directory, without its name, extra fields and comment. */
const DIRECTORY_RECORD = 46;
const CSV_NAME = /\.(csv|tsv|tab|txt)$/i;
/** Names of entries that packing programs add. */
const ADDED_NAME = /(^|\/)(__MACOSX\/|\.DS_Store$|\._|Thumbs\.db$)/;
const SHOWN_ENTRIES = 10;

async function unzip(unpacking: Unpacking): Promise<Intake | undefined> {
  const zip = await openPromise(unpacking.file, { lazyEntries: true, autoClose: false });
  try {
    const { entries, workbook } = await entriesOf(zip, unpacking.limits);
    if (workbook && unpacking.entry === null) return undefined;
    const entry = choose(entries, unpacking.entry);
    if ((entry.generalPurposeBitFlag & ENCRYPTED) !== 0)
      throw new SourceRefusal("source.zip_encrypted", entry.fileName);
    const intake = await pour(
      await zip.openReadStreamPromise(entry),
      [checking(entry)],
      unpacking,
      // The whole zip came over the wire, and an encoding may have made it smaller than the entry.
      Math.min(entry.compressedSize, unpacking.wireBytes),
    );
    return intake;
  } finally {
    zip.close();
  }
}

/** Checks the CRC of an entry, because yauzl checks only its size. */
function checking(entry: Entry): Transform {
  let sum = 0;
  return new Transform({
    transform(chunk: Buffer, _, done) {
      sum = crc32(chunk, sum);
      done(null, chunk);
    },
    flush(done) {
      done(sum === entry.crc32 ? null : new Error(`${entry.fileName}: CRC-32`));
    },
  });
}

async function entriesOf(zip: ZipFile, limits: Limits) {
  if (zip.entryCount > limits.zipEntries)
    throw new SourceRefusal("source.bad_archive", "zip", `${zip.entryCount} > ${limits.zipEntries}`);
  const entries: Entry[] = [];
  let workbook = false;
  let bytes = 0;
  for await (const entry of zip.eachEntry()) {
    bytes += DIRECTORY_RECORD + entry.fileNameLength + entry.extraFieldLength + entry.fileCommentLength;
    if (bytes > limits.zipDirectoryBytes)
      throw new SourceRefusal("source.bad_archive", "zip", `directory > ${limits.zipDirectoryBytes}`);
    // Office documents have the first name; OpenDocument files begin with the second.
    if (entry.fileName === "[Content_Types].xml" || (entries.length === 0 && entry.fileName === "mimetype"))
      workbook = true;
    if (!entry.fileName.endsWith("/") && !ADDED_NAME.test(entry.fileName)) entries.push(entry);
  }
  return { entries, workbook };
}

/** The entry to read. Throws SourceRefusal. */
function choose(entries: readonly Entry[], named: string | null): Entry {
  const names = (of: readonly Entry[]) =>
    of
      .slice(0, SHOWN_ENTRIES)
      .map(({ fileName }) => fileName)
      .concat(of.length > SHOWN_ENTRIES ? ["…"] : [])
      .join(", ");
  if (named !== null) {
    const found = entries.find(({ fileName }) => fileName.normalize() === named.normalize());
    if (found === undefined) throw new SourceRefusal("source.zip_no_entry", named, names(entries));
    return found;
  }
  const csv = entries.filter(({ fileName }) => CSV_NAME.test(fileName));
  // If the zip has a single file, it may be a CSV under any name.
  const candidates = csv.length > 0 ? csv : entries.length === 1 ? entries : [];
  const [only] = candidates;
  if (only === undefined) throw new SourceRefusal("source.zip_no_entry", ".csv", names(entries));
  if (candidates.length > 1) throw new SourceRefusal("source.zip_entries", names(candidates), only.fileName);
  return only;
}
