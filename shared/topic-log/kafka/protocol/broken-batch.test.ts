/** Record batches that contradict themselves: each gives a reason, none an endless loop, gigabytes or an exception. */
import { gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { decodeBatch, MAX_BATCH_RECORDS, MAX_EXPANDED_BYTES } from "./decode-batch.ts";
import { framed, resealed, sealedBatch } from "./testing/batches.ts";
import { randomOf } from "./testing/random.ts";

const BASE = 40;
const list = (n: number) => Array.from({ length: n }, (_, i) => ({ key: `k${i}`, value: `value ${i}` }));
const three = () => sealedBatch(list(3), BASE);
const changed = (change: (batch: Buffer) => void): Buffer => {
  const batch = three();
  change(batch);
  return resealed(batch);
};

describe("a broken record batch", () => {
  it.each<[string, string, () => Buffer]>([
    [
      "a bit that was turned over",
      "checksum",
      () => {
        const batch = three();
        batch[70] = (batch[70] as number) ^ 1;
        return batch;
      },
    ],
    ["more records than bytes", "count", () => changed((b) => b.writeInt32BE(2_000_000, 57))],
    ["a negative number of records", "count", () => changed((b) => b.writeInt32BE(-5, 57))],
    ["one record more than it holds", "record", () => changed((b) => b.writeInt32BE(4, 57))],
    ["one record less than it holds", "count", () => changed((b) => b.writeInt32BE(2, 57))],
    ["a record that ends behind the batch", "record", () => changed((b) => b.writeUInt8(0x7e, 61))],
    ["a record of a negative length", "record", () => changed((b) => b.writeUInt8(0x01, 61))],
    ["an offset behind the last one", "offsets", () => changed((b) => b.writeInt32BE(1, 23))],
    ["a negative last offset", "offsets", () => changed((b) => b.writeInt32BE(-1, 23))],
    ["a negative length", "length", () => changed((b) => b.writeInt32BE(-12, 8))],
    ["the format of before Kafka 0.11", "format", () => changed((b) => b.writeInt8(1, 16))],
    ["data that are no gzip", "compression", () => framed(Buffer.from("nothing"), three(), 1)],
    ["data that are no zstd", "compression", () => framed(Buffer.from("nothing"), three(), 4)],
    ["a codec that nobody knows", "codec", () => framed(Buffer.from("nothing"), three(), 7)],
  ])("with %s: %s", (_what, reason, make) => {
    expect(decodeBatch(make(), 0)).toMatchObject({ records: [], broken: reason });
  });

  it.each([
    ["gzip", 1, gzipSync],
    ["zstd", 4, zstdCompressSync],
  ] as const)("does not expand to more than 64 MiB with %s", (_name, codec, zip) => {
    const bomb = framed(zip(Buffer.alloc(4 * MAX_EXPANDED_BYTES)), three(), codec);
    expect(bomb.length).toBeLessThan(MAX_EXPANDED_BYTES / 200);
    expect(decodeBatch(bomb, 0)?.broken).toBe("expansion");
  });

  it("does not hold more records than the limit, although they fit", () => {
    const batch = framed(zstdCompressSync(Buffer.alloc(MAX_EXPANDED_BYTES / 2)), three(), 4);
    batch.writeInt32BE(MAX_BATCH_RECORDS + 1, 57);
    expect(decodeBatch(resealed(batch), 0)?.broken).toBe("count");
  });
});

const BOUNDARIES = [0, 1, 0x7f, 0x80, 0xff];

describe("a fuzz of record batches with a right checksum", () => {
  it.each([1, 2, 3, 4])("ends with records in order or with a reason: seed %i", (seed) => {
    const random = randomOf(seed);
    const below = (n: number) => Math.floor(random() * n);
    const found = new Map<string, number>();
    let slowestMs = 0;
    for (let i = 0; i < 5_000; i++) {
      const batch = sealedBatch(list(1 + below(30)), BASE, random() < 0.3);
      for (let n = 1 + below(4); n > 0; n--)
        batch[random() < 0.4 ? 8 + below(53) : below(batch.length)] =
          random() < 0.5 ? (BOUNDARIES[below(BOUNDARIES.length)] as number) : below(256);
      if (random() < 0.9) resealed(batch);
      // The time of this thread: other processes may hold the machine.
      const before = process.threadCpuUsage();
      const read = decodeBatch(batch, 0);
      slowestMs = Math.max(slowestMs, process.threadCpuUsage(before).user / 1_000);
      const what = read === undefined ? "cut" : (read.broken ?? "read");
      found.set(what, (found.get(what) ?? 0) + 1);
      if (read === undefined || read.broken !== undefined) continue;
      const offsets = read.records.map(({ offset }) => offset);
      expect(offsets).toEqual([...new Set(offsets)].sort((a, b) => a - b));
      expect(offsets.every((offset) => offset >= read.base && offset < read.next)).toBe(true);
    }
    // Each way out was taken, so the fuzz reaches what it is for.
    for (const what of ["read", "cut", "checksum", "length", "count", "record", "offsets", "compression"])
      expect([what, found.get(what) ?? 0]).not.toEqual([what, 0]);
    expect(slowestMs).toBeLessThan(200);
  });
});
