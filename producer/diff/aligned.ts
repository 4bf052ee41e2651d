/**
 * Pairs identical rows of the version before with their lines, where there are not as many of both (rule 5): first those
 * on the same side of the rows that stayed, so that the order of the file is kept. Of the others, the rows without a
 * line are at the old end of the file, and the lines without a row at the new one.
 */
import { SIDES, type Side } from "./evidence.ts";

type Pairs = readonly (readonly [row: number, line: number])[];

/** `rows`, `lines`: their sides, in the order of the file. `isFalling`: the newest day stands first. */
export function aligned(rows: readonly Side[], lines: readonly Side[], isFalling: boolean): Pairs {
  const at = (sides: readonly Side[], side: Side) => [...sides.keys()].filter((i) => sides[i] === side);
  const byDay: Skipped = { rows: !isFalling, lines: isFalling };
  // Of rows that stand before all others the first vanish or came, of those behind all others the last.
  const skipped: Readonly<Record<Side, Skipped>> = {
    first: { rows: true, lines: true },
    middle: byDay,
    last: { rows: false, lines: false },
  };
  const pairs = SIDES.flatMap((side) => zipped(at(rows, side), at(lines, side), skipped[side]));
  const left = (all: readonly Side[], n: 0 | 1) => {
    const paired = new Set(pairs.map((pair) => pair[n]));
    return [...all.keys()].filter((i) => !paired.has(i));
  };
  return [...pairs, ...zipped(left(rows, 0), left(lines, 1), byDay)];
}

/** Of each list, if it is the longer one: whether its first entries have no pair, else its last. */
interface Skipped {
  readonly rows: boolean;
  readonly lines: boolean;
}

/** Pairs two lists in their order. */
function zipped(rows: readonly number[], lines: readonly number[], skipped: Skipped): Pairs {
  const many = Math.min(rows.length, lines.length);
  const inPairs = (all: readonly number[], skipsFirst: boolean) =>
    skipsFirst ? all.slice(all.length - many) : all.slice(0, many);
  const linesInPairs = inPairs(lines, skipped.lines);
  return inPairs(rows, skipped.rows).map((row, i) => [row, linesInPairs[i] as number] as const);
}
