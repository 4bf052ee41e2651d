/**
 * Gives ordinals to identical sales without id (rule 5). A line keeps the ordinal whose row is already the same. The
 * other lines take the ordinals of rows that have no line any more, lowest first, then new ones. Further rows without a
 * line are deleted if they were corrected, and kept if they have rolled off (rule 9).
 *
 * Ordinals are always 1 to n. So the number of duplicates over two sources is the maximum, and the order of lines in a
 * file never matters.
 */
/** `a`, `b`: the fingerprint of the row. */
export interface Duplicate {
  readonly a: number;
  readonly b: number;
}

/** A row that the source's events already state. `place`: its place in the version before, 0 if that lacked it. */
export interface Held extends Duplicate {
  readonly ordinal: number;
  readonly place: number;
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
  /** Rows of the version before that this one has, too, and their lines. */
  readonly stayed: readonly { readonly line: Line; readonly from: Held }[];
  /** How many rows of the version before say something else now. */
  readonly changed: number;
  /** These rows and their lines, where there are as many of both. */
  readonly changedPairs: readonly { readonly line: Line; readonly from: Held }[];
  /** Rows of the version before that this one lacks. */
  readonly vanished: readonly Held[];
  /** Lines of rows that no version had, and the number of lines of rows that an earlier version had. */
  readonly came: readonly Line[];
  readonly returned: number;
}

const same = (x: Duplicate, y: Duplicate): boolean => x.a === y.a && x.b === y.b;

/**
 * Pairs the places of identical rows with their lines, both rising. Returns pairs (index of the place, index of the
 * line): one for each row or for each line, whichever are fewer.
 */
export type Align = (
  places: readonly number[],
  lines: readonly number[],
) => readonly (readonly [number, number])[];

export interface PlacementOptions {
  /** The open last line that was extended: delete one equal row, unless the version still has as many (rule 7). */
  readonly open?: Duplicate | undefined;
  /** Whether a row that the version lacks is deleted (rule 9). */
  readonly deletes: (row: Held) => boolean;
  /** Pairs identical rows with their lines where there are not as many of both. */
  readonly align: Align;
}

/** Places the lines of one group of duplicates. `held` may be in any order. */
export function placeDuplicates<Line extends Duplicate>(
  held: readonly Held[],
  lines: readonly Line[],
  { open, deletes, align }: PlacementOptions,
): Placement<Line> {
  if (held.length === 0) return allNew(lines);
  const [row, line] = [held[0] as Held, lines[0]];
  if (held.length === 1 && lines.length === 1 && line !== undefined && row.ordinal === 1 && same(row, line))
    return unchanged(row, line);
  const { pairs, others, unmatched } = paired(held, lines, align);
  const present = unmatched.filter(({ place }) => place > 0);
  // The other lines change rows of the version before first, then rows that had left the file.
  const replaceable = [...present, ...unmatched.filter(({ place }) => place === 0)];
  const changed = Math.min(others.length, present.length);
  const left = replaceable.slice(others.length).sort((x, y) => x.ordinal - y.ordinal);
  let extended: Held | undefined;
  if (open !== undefined && left.length > 0) {
    // The last of several equal rows, so that no other row has to move to a lower ordinal.
    const at = left.findLastIndex((h) => same(h, open));
    [extended] = left.splice(at < 0 ? left.length - 1 : at, 1);
  }
  const vanished = present.slice(changed).filter((row) => row !== extended);
  const rest = left.filter((row) => !deletes(row));
  return {
    ...numbered(held, pairs, others, rest),
    stayed: pairs.filter(({ from }) => from.place > 0),
    changed,
    changedPairs:
      others.length === present.length && others.length === replaceable.length
        ? eachInOrder(present, others)
        : NONE,
    vanished,
    came: others.slice(replaceable.length),
    returned:
      pairs.filter(({ from }) => from.place === 0).length +
      Math.min(others.length, replaceable.length) -
      changed,
  };
}

const NONE: readonly never[] = [];

/** Pairs as many rows with as many lines, in the order of their places. `lines`: in their order. */
const eachInOrder = <Line>(rows: readonly Held[], lines: readonly Line[]): readonly Pair<Line>[] =>
  rows.toSorted((x, y) => x.place - y.place).map((from, i) => ({ from, line: lines[i] as Line }));

/** The two commonest groups by far: a first version has the one, a later version the other. */
const allNew = <Line>(came: readonly Line[]): Placement<Line> => ({
  lines: came.map((line, i) => ({ line, ordinal: i + 1, changed: true })),
  kept: NONE,
  moved: NONE,
  gone: NONE,
  stayed: NONE,
  changed: 0,
  changedPairs: NONE,
  vanished: NONE,
  came,
  returned: 0,
});

const unchanged = <Line>(from: Held, line: Line): Placement<Line> => {
  const isPresent = from.place > 0;
  return {
    lines: [{ line, ordinal: from.ordinal, changed: false }],
    kept: NONE,
    moved: NONE,
    gone: NONE,
    stayed: isPresent ? [{ line, from }] : NONE,
    changed: 0,
    changedPairs: NONE,
    vanished: NONE,
    came: NONE,
    returned: isPresent ? 0 : 1,
  };
};

interface Pair<Line> {
  readonly line: Line;
  readonly from: Held;
}

/** Gives each line a row that says the same, in the order of the file. Rows of the version before come first. */
function paired<Line extends Duplicate & { readonly line?: number }>(
  held: readonly Held[],
  lines: readonly Line[],
  align: Align,
) {
  const pairs: Pair<Line>[] = [];
  const linesOf = byPrint(lines);
  const used = new Set<Held>();
  const pair = (line: Line, from: Held) => {
    used.add(from);
    pairs.push({ line, from });
  };
  for (const [print, rows] of byPrint(held)) {
    const equal = linesOf.get(print);
    if (equal === undefined) continue;
    const present = rows.filter(({ place }) => place > 0).sort((x, y) => x.place - y.place);
    const aligned =
      present.length === equal.length || present.length === 0
        ? present.map((_, i) => [i, i] as const)
        : align(
            present.map(({ place }) => place),
            equal.map(({ line = 0 }) => line),
          );
    for (const [row, line] of aligned) pair(equal[line] as Line, present[row] as Held);
    const taken = new Set(aligned.map(([, line]) => line));
    const left = equal.filter((_, i) => !taken.has(i));
    const gone = rows.filter(({ place }) => place === 0);
    for (const [i, line] of left.splice(0, gone.length).entries()) pair(line, gone[i] as Held);
    linesOf.set(print, left);
  }
  const others = new Set([...linesOf.values()].flat());
  const inOrder = held.length > 1 ? held.toSorted((x, y) => x.ordinal - y.ordinal) : held;
  return {
    pairs,
    others: lines.filter((line) => others.has(line)),
    unmatched: inOrder.filter((row) => !used.has(row)),
  };
}

function byPrint<Row extends Duplicate>(rows: readonly Row[]): Map<string, Row[]> {
  const found = new Map<string, Row[]>();
  for (const row of rows) {
    const print = `${row.a}/${row.b}`;
    const equal = found.get(print);
    if (equal === undefined) found.set(print, [row]);
    else equal.push(row);
  }
  return found;
}

/** Gives the ordinals 1 to n: to the pairs and to the rest those that they have, where n allows it. */
function numbered<Line extends Duplicate>(
  held: readonly Held[],
  pairs: readonly Pair<Line>[],
  unpaired: readonly Line[],
  rest: readonly Held[],
) {
  const others = [...unpaired];
  const total = pairs.length + others.length + rest.length;
  const taken = new Set<number>();
  const lines: { line: Line; ordinal: number; changed: boolean }[] = [];
  const kept: Held[] = [];
  const displaced: Held[] = [];
  for (const { line, from } of pairs) {
    if (from.ordinal > total) others.push(line);
    else {
      taken.add(from.ordinal);
      lines.push({ line, ordinal: from.ordinal, changed: false });
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
  for (const line of others) lines.push({ line, ordinal: free(), changed: true });
  const moved = displaced.map((from) => ({ from, to: free() }));
  const gone = held
    .filter((h) => h.ordinal > total)
    .map((h) => h.ordinal)
    .sort((x, y) => x - y);
  return { lines, kept, moved, gone };
}
