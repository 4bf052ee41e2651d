/** The doubts about how a version was read: the thresholds of rule 10, on counts alone. */
import { describe, expect, it } from "vitest";
import type { ColumnGaps } from "#shared/contract/source-records.ts";
import { type ReadNow, readingDoubts } from "./reading-doubts.ts";

const HEADER = ["date", "product", "price"];

interface Given {
  readonly records?: number;
  readonly rejected?: number;
  readonly filtered?: number;
  readonly empty?: number;
  readonly where?: readonly string[];
  readonly header?: readonly string[];
  readonly extra?: boolean;
  readonly missing?: number;
  readonly ofGroups?: readonly string[];
}

const read = ({
  records = 100,
  rejected = 0,
  filtered = 0,
  empty = 0,
  where = [],
  header = HEADER,
  extra = false,
  missing = 0,
  ofGroups = [],
}: Given): ReadNow => {
  const gaps: Record<string, ColumnGaps> = {
    ...(empty === 0 ? {} : { price: { empty, rejected: 0 } }),
    ...(missing === 0 ? {} : { date: { empty: missing, rejected: missing } }),
  };
  const counts = { records, rejected, filtered };
  return {
    counts,
    gaps,
    header,
    source: "file:///v.csv",
    columns: header.map((published) => ({ published, extra })),
    where,
    reject: null,
    ofGroups,
    examples: [],
    meanings: {
      otherKind: [],
      amounts: null,
      ofDocuments: null,
      noSales: [],
      quantities: null,
      discounts: [],
      returns: null,
      prices: null,
      negative: null,
    },
  };
};
const told = (before: Given | null, now: Given) =>
  readingDoubts(before === null ? null : read(before), read(now)).map(
    ({ code, weight }) => `${code} ${weight}`,
  );
const decision = (before: Given, now: Given) => readingDoubts(read(before), read(now))[0]?.decision;

describe("a version in which a required column is often empty", () => {
  it("needs attention, from a fifth of the records and two of them on", () => {
    expect(told(null, { rejected: 20, missing: 20 })).toEqual(["rejects.many attention"]);
    expect(told({ rejected: 20, missing: 20 }, { rejected: 20, missing: 20 })).toEqual([
      "rejects.many attention",
    ]);
    expect(told(null, { rejected: 19, missing: 19 })).toEqual([]);
    expect(told(null, { records: 4, rejected: 1, missing: 1 })).toEqual([]);
  });

  it("names --fill-down where the first line has what the others lack", () => {
    const given = { rejected: 50, missing: 50, ofGroups: ["date", "shop"] };
    expect(readingDoubts(null, read(given))[0]?.choices).toEqual([
      { code: "fillDown", options: ["--fill-down", "date", "--fill-down", "shop"] },
      { code: "seen" },
    ]);
    expect(readingDoubts(null, read({ ...given, ofGroups: [] }))[0]?.choices).toEqual([{ code: "seen" }]);
  });
});

describe("a version that is mostly rejects", () => {
  it("is held back when the version before was not so, else it needs attention", () => {
    expect(told({}, { rejected: 51 })).toEqual(["rejects.many held"]);
    expect(told({ rejected: 51 }, { rejected: 60 })).toEqual(["rejects.many attention"]);
    expect(told(null, { rejected: 51 })).toEqual(["rejects.many attention"]);
    expect(told({ records: 0 }, { rejected: 51 })).toEqual(["rejects.many attention"]);
  });
  it("is applied with as many rows as rejects, and needs attention where these are many", () => {
    expect(told({}, { rejected: 50 })).toEqual(["rejects.many attention"]);
    expect(told({}, { rejected: 33 })).toEqual([]);
    expect(told({}, { records: 20, rejected: 9 })).toEqual([]);
    expect(told(null, { records: 2, rejected: 1 })).toEqual([]);
  });
  it("is one already with a single line", () => {
    expect(told(null, { records: 1, rejected: 1 })).toEqual(["rejects.many attention"]);
  });
});

describe("a column that was filled", () => {
  it("holds the version back when a fifth of the records more are blank", () => {
    expect(told({}, { empty: 20 })).toEqual(["column.blank held"]);
    expect(told({}, { empty: 19 })).toEqual([]);
    expect(told({ empty: 5 }, { empty: 24 })).toEqual([]);
    expect(told({ empty: 5 }, { empty: 25 })).toEqual(["column.blank held"]);
  });
  it("that had gaps before does so when half of the records more are blank, down to one half that was filled", () => {
    expect(told({ empty: 6 }, { empty: 55 })).toEqual([]);
    expect(told({ empty: 6 }, { empty: 56 })).toEqual(["column.blank held"]);
    expect(told({ empty: 50 }, { empty: 100 })).toEqual(["column.blank held"]);
    expect(told({ empty: 51 }, { empty: 100 })).toEqual([]);
    expect(told({ records: 4, empty: 2 }, { records: 4, empty: 4 })).toEqual([]);
  });
  it("does not when one record alone is blank", () => {
    expect(told({ records: 2 }, { records: 2, empty: 1 })).toEqual([]);
    expect(told({ records: 2 }, { records: 2, empty: 2 })).toEqual(["column.blank held"]);
  });
  it("holds back lines that come without a value of the entity, when the column had enough", () => {
    expect(told({ records: 10 }, { records: 15, empty: 5 })).toEqual(["column.blank held"]);
    expect(told({ records: 9 }, { records: 20, empty: 11 })).toEqual([]);
    expect(told({ records: 12 }, { records: 16, empty: 4 })).toEqual([]);
    expect(told({ records: 10 }, { records: 20, empty: 10, extra: true })).toEqual([]);
    expect(told({ records: 10 }, { records: 10, empty: 10, extra: true })).toEqual(["column.blank held"]);
  });
  it("does not when it is new, or when the file is", () => {
    expect(told({ header: ["date", "product"] }, { empty: 100 })).toEqual([]);
    expect(told(null, { empty: 100 })).toEqual([]);
  });
  it("has one decision while the version before is the same, however the file grows", () => {
    expect(decision({}, { empty: 40 })).toBe(decision({}, { records: 120, empty: 60 }));
    expect(decision({}, { empty: 40 })).not.toBe(decision({ records: 130 }, { empty: 40 }));
  });
});

describe("--where", () => {
  const where = ["type=Sale"];
  it("that keeps nothing holds the version back; of a first version it needs attention", () => {
    expect(told({ records: 2, filtered: 1 }, { records: 0, filtered: 4, where })).toEqual([
      "filter.nothing held",
    ]);
    expect(told(null, { records: 0, filtered: 4, where })).toEqual(["filter.nothing attention"]);
    expect(told({ records: 0, filtered: 4 }, { records: 0, filtered: 5, where })).toEqual([
      "filter.nothing attention",
    ]);
  });
  it("that keeps half of the records, and of the share, that it kept holds it back", () => {
    expect(told({ filtered: 100 }, { records: 50, filtered: 150, where })).toEqual(["filter.little held"]);
    expect(told({ filtered: 100 }, { records: 51, filtered: 150, where })).toEqual([]);
    // Half of the file has gone, and of the rest it keeps as much as before.
    expect(told({ filtered: 100 }, { records: 50, filtered: 50, where })).toEqual([]);
    expect(told({ records: 4, filtered: 4 }, { records: 1, filtered: 7, where })).toEqual([]);
  });
  it("that keeps none of the lines that came holds it back when it would have kept five of them", () => {
    expect(told({ filtered: 100 }, { records: 100, filtered: 110, where })).toEqual(["filter.little held"]);
    expect(told({ filtered: 100 }, { records: 100, filtered: 109, where })).toEqual([]);
  });
  it("that is not there tells nothing", () => {
    expect(told({ filtered: 100 }, { records: 1, filtered: 0 })).toEqual([]);
  });
});

describe("a file that shrinks to its header", () => {
  it("is held back, unless it had no line before", () => {
    expect(told({ records: 1 }, { records: 0 })).toEqual(["file.nothing_left held"]);
    expect(told({ records: 0 }, { records: 0 })).toEqual([]);
    expect(told(null, { records: 0 })).toEqual([]);
  });
});
