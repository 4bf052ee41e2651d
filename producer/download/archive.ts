/**
 * Files that hold the CSV packed: gzip, and zip with one CSV in it, or with several of which the source names one
 * (`url#entry.csv`). Told by their first bytes, never by their names. A workbook is a zip, too: it is left as it is,
 * for the reader of records to recognize. An archive in an archive is refused, and so is one that is cut or corrupt:
 * half a file is not a version.
 */
import { createReadStream, createWriteStream } from "node:fs";
import { rm, stat } from "node:fs/promises";
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

/** What a file is, by its beginning. */
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
  /** Where the content goes. */
  readonly to: string;
  /** Hashes the content. */
  readonly intake: () => Intake;
  readonly limits: Limits;
  readonly room: Room;
  readonly signal: AbortSignal;
}

/** The content of a packed file, now at `to`; undefined where the file is the content. Throws SourceRefusal. */
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
  const { size } = await stat(unpacking.file);
  return pour(createReadStream(unpacking.file), [createGunzip()], size, unpacking);
}

/** Streams content to its place, within the limits. */
async function pour(
  from: Readable,
  decoders: readonly Transform[],
  packedBytes: number,
  { to, intake: makeIntake, limits, room, signal }: Unpacking,
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

/** What is thrown, for those that hand errors on. */
export function refusalOf(work: () => void): Error | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** The refusal of content that is too large, or that was blown up from too little. */
export function excess(limits: Limits, bytes: number, packedBytes: number): SourceRefusal | undefined {
  if (bytes > limits.bytes) return new SourceRefusal("source.too_large", String(limits.bytes));
  if (bytes > limits.inflationFrom && bytes > packedBytes * limits.inflation)
    return new SourceRefusal("source.too_large", `${packedBytes} × ${limits.inflation}`);
  return undefined;
}

const ENCRYPTED = 0x1;
const CSV_NAME = /\.(csv|tsv|tab|txt)$/i;
/** What packers add of their own. */
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
      entry.compressedSize,
      unpacking,
    );
    return intake;
  } finally {
    zip.close();
  }
}

/** yauzl checks sizes; the checksum is left to us. */
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
  for await (const entry of zip.eachEntry()) {
    // Office documents have the one, OpenDocument has the other as its first entry.
    if (entry.fileName === "[Content_Types].xml" || (entries.length === 0 && entry.fileName === "mimetype"))
      workbook = true;
    if (!entry.fileName.endsWith("/") && !ADDED_NAME.test(entry.fileName)) entries.push(entry);
  }
  return { entries, workbook };
}

/** The entry that is meant. Throws SourceRefusal. */
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
  // A file without such a name may be one, when it is the only one.
  const candidates = csv.length > 0 ? csv : entries.length === 1 ? entries : [];
  const [only] = candidates;
  if (only === undefined) throw new SourceRefusal("source.zip_no_entry", ".csv", names(entries));
  if (candidates.length > 1) throw new SourceRefusal("source.zip_entries", names(candidates), only.fileName);
  return only;
}
