/** Which sales came again under other dates (rule 9). */
import { describe, expect, it } from "vitest";
import { type DayPrints, SaleDays, salePrint } from "./index.ts";
import { redated } from "./redated.ts";

/** `day: products`, one letter for each sale; a letter is a product, and a digit behind it the quantity. */
type File = Readonly<Record<string, string>>;

function salesOf(file: File): (day: string) => DayPrints | undefined {
  const sales = new SaleDays();
  for (const [day, texts] of Object.entries(file))
    for (const text of texts.split(" "))
      sales.add(day, salePrint(text.slice(0, 1), "m", text.slice(1), null, null));
  return (day) => (sales.has(day) ? sales.of(day) : undefined);
}
const found = (old: File, now: File): number =>
  redated({ old: Object.keys(old).sort(), now: Object.keys(now).sort() }, salesOf(old), salesOf(now));

/** Days of a month with these sales, a text for each. */
const month = (m: number, ...texts: readonly string[]): File =>
  Object.fromEntries(
    texts.map((text, i) => [`2026-${String(m).padStart(2, "0")}-${String(i + 1).padStart(2, "0")}`, text]),
  );
const JANUARY = ["a1 b2", "c3", "a4 b1", "d2 e6"];

describe("the sales of other days", () => {
  it("are the same ones when all are there, in the order of their days", () => {
    expect(found(month(1, ...JANUARY), month(2, ...JANUARY))).toBe(7);
    expect(found(month(1, "a1 b2 c3"), month(2, "a1 b2 c3"))).toBe(3);
  });

  it("are the same ones beside some that came or went at an end", () => {
    expect(found(month(1, ...JANUARY), month(2, ...JANUARY, "f9 g1"))).toBe(7);
    expect(found(month(1, ...JANUARY), month(2, ...JANUARY.slice(1)))).toBe(5);
    expect(found(month(1, ...JANUARY), month(2, "a1 b9", ...JANUARY.slice(1)))).toBe(6);
  });

  it("are others when they differ, or are few of many", () => {
    expect(found(month(1, ...JANUARY), month(2, "a2 b2", "c1", "a3 b7", "d2"))).toBe(0);
    expect(found(month(1, ...JANUARY, ...JANUARY, ...JANUARY), month(2, "a1 b2", "c3"))).toBe(0);
    expect(found(month(1, "a1"), month(2, "a1"))).toBe(0);
    expect(found(month(1, "a1 b2"), month(2, "a1 b2 c3"))).toBe(0);
  });

  it("are others when each day has the same sales", () => {
    const daily = Array.from({ length: 20 }, () => "a3 b2 c1");
    expect(found(month(1, ...daily), month(2, ...daily))).toBe(0);
    expect(found(month(1, ...daily.fill("a3")), month(2, ...daily))).toBe(0);
  });

  it("are the same ones where sales repeat, but not in the same way each day", () => {
    const varied = Array.from({ length: 20 }, (_, i) =>
      [..."abcdefgh"]
        .filter((_, at) => (i * (at + 3) * 7) % 5 < 2)
        .map((one) => `${one}${(i % 3) + 1}`)
        .join(" "),
    ).filter((text) => text !== "");
    expect(found(month(1, ...varied), month(2, ...varied))).toBeGreaterThan(5);
  });

  it("are none where no day went, or none came", () => {
    expect(found(month(1, ...JANUARY), month(1, ...JANUARY, "a1"))).toBe(0);
    expect(found(month(1, ...JANUARY), month(1, ...JANUARY.slice(1)))).toBe(0);
  });
});
