/** What a cursor makes of fetched bytes that are wrong: a record in the place of a broken batch, then what follows. */
import { describe, expect, it } from "vitest";
import { sealedBatch } from "../protocol/testing/batches.ts";
import { PartitionCursor } from "./cursor.ts";

const batch = (base: number, ...values: string[]) =>
  sealedBatch(
    values.map((value) => ({ key: value, value })),
    base,
  );
const damaged = (bytes: Buffer): Buffer => {
  const copy = Buffer.from(bytes);
  copy[copy.length - 3] = (copy.at(-3) as number) ^ 1;
  return copy;
};
const cursorAt = (position: number) => new PartitionCursor("ventes", "v.ventes", 0, position, () => false);

/** All records of a cursor whose broker holds `bytes` up to the offset `end`, each as "offset:value". */
function readAll(cursor: PartitionCursor, fetch: (position: number) => Buffer, end: number) {
  const found: string[] = [];
  let fetches = 0;
  while (cursor.position < end && fetches < 100) {
    const read = cursor.next(100);
    if (read === undefined) {
      fetches += 1;
      cursor.accept(fetch(cursor.position), end, true);
      continue;
    }
    for (const { offset, value, broken } of read.records)
      found.push(`${offset}:${broken ? `${broken.reason} until ${broken.until}` : value}`);
    expect(read.next).toBe(cursor.position);
  }
  return { found, fetches };
}

describe("a broken batch", () => {
  const first = batch(0, "a", "b");
  const second = batch(2, "c", "d", "e");
  const third = batch(5, "f");
  const from = (parts: readonly [number, Buffer][]) => (position: number) =>
    Buffer.concat(parts.filter(([next]) => next > position).map(([, bytes]) => bytes));

  it("is fetched once more, then stands as one record in its place, and what follows is read", () => {
    const { found, fetches } = readAll(
      cursorAt(0),
      from([
        [2, first],
        [5, damaged(second)],
        [6, third],
      ]),
      6,
    );
    expect(found).toEqual(["0:a", "1:b", "2:checksum until 5", "5:f"]);
    expect(fetches).toBe(2);
  });

  it("that only the network had damaged is read", () => {
    let times = 0;
    const fetch = (position: number) =>
      from([
        [2, first],
        [5, times++ === 0 ? damaged(second) : second],
        [6, third],
      ])(position);
    expect(readAll(cursorAt(0), fetch, 6).found).toEqual(["0:a", "1:b", "2:c", "3:d", "4:e", "5:f"]);
  });

  it("whose length is wrong is passed over by its offsets", () => {
    const bad = Buffer.from(second);
    bad.writeInt32BE(-1, 8);
    const fetch = from([
      [2, first],
      [5, bad],
      [6, third],
    ]);
    expect(readAll(cursorAt(0), fetch, 6).found).toEqual(["0:a", "1:b", "2:length until 5", "5:f"]);
  });

  it("that claims to be longer than all that came does not make the cursor fetch for ever", () => {
    const bad = Buffer.from(second);
    bad.writeInt32BE(1 << 30, 8);
    const { found, fetches } = readAll(cursorAt(2), from([[5, bad]]), 5);
    expect([found, fetches]).toEqual([["2:length until 5"], 2]);
  });

  it.each([
    ["behind the end of the partition", 1e12],
    ["before the position", -100],
  ])("whose first offset lies %s moves the position by one at most", (_what, base) => {
    const bad = Buffer.from(third);
    bad.writeBigInt64BE(BigInt(base), 0);
    expect(readAll(cursorAt(5), from([[6, bad]]), 6).found).toEqual(["5:offsets until 6"]);
  });

  it("of which not even the header came costs one offset", () => {
    expect(readAll(cursorAt(4), () => Buffer.alloc(20), 5).found).toEqual(["4:length until 5"]);
  });

  it("is asked for first after a fetch was cut within it", () => {
    const cursor = cursorAt(2);
    cursor.accept(second.subarray(0, 80), 5, false);
    expect(cursor.next(100)).toBeUndefined();
    expect([cursor.cut, cursor.drained, cursor.position]).toEqual([true, true, 2]);
    expect(cursor.next(100)).toBeUndefined();
    expect(cursor.cut).toBe(true);
    cursor.accept(second, 5, true);
    expect(cursor.next(100)?.records.map(({ value }) => value?.toString())).toEqual(["c", "d", "e"]);
    expect(cursor.cut).toBe(false);
  });
});
