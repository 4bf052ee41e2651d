/** Decides what happens to rows that a version lacks (rule 9), and whether the version is held back (rule 10). */
export type VanishingMode =
  | "rule"
  | "keep"
  | "withdraw"
  /** The sales get new ids: the old ones are deleted on every day that the file holds (rule 4). */
  | "rekey";

/** A version that deletes more rows than this, and a larger part of the covered rows, waits for an operator. */
export const HELD_BACK = { rows: 10, part: 0.2 } as const;

export class Vanishing {
  readonly mode: VanishingMode;
  /** The first and the last day of the version's sales without id; null: it has none. */
  days: { readonly first: string; readonly last: string } | null = null;

  constructor(mode: VanishingMode) {
    this.mode = mode;
  }

  /** Takes the day of a line that is no reject. ISO days sort as text. */
  saw(day: string): void {
    const { days } = this;
    if (days === null) this.days = { first: day, last: day };
    else if (day < days.first) this.days = { first: day, last: days.last };
    else if (day > days.last) this.days = { first: days.first, last: day };
  }

  /** The days of the whole version, if only the part behind `before` was read. */
  daysWith(before: Vanishing["days"]): Vanishing["days"] {
    const { days } = this;
    if (before === null || days === null) return days ?? before;
    return {
      first: before.first < days.first ? before.first : days.first,
      last: before.last > days.last ? before.last : days.last,
    };
  }

  /** Whether the version covers this day: a row of it that the version lacks is a correction (rule 9). */
  covers(day: string): boolean {
    if (this.mode === "keep" || this.mode === "withdraw") return this.mode === "withdraw";
    const { days } = this;
    if (days === null || day > days.last) return false;
    if (this.mode === "rekey") return day >= days.first;
    return day > days.first || days.first === days.last ? day >= days.first : false;
  }

  /** Whether a later version that only grew could cover this day, although this version does not. */
  isInside(day: string): boolean {
    return this.days === null || day > this.days.first;
  }
}

/** Whether a version with these deletes waits for a confirmation. `always`: already for one (a product has prices). */
export const isHeldBack = (
  withdrawn: number,
  covered: number,
  mode: VanishingMode,
  always: boolean,
): boolean =>
  mode === "rekey"
    ? false
    : mode === "withdraw"
      ? always && withdrawn > 0
      : withdrawn > HELD_BACK.rows && withdrawn > HELD_BACK.part * covered;
