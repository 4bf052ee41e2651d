/**
 * The partition of a key: murmur2 as in Java's default partitioner (and kafkajs' DefaultPartitioner), so that
 * both layers and all other clients put a key into the same partition.
 */
const SEED = 0x9747b28c;
const M = 0x5bd1e995;

/** The hash of some bytes, signed, of 32 bits. The same as murmur2 of Kafka's clients in Java. */
export function murmur2(data: Uint8Array): number {
  const length = data.length;
  let h = SEED ^ length;
  let i = 0;
  for (; i + 4 <= length; i += 4) {
    let k =
      (data[i] as number) |
      ((data[i + 1] as number) << 8) |
      ((data[i + 2] as number) << 16) |
      ((data[i + 3] as number) << 24);
    k = Math.imul(k, M);
    k ^= k >>> 24;
    k = Math.imul(k, M);
    h = Math.imul(h, M) ^ k;
  }
  const left = length - i;
  if (left >= 3) h ^= (data[i + 2] as number) << 16;
  if (left >= 2) h ^= (data[i + 1] as number) << 8;
  if (left >= 1) h = Math.imul(h ^ (data[i] as number), M);
  h ^= h >>> 13;
  h = Math.imul(h, M);
  h ^= h >>> 15;
  return h | 0;
}

const scratch = Buffer.allocUnsafe(4096);

/** The partition of `key` (UTF-8), from 0 to `partitions` - 1. */
export function partitionOf(key: string, partitions: number): number {
  const bytes =
    key.length * 3 <= scratch.length
      ? scratch.subarray(0, scratch.write(key, "utf8"))
      : Buffer.from(key, "utf8");
  return (murmur2(bytes) & 0x7fffffff) % partitions;
}
