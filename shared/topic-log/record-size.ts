/** The size of a record, and the largest size that is allowed: the same on each layer, so that each log takes the same records. */
import type { NewRecord } from "./topic-log.ts";

/**
 * The most bytes of a record, on any layer: a batch of Kafka has at most 1 MiB by default (message.max.bytes), and holds
 * the record with its headers.
 */
export const MAX_RECORD_BYTES = 960 << 10;

/** The most bytes of the lengths, deltas and flags of a record. */
export const RECORD_OVERHEAD = 32;

/** The most bytes of the header of a batch. */
const BATCH_OVERHEAD = 128;
/** Data that does not compress grows by at most this part. */
const GROWTH = 1 / 100;

export const recordBytes = ({ key, value }: Pick<NewRecord, "key" | "value">): number =>
  RECORD_OVERHEAD + Buffer.byteLength(key) + (value === null ? 0 : Buffer.byteLength(value));

/** Whether a record has at most `most` bytes. Counting characters is enough for all but the largest records. */
export const fitsIn = (most: number, record: Pick<NewRecord, "key" | "value">): boolean =>
  RECORD_OVERHEAD + 3 * (record.key.length + (record.value?.length ?? 0)) <= most ||
  recordBytes(record) <= most;

/** The most bytes of a record in a topic whose batches have at most `batchBytes`. */
export const recordRoom = (batchBytes: number): number =>
  Math.min(MAX_RECORD_BYTES, Math.floor(batchBytes * (1 - GROWTH)) - BATCH_OVERHEAD);
