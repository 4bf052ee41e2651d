/**
 * The blob of events.db that holds many records. For each record: the lengths of its key and its value in bytes (int32
 * little endian, -1 for null), then both in UTF-8. A blob of COMPRESS_FROM bytes or more is compressed with zstd, whose
 * frame has a checksum; a smaller one stands behind its CRC-32 (little endian). Plain synchronous code: every event
 * that is published or read passes here. Offsets are not in the blob; its row in `batches` has them.
 */
import { constants, crc32, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import type { BrokenReason } from "../../contract/sentences.ts";
import { MAX_RECORD_BYTES } from "../record-size.ts";
import type { LogRecord, NewRecord } from "../topic-log.ts";

export interface EncodedBatch {
  readonly records: number;
  readonly bytes: number;
  /** 1: zstd; 2: behind its CRC-32; 0: as it is (written before there were checksums). */
  readonly compressed: 0 | 1 | 2;
  readonly data: Buffer;
}

/** A batch is not what was written: its disk, or another program, changed it. */
export class BrokenBatch extends Error {
  readonly reason: BrokenReason;
  constructor(reason: BrokenReason) {
    super(reason);
    this.reason = reason;
  }
}

/** The largest batch: a reader decompresses a whole one and holds it in memory. */
const MAX_RECORDS = 5_000;
const MAX_BYTES = 4 << 20;
/** No batch expands to more: one ends at MAX_BYTES, with the record that reaches it. */
const MAX_EXPANDED = MAX_BYTES + MAX_RECORD_BYTES;
/** Below this, zstd's frame costs about what it saves. */
const COMPRESS_FROM = 256;

const NULL = -1;
const LENGTHS = 8;
const CRC = 4;

let scratch = Buffer.allocUnsafe(1 << 20);

function room(used: number, more: number): void {
  if (used + more <= scratch.length) return;
  const larger = Buffer.allocUnsafe(Math.max(scratch.length * 2, used + more));
  scratch.copy(larger, 0, 0, used);
  scratch = larger;
}

/** Encodes `records` in order, cut into batches of at most `most` records. */
export function encodeBatches(records: readonly NewRecord[], most = MAX_RECORDS): EncodedBatch[] {
  const batches: EncodedBatch[] = [];
  let at = 0;
  let count = 0;
  for (const { key, value } of records) {
    // A UTF-16 unit is at most three bytes of UTF-8.
    room(at, LENGTHS + 3 * (key.length + (value?.length ?? 0)));
    const keyBytes = scratch.write(key, at + LENGTHS, "utf8");
    const valueBytes = value === null ? NULL : scratch.write(value, at + LENGTHS + keyBytes, "utf8");
    scratch.writeInt32LE(keyBytes, at);
    scratch.writeInt32LE(valueBytes, at + 4);
    at += LENGTHS + keyBytes + Math.max(valueBytes, 0);
    count += 1;
    if (count === most || at >= MAX_BYTES) {
      batches.push(seal(count, at));
      at = 0;
      count = 0;
    }
  }
  if (count > 0) batches.push(seal(count, at));
  return batches;
}

function seal(records: number, bytes: number): EncodedBatch {
  const plain = scratch.subarray(0, bytes);
  if (bytes < COMPRESS_FROM) {
    const data = Buffer.allocUnsafe(CRC + bytes);
    data.writeUInt32LE(crc32(plain));
    plain.copy(data, CRC);
    return { records, bytes, compressed: 2, data };
  }
  const data = zstdCompressSync(plain, {
    chunkSize: Math.max(1024, bytes >> 1),
    params: { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 },
  });
  return { records, bytes, compressed: 1, data };
}

/**
 * The records of a batch whose first record has the offset `firstOffset`. Values are views of one buffer. Throws
 * BrokenBatch for a batch that is not as it was written.
 */
export function decodeBatch(batch: EncodedBatch, firstOffset: number): LogRecord[] {
  const plain = plainOf(batch);
  if (plain.length !== batch.bytes) throw new BrokenBatch("length");
  const records = new Array<LogRecord>(batch.records);
  let at = 0;
  for (let i = 0; i < records.length; i++) {
    if (at + LENGTHS > plain.length) throw new BrokenBatch("count");
    const keyBytes = plain.readInt32LE(at);
    const valueBytes = plain.readInt32LE(at + 4);
    at += LENGTHS;
    const key = keyBytes === NULL ? null : plain.toString("utf8", at, at + keyBytes);
    at += Math.max(keyBytes, 0);
    const value = valueBytes === NULL ? null : plain.subarray(at, at + valueBytes);
    at += Math.max(valueBytes, 0);
    records[i] = { offset: firstOffset + i, key, value };
  }
  if (at !== plain.length) throw new BrokenBatch(at > plain.length ? "record" : "count");
  return records;
}

function plainOf({ compressed, bytes, data }: EncodedBatch): Buffer {
  if (compressed === 0) return data;
  if (compressed === 1) {
    try {
      return zstdDecompressSync(data, { chunkSize: Math.max(1024, bytes), maxOutputLength: MAX_EXPANDED });
    } catch (error) {
      throw new BrokenBatch(
        (error as NodeJS.ErrnoException).code === "ZSTD_error_checksum_wrong" ? "checksum" : "compression",
      );
    }
  }
  if (compressed !== 2) throw new BrokenBatch("format");
  const plain = data.subarray(CRC);
  if (data.length < CRC || data.readUInt32LE() !== crc32(plain)) throw new BrokenBatch("checksum");
  return plain;
}
