/**
 * Which of identical rows stand on which of their lines, when they are not as many (rule 5): those on the same side of
 * the rows that stayed, so that the order of the file is kept. Of the others, rows vanish at the old end and lines come
 * at the new one.
 */
import { SIDES, type Side } from "./evidence.ts";

type Pairs = readonly (readonly [row: number, line: number])[];

/** `rows`, `lines`: their sides, in the order of the file. `isFalling`: the newest day stands first. */
export function aligned(rows: readonly Side[], lines: readonly Side[], isFalling: boolean): Pairs {
  const at = (sides: readonly Side[], side: Side) => [...sides.keys()].filter((i) => sides[i] === side);
  const pairs = SIDES.flatMap((side) => {
    // Of rows that stand before all others the first vanish or came, of those behind all others the last.
    const first = side === "middle" ? { rows: !isFalling, lines: isFalling } : side === "first";
    return zipped(at(rows, side), at(lines, side), first);
  });
  const left = (all: readonly Side[], n: 0 | 1) => {
    const paired = new Set(pairs.map((pair) => pair[n]));
    return [...all.keys()].filter((i) => !paired.has(i));
  };
  return [...pairs, ...zipped(left(rows, 0), left(lines, 1), { rows: !isFalling, lines: isFalling })];
}

/** Pairs two lists in their order. `first`: of the longer one the first have no pair, else the last. */
function zipped(
  rows: readonly number[],
  lines: readonly number[],
  first: boolean | { readonly rows: boolean; readonly lines: boolean },
): Pairs {
  const many = Math.min(rows.length, lines.length);
  const isFirst = typeof first === "boolean" ? { rows: first, lines: first } : first;
  const inPairs = (all: readonly number[], skipsFirst: boolean) =>
    skipsFirst ? all.slice(all.length - many) : all.slice(0, many);
  const linesInPairs = inPairs(lines, isFirst.lines);
  return inPairs(rows, isFirst.rows).map((row, i) => [row, linesInPairs[i] as number] as const);
}
