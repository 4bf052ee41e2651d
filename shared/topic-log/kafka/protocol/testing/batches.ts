/** Record batches for tests: right ones, and ones whose checksum is right although what they say is not. */
import type { NewRecord } from "../../../topic-log.ts";
import { crc32c } from "../crc32c.ts";
import { encodeBatches, seal } from "../encode-batch.ts";
import { ATTRIBUTES, CRC, LENGTH, PREFIX, RECORDS } from "../record-batch-header.ts";

const TIMESTAMP = Date.UTC(2026, 10, 23);

/** A record batch of these records, which begins at the offset `base`. */
export function sealedBatch(records: readonly NewRecord[], base = 0, compress = false): Buffer {
  const [batch] = encodeBatches(records, { timestamp: TIMESTAMP, compress });
  const bytes = seal(batch as NonNullable<typeof batch>, 1, 0, 0);
  bytes.writeBigInt64BE(BigInt(base), 0);
  return bytes;
}

/** Makes the checksum right again. Returns the same batch. */
export function resealed(batch: Buffer): Buffer {
  batch.writeUInt32BE(crc32c(batch, ATTRIBUTES), CRC);
  return batch;
}

/** `data` with the header of `batch`, but with these attributes, and the length and checksum that belong to it. */
export function framed(data: Buffer, batch: Buffer, attributes: number): Buffer {
  const bytes = Buffer.concat([batch.subarray(0, RECORDS), data]);
  bytes.writeInt32BE(bytes.length - PREFIX, LENGTH);
  bytes.writeInt16BE(attributes, ATTRIBUTES);
  return resealed(bytes);
}
