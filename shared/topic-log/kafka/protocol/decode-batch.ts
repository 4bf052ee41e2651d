/**
 * Decoding record batches (magic 2) that any program may have written, uncompressed or with gzip or zstd: the hot path
 * of reading. Values are views of one buffer. A control batch gives no records. It reads no headers and no timestamps.
 * It trusts no field: a batch that contradicts itself is `broken` as a whole and gives no records.
 */
import { gunzipSync, zstdDecompressSync } from "node:zlib";
import type { BrokenReason } from "../../../contract/sentences.ts";
import type { LogRecord } from "../../topic-log.ts";
import { crc32c } from "./crc32c.ts";
import {
  ATTRIBUTES,
  CODEC_MASK,
  CONTROL,
  COUNT,
  CRC,
  GZIP,
  LAST_OFFSET_DELTA,
  LENGTH,
  MAGIC,
  PREFIX,
  RECORDS,
  UNREAD_CODECS,
  ZSTD,
} from "./record-batch-header.ts";

/** The most bytes that the records of a batch may expand to. A batch of ventes has at most 1 MiB before it is compressed. */
export const MAX_EXPANDED_BYTES = 64 << 20;
/** The most records of a batch: each becomes an object. A batch of ventes has at most 5,000. */
export const MAX_BATCH_RECORDS = 1 << 18;
/** The fewest bytes of a record: its length, attributes, two deltas, the lengths of key and value, and no headers. */
const MIN_RECORD_BYTES = 7;
/** The last shift of a varint of 32 bits. */
const LAST_SHIFT = 28;

const NO_RECORDS: readonly LogRecord[] = [];

export interface IncomingBatch {
  readonly records: readonly LogRecord[];
  /** Its first offset, as its header says. */
  readonly base: number;
  /** The offset after the batch. It may be more than the last record's + 1: compaction removes records, not offsets. */
  readonly next: number;
  /** Its length in the buffer; 0 when its length is wrong, so that nobody knows where the next batch begins. */
  readonly bytes: number;
  /** Why the batch is not read. Its other fields are then as its header says, and may be wrong. */
  readonly broken?: BrokenReason;
}

/** What a batch is broken by. It is thrown and caught in this file only. */
class Broken extends Error {
  readonly reason: BrokenReason;
  constructor(reason: BrokenReason) {
    super(reason);
    this.reason = reason;
  }
}

/**
 * The batch that begins at `at`; undefined when the buffer ends within it, because a fetch is cut at its limit. `whole`:
 * the fetch is not cut here, so a batch that ends behind the buffer has a wrong length.
 */
export function decodeBatch(buffer: Buffer, at: number, whole = false): IncomingBatch | undefined {
  if (at + RECORDS > buffer.length) return undefined;
  const bytes = PREFIX + buffer.readInt32BE(at + LENGTH);
  const base = Number(buffer.readBigInt64BE(at));
  const lastDelta = buffer.readInt32BE(at + LAST_OFFSET_DELTA);
  const next = base + lastDelta + 1;
  const isCut = at + bytes > buffer.length;
  if (bytes < RECORDS || (isCut && whole))
    return { records: NO_RECORDS, base, next, bytes: 0, broken: "length" };
  if (isCut) return undefined;
  try {
    return { records: checkedRecords(buffer, at, bytes, base, lastDelta), base, next, bytes };
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    return { records: NO_RECORDS, base, next, bytes, broken: error.reason };
  }
}

function checkedRecords(
  buffer: Buffer,
  at: number,
  bytes: number,
  base: number,
  lastDelta: number,
): readonly LogRecord[] {
  if (buffer.readInt8(at + MAGIC) !== 2) throw new Broken("format");
  if (crc32c(buffer, at + ATTRIBUTES, at + bytes) !== buffer.readUInt32BE(at + CRC))
    throw new Broken("checksum");
  if (!(base >= 0 && lastDelta >= 0 && Number.isSafeInteger(base + lastDelta + 1)))
    throw new Broken("offsets");
  const attributes = buffer.readInt16BE(at + ATTRIBUTES);
  if ((attributes & CONTROL) !== 0) return NO_RECORDS;
  const count = buffer.readInt32BE(at + COUNT);
  if (!(count >= 0 && count <= MAX_BATCH_RECORDS)) throw new Broken("count");
  const plain = expand(attributes & CODEC_MASK, buffer.subarray(at + RECORDS, at + bytes));
  if (count * MIN_RECORD_BYTES > plain.length) throw new Broken("count");
  return decodeRecords(plain, base, lastDelta, count);
}

function expand(codec: number, data: Buffer): Buffer {
  if (codec === 0) return data;
  if (codec !== GZIP && codec !== ZSTD) throw new Broken(UNREAD_CODECS[codec] ?? "codec");
  // A batch without records may have no compressed data either.
  if (data.length === 0) return data;
  try {
    return codec === GZIP
      ? gunzipSync(data, { maxOutputLength: MAX_EXPANDED_BYTES })
      : zstdDecompressSync(data, {
          chunkSize: Math.min(Math.max(64 << 10, data.length * 8), MAX_EXPANDED_BYTES),
          maxOutputLength: MAX_EXPANDED_BYTES,
        });
  } catch (error) {
    const isTooLarge = (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE";
    throw new Broken(isTooLarge ? "expansion" : "compression");
  }
}

function decodeRecords(plain: Buffer, base: number, lastDelta: number, count: number): LogRecord[] {
  const records = new Array<LogRecord>(count);
  let at = 0;
  const varint = (): number => {
    let v = 0;
    for (let shift = 0; shift <= LAST_SHIFT; shift += 7) {
      // Behind the end it is undefined, which is not less than 0x80: the varint is then too long.
      const byte = plain[at++] as number;
      v |= (byte & 0x7f) << shift;
      if (byte < 0x80) return (v >>> 1) ^ -(v & 1);
    }
    throw new Broken("record");
  };
  let before = -1;
  for (let i = 0; i < count; i++) {
    const bytes = varint();
    const end = at + bytes;
    if (bytes < MIN_RECORD_BYTES - 1 || end > plain.length) throw new Broken("record");
    at += 1;
    // Passes over the timestamp's delta, a varlong.
    while ((plain[at++] as number) >= 0x80);
    const delta = varint();
    if (delta <= before || delta > lastDelta) throw new Broken("offsets");
    before = delta;
    const keyBytes = varint();
    let key: string | null = null;
    if (keyBytes >= 0) {
      if (at + keyBytes > end) throw new Broken("record");
      key = plain.toString("utf8", at, at + keyBytes);
      at += keyBytes;
    }
    const valueBytes = varint();
    // One byte at least is left for the number of headers.
    if (at + Math.max(valueBytes, 0) >= end) throw new Broken("record");
    records[i] = {
      offset: base + delta,
      key,
      value: valueBytes < 0 ? null : plain.subarray(at, at + valueBytes),
    };
    at = end;
  }
  if (at !== plain.length) throw new Broken("count");
  return records;
}
