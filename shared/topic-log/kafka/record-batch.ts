/**
 * Kafka's record batch (magic 2), encoded into one buffer and decoded with values as views. Written: no headers,
 * one timestamp, zstd when that pays. Read: whatever a program may have written in gzip or zstd or uncompressed;
 * control batches have no records. Tested byte for byte against kafkajs' encoder.
 */
import { constants, gunzipSync, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { LogMisconfigured } from "../errors.ts";
import { MAX_RECORD_BYTES, RECORD_OVERHEAD } from "../record-size.ts";
import type { LogRecord, NewRecord } from "../topic-log.ts";
import { crc32c } from "./crc32c.ts";

// Where the fields of the header are.
const LENGTH = 8;
const LEADER_EPOCH = 12;
const MAGIC = 16;
const CRC = 17;
const ATTRIBUTES = 21;
const LAST_OFFSET_DELTA = 23;
const FIRST_TIMESTAMP = 27;
const MAX_TIMESTAMP = 35;
const PRODUCER_ID = 43;
const PRODUCER_EPOCH = 51;
const FIRST_SEQUENCE = 53;
const COUNT = 57;
const RECORDS = 61;
/** What precedes the part that LENGTH counts. */
const PREFIX = 12;

const CODEC_MASK = 0x07;
const CONTROL = 0x20;
const GZIP = 1;
const ZSTD = 4;
const CODEC_NAMES = ["none", "gzip", "snappy", "lz4", "zstd"];

/** Below this, zstd's frame costs about what it saves. */
const COMPRESS_FROM = 512;
const MAX_RECORDS = 5_000;

let scratch = Buffer.allocUnsafe(1 << 20);

const zigzag = (n: number): number => (n << 1) ^ (n >> 31);

function varintSize(n: number): number {
  let v = zigzag(n) >>> 0;
  let size = 1;
  for (; v >= 0x80; v >>>= 7) size += 1;
  return size;
}

function writeVarint(n: number, at: number): number {
  let v = zigzag(n) >>> 0;
  for (; v >= 0x80; v >>>= 7) scratch[at++] = (v & 0x7f) | 0x80;
  scratch[at++] = v;
  return at;
}

export interface OutgoingBatch {
  readonly count: number;
  /** The whole record batch; `seal` fills in what is known only when it is sent. */
  readonly bytes: Buffer;
}

/** A broker gives no time to a record that has none, and refuses one that is an hour ahead of its own. */
export const NO_TIMESTAMP = -1;

export interface EncodeOptions {
  /** Milliseconds since 1970, or NO_TIMESTAMP. */
  readonly timestamp: number;
  readonly compress: boolean;
  /** The most that the records of a batch take, where there are several. Default: MAX_RECORD_BYTES. */
  readonly maxBytes?: number;
}

/** Encodes records in order, cut into batches that a broker takes. */
export function encodeBatches(records: readonly NewRecord[], options: EncodeOptions): OutgoingBatch[] {
  const { maxBytes = MAX_RECORD_BYTES } = options;
  const batches: OutgoingBatch[] = [];
  let at = RECORDS;
  let count = 0;
  const finish = () => {
    batches.push({ count, bytes: frame(count, at, options) });
    at = RECORDS;
    count = 0;
  };
  for (const { key, value } of records) {
    const keyBytes = Buffer.byteLength(key);
    const valueBytes = value === null ? -1 : Buffer.byteLength(value);
    const most = RECORD_OVERHEAD + keyBytes + Math.max(valueBytes, 0);
    if (count === MAX_RECORDS || (count > 0 && at + most > maxBytes)) finish();
    if (at + most > scratch.length) {
      const larger = Buffer.allocUnsafe(Math.max(scratch.length * 2, at + most));
      scratch.copy(larger, 0, 0, at);
      scratch = larger;
    }
    const body =
      // attributes, timestamp delta 0, headers 0
      3 +
      varintSize(count) +
      varintSize(keyBytes) +
      keyBytes +
      varintSize(valueBytes) +
      Math.max(valueBytes, 0);
    at = writeVarint(body, at);
    scratch[at++] = 0;
    scratch[at++] = 0;
    at = writeVarint(count, at);
    at = writeVarint(keyBytes, at);
    at += scratch.write(key, at, "utf8");
    at = writeVarint(valueBytes, at);
    if (value !== null) at += scratch.write(value, at, "utf8");
    scratch[at++] = 0;
    count += 1;
  }
  if (count > 0) finish();
  return batches;
}

function frame(count: number, end: number, { timestamp, compress }: EncodeOptions): Buffer {
  const plain = scratch.subarray(RECORDS, end);
  const zip = compress && plain.length >= COMPRESS_FROM;
  const body = zip
    ? zstdCompressSync(plain, {
        chunkSize: Math.max(1024, plain.length >> 1),
        params: { [constants.ZSTD_c_compressionLevel]: 1 },
      })
    : plain;
  const bytes = Buffer.allocUnsafe(RECORDS + body.length);
  body.copy(bytes, RECORDS);
  bytes.fill(0, 0, LENGTH);
  bytes.writeInt32BE(bytes.length - PREFIX, LENGTH);
  bytes.writeInt32BE(0, LEADER_EPOCH);
  bytes.writeInt8(2, MAGIC);
  bytes.writeInt16BE(zip ? ZSTD : 0, ATTRIBUTES);
  bytes.writeInt32BE(count - 1, LAST_OFFSET_DELTA);
  bytes.writeBigInt64BE(BigInt(timestamp), FIRST_TIMESTAMP);
  bytes.writeBigInt64BE(BigInt(timestamp), MAX_TIMESTAMP);
  bytes.writeInt32BE(count, COUNT);
  return bytes;
}

/** Takes the time from a batch that was refused for it. */
export function withoutTimestamp({ bytes }: OutgoingBatch): void {
  bytes.writeBigInt64BE(BigInt(NO_TIMESTAMP), FIRST_TIMESTAMP);
  bytes.writeBigInt64BE(BigInt(NO_TIMESTAMP), MAX_TIMESTAMP);
}

/** Whose batch it is: with the sequence the broker knows a repetition. The last thing before it is sent. */
export function seal(batch: OutgoingBatch, producerId: number, epoch: number, sequence: number): Buffer {
  const { bytes } = batch;
  bytes.writeBigInt64BE(BigInt(producerId), PRODUCER_ID);
  bytes.writeInt16BE(epoch, PRODUCER_EPOCH);
  bytes.writeInt32BE(sequence, FIRST_SEQUENCE);
  bytes.writeUInt32BE(crc32c(bytes, ATTRIBUTES), CRC);
  return bytes;
}

export interface IncomingBatch {
  readonly records: readonly LogRecord[];
  /** The offset after the batch: compaction may have removed its last records, not their offsets. */
  readonly next: number;
  /** How many bytes of the buffer it took. */
  readonly bytes: number;
}

/** The batch that begins at `at`; undefined when it is not there whole (a fetch cuts where its limit is). */
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
    // The timestamp's delta is a varlong that nobody needs.
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
