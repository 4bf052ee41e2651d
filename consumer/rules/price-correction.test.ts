import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HAND_PRICES } from "#shared/contract/hand-prices.ts";
import { formatMillionths, millionthsOf } from "#shared/contract/numbers.ts";
import { applyToKey, type DeleteEvent, type KeyState, NOTHING_HELD, type RowEvent } from "./claims.ts";
import { type Correction, corrected, priceSteps } from "./price-correction.ts";
import { type PricePoints, pointOn, priceOn } from "./price-points.ts";

/** What one source says of the price of P1; `day` is the day of publication of an undated price. */
interface Said {
  readonly source: string;
  readonly price: string | null;
  readonly dated?: string | undefined;
  readonly day?: string;
}

const eventOf = ({ source, price, dated, day = "2026-01-01" }: Said): RowEvent | DeleteEvent =>
  ({
    v: 1,
    kind: price === null ? "delete" : "row",
    source,
    version: 1,
    line: 1,
    published: "2026-01-01T00:00:00.000Z",
    day,
    row: {
      id_produit: "P1",
      ...(price === null ? {} : { prix: price }),
      ...(dated === undefined ? {} : { date_effet: dated }),
    },
    ...(price === null ? {} : { extras: {} }),
  }) as RowEvent | DeleteEvent;

/** The state of the product after these events, the first at offset `from`. */
const following = (all: readonly Said[], state: KeyState = NOTHING_HELD, from = 0): KeyState =>
  all.reduce((now, said, i) => applyToKey("produits", now, eventOf(said), from + i).state, state);

const byHand = (points: PricePoints, correction: Correction): readonly Said[] =>
  priceSteps(points, correction).map(({ day, price }) => ({
    source: HAND_PRICES,
    price: price === null ? null : formatMillionths(price),
    dated: day,
  }));

const millionths = (price: string): bigint => millionthsOf(price) as bigint;

describe("a price set by hand (rule 14)", () => {
  const list = following([
    { source: "A", price: "1.5", day: "2026-01-01" },
    { source: "A", price: "2", day: "2026-02-01" },
  ]);
  const prices = ({ points }: KeyState, ...days: readonly string[]) =>
    days.map((day) => formatMillionths(priceOn(points, day) as bigint));

  it("changes the price of its days, and of no day before or after", () => {
    const set = { from: "2025-12-01", end: "2026-01-01", price: millionths("1.2") };
    const now = following(byHand(list.points, set), list, 10);
    expect(prices(now, "2025-11-30", "2025-12-01", "2025-12-31", "2026-01-01", "2026-02-01")).toEqual([
      "1.5",
      "1.2",
      "1.2",
      "1.5",
      "2",
    ]);
    // What the list says later holds from its day on.
    const later = following([{ source: "A", price: "3", day: "2026-03-01" }], now, 20);
    expect(prices(later, "2025-12-01", "2026-02-28", "2026-03-01")).toEqual(["1.2", "2", "3"]);
  });

  it("for ever holds until the list says another one", () => {
    const set = { from: "2026-01-15", end: null, price: millionths("9") };
    const now = following(byHand(list.points, set), list, 10);
    expect(prices(now, "2026-01-14", "2026-01-15", "2026-02-01")).toEqual(["1.5", "9", "9"]);
    expect(
      prices(following([{ source: "A", price: "3", day: "2026-03-01" }], now, 20), "2026-03-01"),
    ).toEqual(["3"]);
  });

  it("is set again after another source has said another one for the same day", () => {
    const set = { from: "2026-02-01", end: null, price: millionths("5") };
    const first = following(byHand(list.points, set), list, 10);
    const other = following([{ source: "B", price: "6", dated: "2026-02-01" }], first, 20);
    expect(prices(other, "2026-02-01")).toEqual(["6"]);
    expect(prices(following(byHand(other.points, set), other, 30), "2026-02-01")).toEqual(["5"]);
  });

  it("needs no event where the price holds already, and one where a product has none", () => {
    expect(priceSteps(list.points, { from: "2026-02-01", end: null, price: millionths("2") })).toEqual([]);
    expect(priceSteps([], { from: "2026-02-01", end: null, price: 1n })).toEqual([
      { day: "2026-02-01", price: 1n },
    ]);
  });

  const day = fc.integer({ min: 1, max: 9 }).map((n) => `2026-01-0${n}`);
  const price = fc.integer({ min: 1, max: 4 }).map(String);
  const said = fc.record({
    source: fc.constantFrom("A", "B", "C", HAND_PRICES),
    price,
    dated: fc.option(day, { nil: undefined }),
    day,
  });

  it("gives each of its days its price, and all others the one of before, whatever was said", () => {
    fc.assert(
      fc.property(
        fc.array(said, { minLength: 1, maxLength: 8 }),
        fc.array(fc.record({ from: day, length: fc.option(fc.nat(4)), price }), {
          minLength: 1,
          maxLength: 3,
        }),
        (all, sets) => {
          // By hand, all prices are dated.
          let state = following(
            all.map((one) => (one.source === HAND_PRICES ? { ...one, dated: one.day } : one)),
          );
          let offset = all.length;
          for (const { from, length, price: text } of sets) {
            const end =
              length === null ? null : `2026-01-${String(Number(from.slice(8)) + length).padStart(2, "0")}`;
            const correction = { from, end, price: millionths(text) };
            const steps = byHand(state.points, correction);
            const next = following(steps, state, offset);
            offset += steps.length;
            const days = [
              "2025-01-01",
              ...Array.from({ length: 15 }, (_, i) => `2026-01-${String(i + 1).padStart(2, "0")}`),
            ];
            for (const d of days) {
              const isIts = d >= from && (end === null || d < end);
              expect(priceOn(next.points, d)).toBe(isIts ? correction.price : priceOn(state.points, d));
            }
            // What is computed before anything is published is what comes of it.
            const planned = corrected(state.points, priceSteps(state.points, correction));
            for (const d of days) expect(priceOn(planned, d)).toBe(priceOn(next.points, d));
            state = next;
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it("is taken back: what the files say shows again", () => {
    const set = { from: "2025-12-01", end: null, price: millionths("1.2") };
    const now = following(byHand(list.points, set), list, 10);
    const dated = now.claims.filter(({ source }) => source === HAND_PRICES).map(({ dateEffet }) => dateEffet);
    const back = following(
      dated.map((one) => ({ source: HAND_PRICES, price: null, dated: one })),
      now,
      20,
    );
    expect(back.points).toEqual(list.points);
    expect(pointOn(back.points, "2026-02-01")?.source).toBe("A");
  });
});
