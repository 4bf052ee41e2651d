import { expect, it } from "vitest";
import { type CommonDay, SameIds, type SameIdsVerdict } from "./same-ids.ts";

const day = (
  mine: number,
  its: number,
  common: number,
  kinds = common,
  largerKinds = Math.max(mine, its),
): CommonDay => ({
  mine,
  its,
  common,
  kinds,
  largerKinds,
});

it.each<readonly [SameIdsVerdict, string, readonly CommonDay[]]>([
  ["none", "no sale is in both", [day(3, 4, 0)]],
  ["none", "no day is in both", [day(3, 0, 0), day(0, 3, 0)]],
  ["some", "each side has a sale of its own", [day(5, 5, 4)]],
  ["some", "they have other sales on one of many days", [...Array(30).fill(day(9, 9, 9)), day(2, 2, 1)]],
  ["same", "three different sales are all that both have", [day(3, 3, 3)]],
  ["same", "so are those of three days", [day(1, 1, 1), day(1, 1, 1), day(1, 1, 1), day(9, 1, 1)]],
  ["few", "two are all that both have", [day(2, 2, 2)]],
  ["few", "many are, but all alike", [day(50, 50, 50, 1, 1)]],
  ["same", "ten of more, in a varied day", [day(10, 20, 10)]],
  ["few", "nine of more", [day(9, 20, 9)]],
  ["few", "ten of a day that repeats its sales", [day(10, 20, 10, 5, 12)]],
])("%s: %s", (verdict, _, days) => {
  const judged = new SameIds();
  for (const [n, one] of days.entries()) judged.add(`2026-02-${n + 1}`, one);
  expect(judged.verdict).toBe(verdict);
});
