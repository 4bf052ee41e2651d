/**
 * What becomes of rows that a version lacks (rule 9), and when it would withdraw so many that it is held back
 * (rule 10).
 */
export type VanishingMode =
  | "rule"
  | "keep"
  | "withdraw"
  /** Its sales get other ids: those that it has are withdrawn on every day that it holds (rule 4). */
  | "rekey";

/** More rows than this, and a larger part of those that the version speaks for, wait for an operator. */
export const HELD_BACK = { rows: 10, part: 0.2 } as const;

export class Vanishing {
  readonly mode: VanishingMode;
  /** The days of the version's sales, where its sales have no ids: the first and the last. */
  days: { readonly first: string; readonly last: string } | null = null;

  constructor(mode: VanishingMode) {
    this.mode = mode;
  }

  /** One more good line of a source without ids. ISO days sort as text. */
  saw(day: string): void {
    const { days } = this;
    if (days === null) this.days = { first: day, last: day };
    else if (day < days.first) this.days = { first: day, last: days.last };
    else if (day > days.last) this.days = { first: days.first, last: day };
  }

  /** The days of all of a version, of which only what came after `before` was read. */
  daysWith(before: Vanishing["days"]): Vanishing["days"] {
    const { days } = this;
    if (before === null || days === null) return days ?? before;
    return {
      first: before.first < days.first ? before.first : days.first,
      last: before.last > days.last ? before.last : days.last,
    };
  }

  /** Whether what is missing of this day is a correction. */
  covers(day: string): boolean {
    if (this.mode === "keep" || this.mode === "withdraw") return this.mode === "withdraw";
    const { days } = this;
    if (days === null || day > days.last) return false;
    if (this.mode === "rekey") return day >= days.first;
    return day > days.first || days.first === days.last ? day >= days.first : false;
  }

  /** Whether a row of this day could be withdrawn by a later version that only grew. */
  isInside(day: string): boolean {
    return this.days === null || day > this.days.first;
  }
}

/** Whether so many withdrawals wait for a confirmation. `always`: any (prices go with products). */
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
