/** The days of the page's periods: pure functions, so they are tested without a browser. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addDays, isDay, mondayOf, PRESETS, periodOf, spanOf } from "./page/periods.js";

describe("the presets, on a day", () => {
  it.each([
    ["today", "2026-11-27", "2026-11-27"],
    ["yesterday", "2026-11-26", "2026-11-26"],
    ["7d", "2026-11-21", "2026-11-27"],
    ["30d", "2026-10-29", "2026-11-27"],
    ["month", "2026-11-01", "2026-11-27"],
    ["last-month", "2026-10-01", "2026-10-31"],
    ["quarter", "2026-10-01", "2026-11-27"],
    ["year", "2026-01-01", "2026-11-27"],
    ["12m", "2025-12-01", "2026-11-27"],
  ] as const)("%s", (preset, from, to) => {
    expect(periodOf(preset, "2026-11-27")).toEqual({ from, to });
  });

  it.each([
    ["quarter", "2026-01-01", { from: "2026-01-01", to: "2026-01-01" }],
    ["quarter", "2026-06-30", { from: "2026-04-01", to: "2026-06-30" }],
    ["last-month", "2026-01-31", { from: "2025-12-01", to: "2025-12-31" }],
    ["last-month", "2028-03-31", { from: "2028-02-01", to: "2028-02-29" }],
    ["yesterday", "2027-01-01", { from: "2026-12-31", to: "2026-12-31" }],
  ] as const)("%s on %s", (preset, today, period) => {
    expect(periodOf(preset, today)).toEqual(period);
  });

  it("has no days of its own for everything, and for a name that there is not", () => {
    expect(periodOf("all", "2026-11-27")).toBeUndefined();
    expect(periodOf("tomorrow", "2026-11-27")).toBeUndefined();
  });
});

const daysOf = ({ from, to }: { readonly from: string; readonly to: string }) =>
  (Date.parse(to) - Date.parse(from)) / 86_400_000 + 1;
const days = fc.integer({ min: 0, max: 40_000 }).map((n) => addDays("1980-01-01", n));

it("every preset is a period of days that ends today or before", () => {
  fc.assert(
    fc.property(days, fc.constantFrom(...PRESETS), (today, preset) => {
      const period = periodOf(preset, today);
      if (period === undefined) return preset === "all";
      return isDay(period.from) && period.from <= period.to && period.to <= today && daysOf(period) >= 1;
    }),
  );
});

it("the steps of a period cover it, and nothing else", () => {
  fc.assert(
    fc.property(days, fc.integer({ min: 0, max: 100 }), (from, length) => {
      const within = { from, to: addDays(from, length) };
      let at = `${from.slice(0, 7)}-01`;
      let covered = 0;
      while (at <= within.to) {
        const span = spanOf(at, "month", within);
        covered += daysOf(span);
        at = addDays(spanOf(at, "month", { from: "0001-01-01", to: "9999-12-31" }).to, 1);
      }
      return covered === daysOf(within);
    }),
  );
});

it.each([
  ["2026", 1, "2025-12-29"],
  ["2026", 48, "2026-11-23"],
  ["2020", 53, "2020-12-28"],
  ["2021", 1, "2021-01-04"],
])("week %s-W%i begins on a Monday", (year, week, monday) => {
  expect(mondayOf(year, week)).toBe(monday);
});

it("a day that does not exist is no day", () => {
  expect(isDay("2026-02-28")).toBe(true);
  for (const text of ["2026-02-30", "2026-13-01", "26-01-01", "2026-1-1", "yesterday", ""])
    expect(isDay(text)).toBe(false);
});
