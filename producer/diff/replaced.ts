/** What became of rows that vanished at the end where lines roll off, when other lines came there (rule 9). */
import { all, type ByAge } from "./evidence.ts";

interface ReplacedAt {
  /** Rows that vanished here: of days before the window, and of its first day or later. */
  readonly before: number;
  readonly part: number;
  /** Lines that came at the other end. */
  readonly grown: number;
  /** Lines that came here, without those of stray days. */
  readonly mended: number;
  readonly isMoved: boolean;
  /** The file holds its last lines, so many. */
  readonly isOfLines: boolean;
  /** Once a part of a day rolled off. */
  readonly isSplit: boolean;
}

/** New lines came at the old end, so that rows that vanished there may be those, corrected. */
export function replacedAt({ before, part, grown, mended, isMoved, isOfLines, isSplit }: ReplacedAt): ByAge {
  if (before === 0 && isOfLines) return { ...all("corrected"), edge: "unclear" };
  if (before === 0) return all(part > mended && (grown > 0 || isSplit) ? "unclear" : "corrected");
  if (!isMoved) return all(before + part <= mended ? "corrected" : "unclear");
  if (part === 0) return all("unclear");
  return { ...all(part <= mended && !isOfLines ? "corrected" : "unclear"), before: "rolled" };
}
