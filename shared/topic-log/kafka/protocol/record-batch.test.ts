import { createRequire } from "node:module";
import { gzipSync, zstdDecompressSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { NewRecord } from "../../topic-log.ts";
import { crc32c } from "./crc32c.ts";
import { decodeBatch } from "./decode-batch.ts";
import { encodeBatches, seal } from "./encode-batch.ts";
import { framed, sealedBatch } from "./testing/batches.ts";

/** kafkajs' own encoder, to be compared with. */
const require = createRequire(import.meta.url);
const stockCrc = require("kafkajs/src/protocol/recordBatch/crc32C") as (bytes: Buffer) => number;
const StockRecord = require("kafkajs/src/protocol/recordBatch/record/v0") as (o: object) => object;
const { RecordBatch: StockBatch } = require("kafkajs/src/protocol/recordBatch/v0") as {
  RecordBatch: (o: object) => Promise<{ buffer: Buffer }>;
};

const stock = async (records: readonly NewRecord[], timestamp: number, sequence: number): Promise<Buffer> => {
  const encoded = records.map(({ key, value }, offsetDelta) =>
    StockRecord({ key, value, offsetDelta, timestampDelta: 0 }),
  );
  const batch = await StockBatch({
    records: encoded,
    firstTimestamp: timestamp,
    maxTimestamp: timestamp,
    producerId: "4711",
    producerEpoch: 3,
    firstSequence: sequence,
    lastOffsetDelta: records.length - 1,
  });
  return batch.buffer;
};

const record = fc.record({
  key: fc.oneof(fc.string({ unit: "binary", maxLength: 200 }), fc.constant("id")),
  value: fc.option(fc.string({ unit: "binary", maxLength: 400 }), { nil: null }),
});
const timestamp = Date.UTC(2026, 10, 23);

describe("crc32c", () => {
  it("is CRC-32C for any start and end", () => {
    expect(crc32c(Buffer.from("123456789"))).toBe(0xe3069283);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(20), (bytes, from) => {
        expect(crc32c(bytes, from)).toBe(stockCrc(Buffer.from(bytes.subarray(from))));
      }),
    );
  });
});

describe("a record batch", () => {
  it("is byte for byte what kafkajs encodes", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(record, { minLength: 1, maxLength: 150 }),
        fc.nat(2 ** 31 - 1),
        async (records, sequence) => {
          const [batch] = encodeBatches(records, { timestamp, compress: false });
          expect(batch && seal(batch, 4711, 3, sequence)).toEqual(await stock(records, timestamp, sequence));
        },
      ),
      { numRuns: 60 },
    );
  });

  it("is the same when lengths and deltas need several bytes", async () => {
    const records = Array.from({ length: 3_000 }, (_, i) => ({ key: `k${i}`, value: "v".repeat(i % 200) }));
    const [batch] = encodeBatches(records, { timestamp, compress: false });
    expect(batch && seal(batch, 4711, 3, 0).equals(await stock(records, timestamp, 0))).toBe(true);
    const long = [{ key: "k".repeat(20_000), value: "é".repeat(100_000) }];
    const [large] = encodeBatches(long, { timestamp, compress: false });
    expect(large && seal(large, 4711, 3, 0).equals(await stock(long, timestamp, 0))).toBe(true);
  });

  it("holds the same records when it is compressed", () => {
    const records = Array.from({ length: 500 }, (_, i) => ({ key: `k${i}`, value: `value ${i}` }));
    const options = { timestamp, compress: true };
    const [zipped] = encodeBatches(records, options);
    const [plain] = encodeBatches(records, { ...options, compress: false });
    expect(zipped?.bytes.readInt16BE(21)).toBe(4);
    expect(
      zipped && plain && zstdDecompressSync(zipped.bytes.subarray(61)).equals(plain.bytes.subarray(61)),
    ).toBe(true);
  });

  it("is read as it was written, one after the other, up to the cut of a fetch", () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(record, { minLength: 1, maxLength: 40 }), { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        fc.nat(30),
        (lists, compress, cut) => {
          const sealed = lists.map((records, i) => {
            const [batch] = encodeBatches(records, { timestamp, compress });
            const bytes = seal(batch as NonNullable<typeof batch>, 1, 0, 0);
            bytes.writeBigInt64BE(BigInt(i * 1_000), 0);
            return bytes;
          });
          const all = Buffer.concat([...sealed, (sealed[0] as Buffer).subarray(0, cut)]);
          let at = 0;
          lists.forEach((records, i) => {
            const read = decodeBatch(all, at);
            expect(read?.next).toBe(i * 1_000 + records.length);
            expect(
              read?.records.map((r) => ({ key: r.key, value: r.value === null ? null : r.value.toString() })),
            ).toEqual(
              records.map(({ key, value }) => ({
                key: Buffer.from(key).toString(),
                value: value === null ? null : Buffer.from(value).toString(),
              })),
            );
            expect(read?.records.map((r) => r.offset)).toEqual(records.map((_, n) => i * 1_000 + n));
            at += read?.bytes ?? 0;
          });
          expect(decodeBatch(all, at)).toBeUndefined();
        },
      ),
      { numRuns: 60 },
    );
  });

  it("is cut at the limit of a broker", () => {
    const records = Array.from({ length: 12_000 }, (_, i) => ({ key: `k${i}`, value: "x".repeat(300) }));
    const batches = encodeBatches(records, { timestamp, compress: false });
    expect(batches.reduce((n, b) => n + b.count, 0)).toBe(12_000);
    for (const batch of batches) expect(batch.bytes.length).toBeLessThan(1 << 20);
  });

  it("of another program may use gzip; one with lz4 is broken, for that reason", () => {
    const plain = sealedBatch([{ key: "k", value: "v" }]);
    const zipped = framed(gzipSync(plain.subarray(61)), plain, 1);
    expect(decodeBatch(zipped, 0)?.records[0]?.value?.toString()).toBe("v");
    expect(decodeBatch(framed(plain.subarray(61), plain, 3), 0)).toMatchObject({
      records: [],
      next: 1,
      broken: "lz4",
    });
  });
});
