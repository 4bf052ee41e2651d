/**
 * Whether `analyses` is what the full SQL answers, as of `avancement`, in integers; where it is not, mends it.
 * It differs only if the file was changed by hand or by a fault, so mending is always said. Costs a pass over
 * the tables for each analysis.
 */
import type { Sqlite } from "#shared/database/sqlite.ts";
import type { Analysis } from "./analyses/index.ts";
import type { Refresher } from "./refresh.ts";

/** A row of analyses that was wrong. undefined: no row; null: the sum of no rows. Millionths. */
export interface Mended {
  readonly nom: string;
  readonly cle: string;
  readonly before: bigint | null | undefined;
  readonly after: bigint | null | undefined;
}

interface Wrong extends Mended {
  readonly analysis: Analysis;
}

/** Returns the rows that it had to mend. `db`: the refresher's connection. */
export function audit(db: Sqlite, refresher: Refresher, now = new Date()): readonly Mended[] {
  const whole = refresher.asOf();
  const reached = (on: Sqlite) => on.prepare("SELECT commit_id FROM main.avancement").pluck().get() as number;
  const mend = db.transaction((commit: number, wrong: readonly Wrong[]): boolean => {
    // Another analyzer went on meanwhile: what was compared is no longer there.
    if (reached(db) !== commit) return false;
    for (const { analysis, cle, after } of wrong) refresher.put(analysis, cle, after, commit, now);
    return true;
  });
  for (;;) {
    const { commit, wrong } = whole.snapshot(reached, (commit) => ({
      commit,
      wrong: refresher.analyses.flatMap((analysis) => compare(whole.db, analysis, whole.results(analysis))),
    }));
    if (wrong.length === 0 || mend.immediate(commit, wrong))
      return wrong.map(({ analysis: _, ...mended }) => mended);
  }
}

function compare(
  db: Sqlite,
  analysis: Analysis,
  right: ReadonlyMap<string, bigint | null>,
): readonly Wrong[] {
  const stored = new Map(
    db
      .prepare("SELECT cle, millioniemes FROM main.analyses WHERE nom = ?")
      .safeIntegers()
      .raw()
      .all(analysis.nom) as [string, bigint | null][],
  );
  // A database that no analyzer has seen yet is not wrong.
  const begun = (db.prepare("SELECT commit_id FROM main.avancement").pluck().get() as number) > 0;
  if (!begun && stored.size === 0) return [];
  return [...new Set([...stored.keys(), ...right.keys()])]
    .map((cle) => ({ analysis, nom: analysis.nom, cle, before: stored.get(cle), after: right.get(cle) }))
    .filter(({ before, after }) => before !== after);
}
