/**
 * The window of a version: the days from its first to its last, without stray dates. A mistyped year would otherwise
 * define the window alone (rule 9).
 */

/** The number of lines of each ISO day. */
export type LinesOfDays = ReadonlyMap<string, number>;

export interface Window {
  /** ISO days, strays left out. */
  readonly first: string;
  readonly last: string;
  /** How many different days it has. */
  readonly days: number;
  /** Days of few lines that are far from all others. */
  readonly strays: ReadonlySet<string>;
}

/** Those of the version before and of this one. */
export interface Windows {
  readonly old: Window;
  readonly now: Window;
}

/** Days that stand together have at most this many days between two of them. */
const TOGETHER = 14;
/**
 * A group of days is stray if it has at most this part of the lines, and at most so many; one line may always be, and two of
 * `two` lines.
 */
const STRAY = { part: 0.01, lines: 10, two: 20 } as const;
/** A stray group is further from the others than this part of the days that they span. */
const FAR = 0.25;
/** A version with fewer lines has no stray day. */
const LEAST = 3;

const MS_OF_DAY = 86_400_000;

/** Days from `from` to `to`. */
export const daysBetween = (from: string, to: string): number =>
  Math.round((Date.parse(to) - Date.parse(from)) / MS_OF_DAY);

interface Group {
  readonly days: string[];
  lines: number;
}

/** null: there is no line. */
export function windowOf(lines: LinesOfDays): Window | null {
  const groups = groupsOf(lines);
  if (groups.length === 0) return null;
  const total = groups.reduce((sum, group) => sum + group.lines, 0);
  const kept = total < LEAST ? groups : withoutStrays(groups, total);
  const days = kept.flatMap((group) => group.days);
  const strays = groups.filter((group) => !kept.includes(group)).flatMap((group) => group.days);
  return {
    first: days[0] as string,
    last: days.at(-1) as string,
    days: days.length,
    strays: new Set(strays),
  };
}

function groupsOf(lines: LinesOfDays): readonly Group[] {
  const groups: Group[] = [];
  let before: string | undefined;
  for (const day of [...lines.keys()].sort()) {
    const count = lines.get(day) as number;
    if (count === 0) continue;
    if (before === undefined || daysBetween(before, day) > TOGETHER) groups.push({ days: [], lines: 0 });
    const group = groups.at(-1) as Group;
    group.days.push(day);
    group.lines += count;
    before = day;
  }
  return groups;
}

function withoutStrays(groups: readonly Group[], total: number): readonly Group[] {
  const least = total < STRAY.two ? 1 : 2;
  const most = Math.max(least, Math.min(STRAY.lines, Math.floor(total * STRAY.part)));
  const main = groups.reduce((most, group) => (group.lines >= most.lines ? group : most));
  const sure = groups.filter((group) => group === main || group.lines > most);
  const span = daysBetween(firstOf(sure), lastOf(sure));
  const far = Math.max(TOGETHER, span * FAR);
  return groups.filter(
    (group) => sure.includes(group) || sure.some((other) => distance(group, other) <= far),
  );
}

const firstOf = (groups: readonly Group[]): string => groups[0]?.days[0] as string;
const lastOf = (groups: readonly Group[]): string => groups.at(-1)?.days.at(-1) as string;

/** The days between two groups, 0 if one begins inside of the other. */
function distance(a: Group, b: Group): number {
  const [before, after] = firstOf([a]) < firstOf([b]) ? [a, b] : [b, a];
  return Math.max(0, daysBetween(lastOf([before]), firstOf([after])));
}
