/** The rows of one fate, what an operator has said of them, and the days at which they may be cut (rule 9). */
import type { Age, Fate } from "./evidence.ts";
import { daysBetween } from "./window.ts";

/** What an operator says of rows: those of days before this one have rolled off, and the others are deleted. */
export type Answer = string;

/** Before all days, and after all. */
export const ALL_DELETED: Answer = "";
export const ALL_ROLLED: Answer = "~";

/** What became of a row of this day. */
export const answeredAt = (answer: Answer, day: string): Fate => (day < answer ? "rolled" : "corrected");

/** What became of rows of this age, for the habit of the file. `first`: the version's first day. */
export function answeredOf(answer: Answer, age: Age, first: string): Fate {
  const isRolled =
    age === "before"
      ? answer !== ALL_DELETED
      : age === "edge"
        ? answeredAt(answer, first) === "rolled"
        : answer === ALL_ROLLED;
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
  readonly cuts: readonly { readonly day: Answer; readonly later: number }[];
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
  count = 0;

  constructor(name: ReturnType<Answers["newName"]>) {
    this.#name = name;
  }

  add(id: string, day: string): void {
    this.#name.add(id);
    if (this.#rows.length < MOST_NAMED) this.#rows.push(id);
    this.#days.set(day, (this.#days.get(day) ?? 0) + 1);
    this.count++;
  }

  get decision(): string {
    return this.#name.toString();
  }

  /** `first`: the version's first day. There is at least one row. */
  unclear(first: string): UnclearRows {
    const days = [...this.#days.keys()].sort();
    return {
      decision: this.decision,
      count: this.count,
      days: { first: days[0] as string, last: days.at(-1) as string },
      cuts: this.#cuts(days, first),
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
