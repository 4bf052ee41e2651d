/** What became of rows whose day is far from all others: their dates were mistyped (rule 9). */
import type { Evidence, Fate } from "./evidence.ts";
import type { Windows } from "./window.ts";

/** Whether a stray day came that is a day before the window, but for its year. */
export function isOfAnotherYear(evidence: Evidence, { now }: Windows): boolean {
  const dayOfYear = (day: string) => day.slice("2026-".length);
  const gone = new Set([...evidence.old.keys()].filter((day) => day < now.first).map(dayOfYear));
  return [...now.strays].some((day) => !evidence.old.has(day) && gone.has(dayOfYear(day)));
}

interface StraysAt {
  readonly stray: number;
  /** The other rows that vanished here. */
  readonly others: number;
  readonly came: number;
  readonly inserted: number;
  readonly grown: number;
  readonly returned: number;
  readonly isMoved: boolean;
}

/** Rows with a stray date at the old end: mended, or rolled off as they were. */
export function strayAt({ stray, others, came, inserted, grown, returned, isMoved }: StraysAt): Fate {
  const isMended = stray <= inserted || stray <= came;
  if (!isMoved) return isMended ? "corrected" : "unclear";
  if (stray <= inserted || (others === 0 && stray <= came)) return "corrected";
  return came + inserted + grown + returned === 0 ? "rolled" : "unclear";
}
