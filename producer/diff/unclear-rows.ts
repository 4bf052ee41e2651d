/** The rows of one fate, what an operator has said of them, and the days at which they may be cut (rule 9). */
import type { Age, Fate, Side } from "./evidence.ts";
import { daysBetween } from "./window.ts";

/**
 * What an operator says of rows: those of days before this one have rolled off, and the others are deleted; or so
 * many as `nearest` says, those nearest to the lines that stayed, are deleted, and the others have rolled off.
 */
export type Answer = { readonly before: string } | { readonly nearest: number };

/** Before all days, and after all. */
export const ALL_DELETED = { before: "" };
export const ALL_ROLLED = { before: "~" };

/** What became of a row of this day. `isNear`: it is one of the nearest. */
export const answeredAt = (answer: Answer, day: string, isNear: boolean): Fate =>
  ("before" in answer ? day < answer.before : !isNear) ? "rolled" : "corrected";

/** What became of rows of this age, for the habit of the file. `first`: the version's first day. */
export function answeredOf(answer: Answer, age: Age, first: string): Fate {
  const isRolled =
    "nearest" in answer
      ? age === "before" || age === "edge"
      : age === "before"
        ? answer.before !== ALL_DELETED.before
        : age === "edge"
          ? first < answer.before
          : answer.before === ALL_ROLLED.before;
  return isRolled ? "rolled" : "corrected";
}

/** What an operator has said of rows of which it was unclear what became of them. */
export interface Answers {
  /** Names a set of rows by their ids, whatever their order. */
  readonly newName: () => { add(id: string): void; toString(): string };
  /** What the operator has said of the rows of this name. */
  readonly to: (name: string) => Answer | undefined;
  /** Whether the operator has said anything. */
  readonly some: boolean;
}

/** Nobody has said anything. */
export const NO_ANSWERS: Answers = {
  newName: () => ({ add: () => undefined, toString: () => "" }),
  to: () => undefined,
  some: false,
};

/** Rows of which it is unclear whether they were corrected or have rolled off. */
export interface UnclearRows {
  readonly decision: string;
  readonly count: number;
  readonly days: { readonly first: string; readonly last: string };
  /** The answers between "all" and "none" that make sense. `later`: how many of the rows are not of days before it. */
  readonly cuts: readonly { readonly day: string; readonly later: number }[];
  /** How many lines came where all of the rows stood, if fewer than the rows: these may be the nearest of them, corrected. */
  readonly nearest: number | undefined;
  /** Their ids, at most MOST_NAMED. */
  readonly rows: readonly string[];
}

const MOST_NAMED = 1_000;
const MOST_CUTS = 3;

/** Collects rows of one fate. It keeps a count for each day, and names few rows. */
export class NamedRows {
  readonly #name: ReturnType<Answers["newName"]>;
  readonly #rows: string[] = [];
  readonly #days = new Map<string, number>();
  readonly #places: Record<Side, number[]> = { first: [], middle: [], last: [] };
  count = 0;

  constructor(name: ReturnType<Answers["newName"]>) {
    this.#name = name;
  }

  /** `place`: of the row in the version before, on this side of the lines that stayed. */
  add(id: string, day: string, place: number, side: Side): void {
    this.#name.add(id);
    if (this.#rows.length < MOST_NAMED) {
      this.#rows.push(id);
      this.#places[side].push(place);
    }
    this.#days.set(day, (this.#days.get(day) ?? 0) + 1);
    this.count++;
  }

  get decision(): string {
    return this.#name.toString();
  }

  /** The places of the rows that stood nearest to the lines that stayed; none when they stood on several sides of these. */
  nearest(count: number): readonly number[] {
    const { first, last } = this.#places;
    const all = first.length > 0 ? first.toSorted((a, b) => b - a) : last.toSorted((a, b) => a - b);
    return all.length === this.count ? all.slice(0, count) : [];
  }

  /** `first`: the version's first day. `cameAt`: the lines that came on a side. There is at least one row. */
  unclear(first: string, cameAt: (side: Side) => number): UnclearRows {
    const came = cameAt(this.#places.first.length > 0 ? "first" : "last");
    const isPart = came > 0 && came < this.count && this.nearest(came).length > 0;
    const days = [...this.#days.keys()].sort();
    return {
      decision: this.decision,
      count: this.count,
      days: { first: days[0] as string, last: days.at(-1) as string },
      cuts: this.#cuts(days, first),
      nearest: isPart ? came : undefined,
      rows: this.#rows,
    };
  }

  /** Those nearest to the first day. Of later days no row has rolled off, so none lies between two of them. */
  #cuts(days: readonly string[], first: string): UnclearRows["cuts"] {
    let later = this.count;
    const cuts = days.flatMap((day, i) => {
      const before = days[i - 1];
      if (before === undefined || before > first) return [];
      later -= this.#days.get(before) as number;
      return [{ day, later }];
    });
    const distance = (day: string) => Math.abs(daysBetween(first, day));
    return cuts
      .toSorted((a, b) => distance(a.day) - distance(b.day))
      .slice(0, MOST_CUTS)
      .toSorted((a, b) => (a.day < b.day ? -1 : 1));
  }
}
