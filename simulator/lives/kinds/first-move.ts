/**
 * Whether a file shows that its window moves. Until lines have rolled off once, a file that loses its first lines is the same,
 * line for line, as a file of all sales of which somebody deleted these lines.
 */
import type { Sale } from "../company.ts";
import type { Clarity } from "../life.ts";

/** Fewer lines may go by a deletion while as many lines, or days, come by chance. */
const NO_CHANCE = 3;

export class FirstMove {
  #hasGrown = false;
  #hasMoved = false;

  /**
   * How clear the move from one version to the next is, before anyone edits the file. The first one is clear when the file
   * keeps its number of days or of lines; of fewer than 3 lines, only if no earlier version brought lines alone.
   */
  clarityOf(before: readonly Sale[], after: readonly Sale[]): Clarity {
    const gone = missingFrom(after, before);
    const came = missingFrom(before, after);
    if (gone === 0) {
      this.#hasGrown ||= came > 0;
      return "ordinary";
    }
    const isSure = gone >= NO_CHANCE || !this.#hasGrown;
    const isClear =
      this.#hasMoved || (isSure && (keepsDays(before, after) || before.length === after.length));
    this.#hasMoved = true;
    return isClear ? "ordinary" : "unclear";
  }
}

/** How many of `sales` are not among `others`. */
function missingFrom(others: readonly Sale[], sales: readonly Sale[]): number {
  const ids = new Set(others.map(({ id }) => id));
  return sales.filter(({ id }) => !ids.has(id)).length;
}

/** Whether the first and the last day moved by as many days. */
function keepsDays(before: readonly Sale[], after: readonly Sale[]): boolean {
  const moved = (end: (...days: readonly number[]) => number) =>
    end(...after.map(({ day }) => day)) - end(...before.map(({ day }) => day));
  return moved(Math.min) > 0 && moved(Math.min) === moved(Math.max);
}
