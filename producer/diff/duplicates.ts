/**
 * Which ordinals identical sales without id hold (rule 5). A line keeps the ordinal that already says the same;
 * the others take those of duplicates that vanished, lowest first, then new ones; duplicates that vanished otherwise stay, or
 * go if the version speaks for their day.
 * Ordinals are always 1..n, so that between two sources the number of duplicates is the maximum, and the order of
 * lines in a file never matters.
 */
export interface Duplicate {
  readonly a: number;
  readonly b: number;
}

export interface Held extends Duplicate {
  readonly ordinal: number;
}

export interface Placement<Line> {
  /** The ordinal of each line; `changed`: what it holds is not yet this line. */
  readonly lines: readonly { readonly line: Line; readonly ordinal: number; readonly changed: boolean }[];
  /** Held rows without a line that keep their ordinal. */
  readonly kept: readonly Held[];
  /** Held rows without a line that must say the same under another ordinal. */
  readonly moved: readonly { readonly from: Held; readonly to: number }[];
  /** Ordinals to withdraw. */
  readonly gone: readonly number[];
}

const same = (x: Duplicate, y: Duplicate): boolean => x.a === y.a && x.b === y.b;

export interface PlacementOptions {
  /** The open last line that was extended: one row equal to it goes, unless the version still has as many (rule 7). */
  readonly open?: Duplicate | undefined;
  /** The version speaks for their day: what it lacks goes (rule 9). */
  readonly isCovered: boolean;
}

/** `held` in any order. */
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
    // Of several equal ones the last: none has to move into its place.
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
