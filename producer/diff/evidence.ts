/**
 * What rule 9 judges from: where the rows stood that a version lacks, how the days of the file moved, and how the file behaved
 * before. Only counts, so that memory does not grow with the file.
 */
import type { LinesOfDays } from "./window.ts";

/** Where a line stood among the lines that stayed. In a file whose order is not known all lines are in the middle. */
export type Side = "first" | "middle" | "last";

export const SIDES: readonly Side[] = ["first", "middle", "last"];

/** The day of a row against the window of the new version. `stray`: a stray day of the version before. */
export type Age = "stray" | "before" | "edge" | "inside" | "after";

export const AGES: readonly Age[] = ["stray", "before", "edge", "inside", "after"];

/** rolled: the row is kept. corrected: it is deleted. unclear: an operator decides. */
export type Fate = "rolled" | "corrected" | "unclear";

export const FATES: readonly Fate[] = ["rolled", "corrected", "unclear"];

export type BySide<A> = Readonly<Record<Side, A>>;
export type ByAge = Readonly<Record<Age, Fate>>;
export type Fates = BySide<ByAge>;

/** How the file behaved in its versions so far. */
export interface Habit {
  /** How many versions brought lines before the first line that stayed, and after the last. */
  readonly first: number;
  readonly last: number;
  /** How many versions lacked lines that had rolled off, and how many of those had as many lines as the version before. */
  readonly rolled: number;
  readonly full: number;
  /** Once only a part of the lines of a day had rolled off. */
  readonly split: boolean;
  /** How often the answers about its rows ended (rule 10); absent: never. */
  readonly ended?: number;
}

export const NO_HABIT: Habit = { first: 0, last: 0, rolled: 0, full: 0, split: false };

export interface Evidence {
  /** The lines of the version before and of this one, by day. */
  readonly old: LinesOfDays;
  readonly now: LinesOfDays;
  /** How many rows of the version before are in this one. */
  readonly stayed: number;
  /** The order of the rows that stayed: the same; another; not known, after a takeover. */
  readonly order: "kept" | "lost" | "unknown";
  /** How the lines of the version before were sorted by day. */
  readonly sorted: "up" | "down" | "flat" | "no";
  readonly vanished: BySide<Readonly<Record<Age, number>>>;
  /** The rows of this version that the version before had not. */
  readonly came: BySide<number>;
  /** How many rows of this version had left the file before the version before. */
  readonly returned: number;
  /** How many of those that came are of stray days of this version. */
  readonly strays: BySide<number>;
  /** How many different sales came again under other dates: see redated.ts. */
  readonly redated: number;
  /** How many lines of this version are rejects. */
  readonly rejected: number;
  readonly habit: Habit;
  /** The sales have ids. */
  readonly hasIds: boolean;
  /** Some of the rows that seem to vanish had left the file earlier, and nobody knows which. */
  readonly someLeft: boolean;
}

/** How many more lines came on this side than vanished there. A stray line moves no window. */
export const grownAt = ({ came, strays, vanished }: Evidence, side: Side): number =>
  Math.max(0, came[side] - Math.max(strays[side], totalOf(vanished[side])));

export const totalOf = (ages: Readonly<Record<Age, number>>): number =>
  AGES.reduce((sum, age) => sum + ages[age], 0);

export const linesOf = (lines: LinesOfDays): number => [...lines.values()].reduce((sum, n) => sum + n, 0);

export const keepsLines = ({ old, now }: Pick<Evidence, "old" | "now">): boolean =>
  linesOf(old) === linesOf(now);

/** One fate for the rows of all days. */
export const all = (fate: Fate): ByAge => ({
  stray: fate,
  before: fate,
  edge: fate,
  inside: fate,
  after: fate,
});

/** The fates, each with another in its place. */
export const mapFates = (fates: Fates, to: (fate: Fate, age: Age) => Fate): Fates => {
  const mapped = (ages: ByAge) =>
    Object.fromEntries(AGES.map((age) => [age, to(ages[age], age)])) as Record<Age, Fate>;
  return { first: mapped(fates.first), middle: mapped(fates.middle), last: mapped(fates.last) };
};
