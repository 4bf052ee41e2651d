/**
 * Decoding record batches (magic 2) that any program may have written, uncompressed or with gzip or zstd: the hot path
 * of reading. Values are views of one buffer. A control batch gives no records. It does not verify checksums, and
 * reads no headers and no timestamps.
 */
import { gunzipSync, zstdDecompressSync } from "node:zlib";
import { LogMisconfigured } from "../../errors.ts";
import type { LogRecord } from "../../topic-log.ts";
import {
  ATTRIBUTES,
  CODEC_MASK,
  CODEC_NAMES,
  CONTROL,
  COUNT,
  GZIP,
  LAST_OFFSET_DELTA,
  LENGTH,
  MAGIC,
  PREFIX,
  RECORDS,
  ZSTD,
} from "./record-batch-header.ts";

export interface IncomingBatch {
  readonly records: readonly LogRecord[];
  /** The offset after the batch. It may be more than the last record's + 1: compaction removes records, not offsets. */
  readonly next: number;
  /** Its length in the buffer. */
  readonly bytes: number;
}

/** The batch that begins at `at`; undefined when the buffer ends within it, because a fetch is cut at its limit. */
export function decodeBatch(buffer: Buffer, at: number): IncomingBatch | undefined {
  if (at + RECORDS > buffer.length) return undefined;
  const bytes = PREFIX + buffer.readInt32BE(at + LENGTH);
  if (at + bytes > buffer.length) return undefined;
  const base = Number(buffer.readBigInt64BE(at));
  const next = base + buffer.readInt32BE(at + LAST_OFFSET_DELTA) + 1;
  const magic = buffer.readInt8(at + MAGIC);
  if (magic !== 2)
    throw new LogMisconfigured({
      message: `the topic holds records in format ${magic}, older than Kafka 0.11: copy it into a new one`,
    });
  const attributes = buffer.readInt16BE(at + ATTRIBUTES);
  if ((attributes & CONTROL) !== 0) return { records: [], next, bytes };
  const count = buffer.readInt32BE(at + COUNT);
  const plain = expand(attributes & CODEC_MASK, buffer.subarray(at + RECORDS, at + bytes));
  return { records: decodeRecords(plain, base, count), next, bytes };
}

function expand(codec: number, data: Buffer): Buffer {
  switch (codec) {
    case 0:
      return data;
    case GZIP:
      return gunzipSync(data);
    case ZSTD:
      return zstdDecompressSync(data, { chunkSize: Math.max(64 << 10, data.length * 8) });
    default:
      throw new LogMisconfigured({
        message: `another program published records compressed with ${CODEC_NAMES[codec] ?? `codec ${codec}`}: ventes reads none, gzip and zstd; set the topic's compression.type to zstd`,
      });
  }
}

function decodeRecords(plain: Buffer, base: number, count: number): LogRecord[] {
  const records = new Array<LogRecord>(count);
  let at = 0;
  const varint = (): number => {
    let v = 0;
    let shift = 0;
    for (;;) {
      const byte = plain[at++] as number;
      v |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
      shift += 7;
    }
    return (v >>> 1) ^ -(v & 1);
  };
  for (let i = 0; i < count; i++) {
    const end = varint() + at;
    at += 1;
    // Passes over the timestamp's delta, a varlong.
    while ((plain[at++] as number) >= 0x80);
    const offset = base + varint();
    const keyBytes = varint();
    let key: string | null = null;
    if (keyBytes >= 0) {
      key = plain.toString("utf8", at, at + keyBytes);
      at += keyBytes;
    }
    const valueBytes = varint();
    records[i] = { offset, key, value: valueBytes < 0 ? null : plain.subarray(at, at + valueBytes) };
    at = end;
  }
  return records;
}
