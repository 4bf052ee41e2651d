/**
 * Kafka's record batch, magic 2: the offset in bytes of each field of its header, and the bits of its attributes. The
 * base offset, an int64, is at 0. Numbers are big endian.
 */
import type { BrokenReason } from "../../../contract/sentences.ts";

export const LENGTH = 8;
export const LEADER_EPOCH = 12;
export const MAGIC = 16;
export const CRC = 17;
export const ATTRIBUTES = 21;
export const LAST_OFFSET_DELTA = 23;
export const FIRST_TIMESTAMP = 27;
export const MAX_TIMESTAMP = 35;
export const PRODUCER_ID = 43;
export const PRODUCER_EPOCH = 51;
export const FIRST_SEQUENCE = 53;
export const COUNT = 57;
export const RECORDS = 61;
/** The bytes before the part that LENGTH counts. */
export const PREFIX = 12;

export const CODEC_MASK = 0x07;
export const CONTROL = 0x20;
export const GZIP = 1;
export const ZSTD = 4;
/** The codecs that Kafka knows and that are not read. */
export const UNREAD_CODECS: Readonly<Record<number, BrokenReason>> = { 2: "snappy", 3: "lz4" };
