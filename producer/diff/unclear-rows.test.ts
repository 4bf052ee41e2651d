/** The days at which an operator may cut unclear rows. */
import { describe, expect, it } from "vitest";
import { NamedRows, NO_ANSWERS } from "./unclear-rows.ts";

const day = (n: number) => `2024-01-${String(n).padStart(2, "0")}`;
/** The cuts of rows of these days, in a version whose first day is `first`: each as its day and the rows that it deletes. */
function cutsOf(days: readonly number[], first: number) {
  const rows = new NamedRows(NO_ANSWERS.newName());
  for (const [i, n] of days.entries()) rows.add(String(i), day(n), i, "first");
  return rows.unclear(day(first), () => 0).cuts.map(({ day, later }) => [Number(day.slice(-2)), later]);
}

describe("unclear rows are cut", () => {
  it("at the version's first day, and between the days before it", () =>
    expect(cutsOf([6, 4, 5, 6, 5], 6)).toEqual([
      [5, 4],
      [6, 2],
    ]));
  it("behind the first day when rows of later days are unclear, but not between later days", () =>
    expect(cutsOf([6, 8, 9], 6)).toEqual([[8, 2]]));
  it("nowhere when they are of one day, or all of later days", () =>
    expect([cutsOf([6, 6], 6), cutsOf([7, 8, 9], 6)]).toEqual([[], []]));
  it("at the three days nearest to the first one", () =>
    expect(cutsOf([1, 2, 3, 4, 5, 20], 6)).toEqual([
      [3, 4],
      [4, 3],
      [5, 2],
    ]));
});
