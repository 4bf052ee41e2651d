/** Rule 5 on random duplicates, and how it differs from the simpler rule. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Align, type Duplicate, type Held, placeDuplicates } from "./duplicates.ts";

const says = (n: number): Duplicate => ({ a: n, b: 0 });
const held = (prints: readonly number[]): Held[] =>
  prints.map((n, i) => ({ ...says(n), ordinal: i + 1, place: i + 1 }));
const inOrder: Align = (places, lines) =>
  Array.from({ length: Math.min(places.length, lines.length) }, (_, i) => [i, i] as const);
const prints = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 7 });

/** The rows afterwards, by ordinal. */
function ordinalsAfter(
  before: readonly Held[],
  lines: readonly Duplicate[],
  open?: Duplicate,
  isCovered = false,
): number[] {
  const placed = placeDuplicates(before, lines, { open, deletes: () => isCovered, align: inOrder });
  const rows = new Map<number, number>();
  for (const { line, ordinal } of placed.lines) rows.set(ordinal, line.a);
  for (const kept of placed.kept) rows.set(kept.ordinal, kept.a);
  for (const { from, to } of placed.moved) rows.set(to, from.a);
  for (const ordinal of placed.gone) expect(rows.has(ordinal)).toBe(false);
  expect(
    [...rows.keys()].sort((x, y) => x - y),
    "ordinals are 1..n",
  ).toEqual([...rows.keys()].map((_, i) => i + 1));
  return [...rows].sort(([x], [y]) => x - y).map(([, a]) => a);
}

const changes = (before: readonly Held[], lines: readonly Duplicate[]): number => {
  const {
    lines: placed,
    moved,
    gone,
  } = placeDuplicates(before, lines, {
    deletes: () => false,
    align: inOrder,
  });
  return placed.filter((l) => l.changed).length + moved.length + gone.length;
};

describe("duplicates", () => {
  it("are as many as the most lines that a version had, and every line has a row", () => {
    fc.assert(
      fc.property(prints, prints, (old, now) => {
        const rows = ordinalsAfter(held(old), now.map(says));
        expect(rows.length).toBe(Math.max(old.length, now.length));
        const left = [...rows];
        for (const n of now) {
          expect(left).toContain(n);
          left.splice(left.indexOf(n), 1);
        }
      }),
    );
  });

  it("whose vanished rows were corrected are as many as the lines", () => {
    fc.assert(
      fc.property(prints, prints, (old, now) => {
        const rows = ordinalsAfter(held(old), now.map(says), undefined, true);
        expect(rows.toSorted()).toEqual(now.toSorted());
      }),
    );
  });

  it("repeated in any order, change nothing", () => {
    fc.assert(
      fc.property(
        prints.chain((now) =>
          fc.tuple(fc.constant(now), fc.shuffledSubarray(now, { minLength: now.length })),
        ),
        ([now, again]) => {
          expect(changes(held(now), again.map(says))).toBe(0);
        },
      ),
    );
  });

  it("would change rows of a file that is only sorted, if ordinals went by line order (the simpler rule)", () => {
    const before = held([1, 2]);
    const sorted = [2, 1].map(says);
    const byLineOrder = sorted.filter((line, i) => before[i]?.a !== line.a).length;
    expect(byLineOrder).toBe(2);
    expect(changes(before, sorted)).toBe(0);
  });

  it("lose the open line that was extended, unless the version still has as many", () => {
    expect(ordinalsAfter(held([1, 2]), [says(1), says(25)], says(2)).sort()).toEqual([1, 25]);
    expect(ordinalsAfter(held([2, 1]), [says(1)], says(2))).toEqual([1]);
    expect(ordinalsAfter(held([2, 2]), [says(2), says(2), says(25)], says(2)).sort()).toEqual([2, 2, 25]);
  });
});
