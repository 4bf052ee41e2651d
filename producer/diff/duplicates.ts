/**
 * Gives ordinals to identical sales without id (rule 5). A line keeps the ordinal whose row is already the same. The
 * other lines take the ordinals of rows that have no line any more, lowest first, then new ones. Further rows without a
 * line are deleted if the version covers their day, and kept otherwise.
 *
 * Ordinals are always 1 to n. So the number of duplicates over two sources is the maximum, and the order of lines in a
 * file never matters.
 */
/** `a`, `b`: the fingerprint of the row. */
export interface Duplicate {
  readonly a: number;
  readonly b: number;
}

/** A row that the source's events already state. */
export interface Held extends Duplicate {
  readonly ordinal: number;
}

export interface Placement<Line> {
  /** The ordinal of each line; `changed`: the row of that ordinal is new or different. */
  readonly lines: readonly { readonly line: Line; readonly ordinal: number; readonly changed: boolean }[];
  /** Held rows without a line that keep their ordinal. */
  readonly kept: readonly Held[];
  /** Held rows without a line that must be emitted again under another ordinal. */
  readonly moved: readonly { readonly from: Held; readonly to: number }[];
  /** Ordinals to delete. */
  readonly gone: readonly number[];
}

const same = (x: Duplicate, y: Duplicate): boolean => x.a === y.a && x.b === y.b;

export interface PlacementOptions {
  /** The open last line that was extended: delete one equal row, unless the version still has as many (rule 7). */
  readonly open?: Duplicate | undefined;
  /** Whether the version covers their day: if so, rows that it lacks are deleted (rule 9). */
  readonly isCovered: boolean;
}

/** Places the lines of one group of duplicates. `held` may be in any order. */
export function placeDuplicates<Line extends Duplicate>(
  held: readonly Held[],
  lines: readonly Line[],
  { open, isCovered }: PlacementOptions,
): Placement<Line> {
  const old = held.toSorted((x, y) => x.ordinal - y.ordinal);
  const byPrint = new Map<string, Held[]>();
  for (const h of old) {
    const name = `${h.a}/${h.b}`;
    const equal = byPrint.get(name);
    if (equal === undefined) byPrint.set(name, [h]);
    else equal.push(h);
  }
  for (const equal of byPrint.values()) equal.reverse();
  const used = new Set<number>();
  const placed: { line: Line; from: Held }[] = [];
  const others: Line[] = [];
  for (const line of lines) {
    const from = byPrint.get(`${line.a}/${line.b}`)?.pop();
    if (from === undefined) others.push(line);
    else {
      used.add(from.ordinal);
      placed.push({ line, from });
    }
  }
  const rest = isCovered ? [] : old.filter((h) => !used.has(h.ordinal)).slice(others.length);
  if (open !== undefined && rest.length > 0) {
    // The last of several equal rows, so that no other row has to move to a lower ordinal.
    const at = rest.findLastIndex((h) => same(h, open));
    rest.splice(at < 0 ? rest.length - 1 : at, 1);
  }

  const total = placed.length + others.length + rest.length;
  const taken = new Set<number>();
  const out: { line: Line; ordinal: number; changed: boolean }[] = [];
  const kept: Held[] = [];
  const displaced: Held[] = [];
  for (const { line, from } of placed) {
    if (from.ordinal > total) others.push(line);
    else {
      taken.add(from.ordinal);
      out.push({ line, ordinal: from.ordinal, changed: false });
    }
  }
  for (const h of rest) {
    if (h.ordinal > total) displaced.push(h);
    else {
      taken.add(h.ordinal);
      kept.push(h);
    }
  }
  let next = 1;
  const free = (): number => {
    while (taken.has(next)) next++;
    return next++;
  };
  for (const line of others) out.push({ line, ordinal: free(), changed: true });
  const moved = displaced.map((from) => ({ from, to: free() }));
  return {
    lines: out,
    kept,
    moved,
    gone: old.filter((h) => h.ordinal > total).map((h) => h.ordinal),
  };
}
