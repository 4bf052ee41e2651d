/** What a record takes, and the most that one may take, so that every log holds the same. */
import type { NewRecord } from "./topic-log.ts";

/**
 * The most that a record may take, in any log: a batch of Kafka is 1 MiB by default (message.max.bytes), and holds the
 * record with what stands around it.
 */
export const MAX_RECORD_BYTES = 960 << 10;

/** Lengths, deltas and flags around a record, at most. */
export const RECORD_OVERHEAD = 32;

/** Around the records of a batch. */
const BATCH_OVERHEAD = 128;
/** What does not compress grows by this part of it, at most. */
const GROWTH = 1 / 100;

export const recordBytes = ({ key, value }: Pick<NewRecord, "key" | "value">): number =>
  RECORD_OVERHEAD + Buffer.byteLength(key) + (value === null ? 0 : Buffer.byteLength(value));

/** Whether it does; the length in characters tells of all but the largest. */
export const fitsIn = (most: number, record: Pick<NewRecord, "key" | "value">): boolean =>
  RECORD_OVERHEAD + 3 * (record.key.length + (record.value?.length ?? 0)) <= most ||
  recordBytes(record) <= most;

/** The most that a record may take in a topic whose batches may take `batchBytes`. */
export const recordRoom = (batchBytes: number): number =>
  Math.min(MAX_RECORD_BYTES, Math.floor(batchBytes * (1 - GROWTH)) - BATCH_OVERHEAD);
