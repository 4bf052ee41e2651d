import fc from "fast-check";
import { expect, it } from "vitest";
import { sliceOf } from "../fingerprint.ts";
import { saleStem } from "../identity.ts";
import { decodeHeld, encodeHeld, type HeldRow, heldKey, isHashed } from "./held-rows.ts";

const day = fc
  .date({ min: new Date("0001-01-01"), max: new Date("9999-12-31"), noInvalidDate: true })
  .map((d) => d.toISOString().slice(0, 10));
const stem = fc.tuple(day, fc.string()).map(([date_vente, x]) => saleStem(["x"], { date_vente, x }, {}));
const print = { a: fc.maxSafeNat().map((n) => n % 2 ** 48), b: fc.nat({ max: 2 ** 32 - 1 }) };
const place = fc.nat({ max: 2 ** 32 - 1 });
const id = fc.string({ unit: "binary", minLength: 1, maxLength: 60 }).filter((s) => s.isWellFormed());
const row: fc.Arbitrary<HeldRow> = fc.oneof(
  fc.record({
    key: stem,
    ordinal: fc.integer({ min: 1, max: 127 }),
    dated: fc.constant(""),
    ...print,
    day: fc.constant(""),
    place,
  }),
  fc.record({
    key: id,
    ordinal: fc.constant(0),
    dated: fc.oneof(fc.constant(""), day),
    ...print,
    day: fc.constant(""),
    place: fc.constant(0),
  }),
  fc.record({ key: id, ordinal: fc.constant(0), dated: fc.constant(""), ...print, day, place }),
);
const held = fc.array(row.map((r) => ({ ...r, key: heldKey(r.key, r.ordinal) })));

it("held rows are decoded as they were encoded", () => {
  fc.assert(
    fc.property(held, (rows) => {
      const bytes = Buffer.from(encodeHeld(rows));
      expect(decodeHeld(bytes)).toEqual(rows);
      for (const slice of [0, 7])
        expect(decodeHeld(bytes, slice)).toEqual(rows.filter(({ key }) => sliceOf(key) === slice));
    }),
  );
});

it("a row takes at most 36 bytes", () => {
  fc.assert(
    fc.property(held, (rows) => {
      for (const r of rows) expect(encodeHeld([r]).length).toBeLessThanOrEqual(36);
    }),
  );
  // A sale without id that is repeated more often takes one more byte for its ordinal.
  const often = {
    key: saleStem([], { date_vente: "2026-11-22" }, {}),
    ordinal: 1e6,
    dated: "",
    a: 1,
    b: 2,
    day: "",
    place: 2 ** 31,
  };
  expect(decodeHeld(Buffer.from(encodeHeld([often])))).toEqual([often]);
});

it("different keys are held as different keys: short ones as they are, long ones as 96 bits", () => {
  expect(heldKey("V-000123", 0)).toBe("V-000123");
  expect(heldKey("éééééééé", 0)).toBe("éééééééé");
  expect(isHashed(heldKey("éééééééééééé", 0))).toBe(true);
  const long = Array.from({ length: 20_000 }, (_, i) => heldKey(`order-0000-0000-0000-${i}`, 0));
  expect(long.every(isHashed)).toBe(true);
  expect(new Set(long).size).toBe(long.length);
  // These only look like derived ids: the last character of a real hash has four bits that are always zero.
  expect(isHashed(heldKey(`2026-11-22~${"A".repeat(21)}B`, 1))).toBe(true);
});
