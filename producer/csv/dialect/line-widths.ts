/**
 * Tells how many fields the lines of a file have beside those of the header. A line of another width is a reject, unless
 * so many lines are written in that way that it is no accident.
 */
import type { Dialect } from "../records/dialect.ts";
import { areEmptyFrom, lacksEmptyFields } from "../records/empty-fields.ts";

/** Fewer lines than this show no way of writing. */
const FEWEST = 3;
/** Lines end otherwise than the header when all of them but one, or but this share, end in as many delimiters. */
const OTHERS = 0.1;
/** Empty fields that are dropped: at least this share of the lines lacks fields. */
const SHORT = 0.25;

/**
 * `lines`: the fields of the first lines. `width`: of the header; `written`: with the empty fields at its end. `least`:
 * how many fields a line has at least.
 */
export function lineWidths(
  lines: readonly (readonly string[])[],
  { width, written, least }: { readonly width: number; readonly written: number; readonly least: number },
): Pick<Dialect, "trailing" | "ragged"> {
  const counts = new Map<number, number>();
  for (const { length } of lines) counts.set(length, (counts.get(length) ?? 0) + 1);
  const [most = width, count = 0] = [...counts].toSorted(([, a], [, b]) => b - a)[0] ?? [];
  const empty = lines.every((fields) => fields.length !== most || areEmptyFrom(fields, width));
  const agree = most >= width && empty && isNearlyAll(count, lines.length);
  // The header is a line too: unless the lines say otherwise, they end as it does.
  const trailing = (agree ? most : written) - width;
  if (trailing > 0) return { trailing, ragged: false };
  const short = lines.filter((fields) => lacksEmptyFields(fields, width, least)).length;
  return { trailing: 0, ragged: short >= FEWEST && short >= SHORT * lines.length };
}

const isNearlyAll = (count: number, all: number): boolean =>
  count >= FEWEST && all - count <= Math.max(1, OTHERS * all);
