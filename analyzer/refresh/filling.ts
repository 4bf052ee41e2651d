/**
 * Fills the tables of new analyses from the sales that are there, a range of rowids at a time, while refreshes go on.
 * The column a_remplir of the list is the rowid up to which an analysis has them; changes of sales beyond it wait for
 * their range.
 */
import type { Sqlite } from "#shared/database/sqlite.ts";

/** Sales read at a time: less than a second for all analyses of the program. */
const STEP_ROWS = 200_000;

interface Filling {
  /** Whether an analysis is not filled yet. */
  readonly isNeeded: () => boolean;
  /** Reads up to where each is filled. Call it at the start of a transaction. */
  readonly begin: () => void;
  /** The table of the analysis has the sales whose rowid is below it. */
  readonly limitOf: (nom: string) => number;
  /**
   * Adds the next range to each that needs it, inside the caller's transaction, in which the results reflect the newest
   * commit. Returns whether more is left. While an event is being applied in several transactions the tables are
   * between two states, and nothing is added.
   */
  readonly step: () => boolean;
}

/** Prepares the statements. `fill` adds sales of a range to the tables of analyses. */
export function openFilling(
  db: Sqlite,
  fill: (noms: readonly string[], lo: number, hi: number) => void,
): Filling {
  const needed = db
    .prepare("SELECT EXISTS (SELECT 1 FROM main.analyses_liste WHERE a_remplir IS NOT NULL)")
    .pluck();
  const unfilled = db
    .prepare("SELECT nom, a_remplir FROM main.analyses_liste WHERE a_remplir IS NOT NULL")
    .raw();
  const put = db.prepare("UPDATE main.analyses_liste SET a_remplir = ? WHERE nom = ?");
  const rowEnd = db.prepare("SELECT value + 1 FROM main.counters WHERE name = 'row'").pluck();
  const isBetween = db.prepare("SELECT EXISTS (SELECT 1 FROM main.unfinished)").pluck();
  let limits: ReadonlyMap<string, number> = new Map();
  return {
    isNeeded: () => needed.get() === 1,
    begin: () => {
      limits = new Map(unfilled.all() as [string, number][]);
    },
    limitOf: (nom) => limits.get(nom) ?? Number.MAX_SAFE_INTEGER,
    step: () => {
      if (limits.size === 0 || isBetween.get() === 1) return false;
      const end = rowEnd.get() as number;
      let more = false;
      // Those that came together are filled together.
      for (const [from, noms] of Map.groupBy(limits.keys(), (nom) => limits.get(nom) as number)) {
        const to = Math.min(from + STEP_ROWS, end);
        if (from < to) fill(noms, from, to);
        for (const nom of noms) put.run(to === end ? null : to, nom);
        more ||= to < end;
      }
      return more;
    },
  };
}
