/**
 * Encoding records into record batches (magic 2), each in one buffer: the hot path of publishing. A batch has no
 * headers and one timestamp, and is compressed with zstd where it has COMPRESS_FROM bytes or more. kafkajs' own encoder
 * is slower; a test compares the bytes of both. A batch can be sent only after `seal`.
 */
import { constants, zstdCompressSync } from "node:zlib";
import { MAX_RECORD_BYTES, RECORD_OVERHEAD } from "../../record-size.ts";
import type { NewRecord } from "../../topic-log.ts";
import { crc32c } from "./crc32c.ts";
import {
  ATTRIBUTES,
  COUNT,
  CRC,
  FIRST_SEQUENCE,
  FIRST_TIMESTAMP,
  LAST_OFFSET_DELTA,
  LEADER_EPOCH,
  LENGTH,
  MAGIC,
  MAX_TIMESTAMP,
  PREFIX,
  PRODUCER_EPOCH,
  PRODUCER_ID,
  RECORDS,
  ZSTD,
} from "./record-batch-header.ts";

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
  /** The whole record batch. `seal` writes the fields that are known only when it is sent. */
  readonly bytes: Buffer;
}

/** The timestamp of records without a time. A broker adds none, and refuses one that is an hour ahead of its clock. */
export const NO_TIMESTAMP = -1;

export interface EncodeOptions {
  /** Milliseconds since 1970, or NO_TIMESTAMP. */
  readonly timestamp: number;
  readonly compress: boolean;
  /** The most that the records of a batch take, where there are several. Default: MAX_RECORD_BYTES. */
  readonly maxBytes?: number;
}

/** Encodes records in order, cut into batches of at most `maxBytes` and MAX_RECORDS. A larger record is a batch alone. */
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

/** Removes the timestamp of a batch, which the broker refused for it. */
export function withoutTimestamp({ bytes }: OutgoingBatch): void {
  bytes.writeBigInt64BE(BigInt(NO_TIMESTAMP), FIRST_TIMESTAMP);
  bytes.writeBigInt64BE(BigInt(NO_TIMESTAMP), MAX_TIMESTAMP);
}

/**
 * Writes into a batch which producer sends it, and its checksum. By the sequence the broker recognizes a batch that is
 * sent again. Call it last: the checksum covers the other fields.
 */
export function seal(batch: OutgoingBatch, producerId: number, epoch: number, sequence: number): Buffer {
  const { bytes } = batch;
  bytes.writeBigInt64BE(BigInt(producerId), PRODUCER_ID);
  bytes.writeInt16BE(epoch, PRODUCER_EPOCH);
  bytes.writeInt32BE(sequence, FIRST_SEQUENCE);
  bytes.writeUInt32BE(crc32c(bytes, ATTRIBUTES), CRC);
  return bytes;
}
