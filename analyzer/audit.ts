/**
 * Whether `analyses` is what the full SQL answers, as of `avancement`, in integers; where it is not, mends it.
 * It differs only if the file was changed by hand or by a fault, so mending is always said. Costs a pass over
 * the tables for each analysis, in steps of some 50 ms, over one snapshot of the file: refreshes may go on
 * between the steps.
 */
import type { Sqlite } from "#shared/database/sqlite.ts";
import type { Analysis } from "./analyses/index.ts";
import { type AsOf, openAsOf } from "./as-of.ts";
import { asStored, type Refresher, type Stored } from "./refresh.ts";

/** A row of analyses that was wrong. Millionths. */
export interface Mended {
  readonly nom: string;
  readonly cle: string;
  readonly before: Stored;
  readonly after: bigint | null | undefined;
}

interface Wrong extends Mended {
  readonly analysis: Analysis;
}

/** Step by step; returns the rows that it had to mend. `db`: the refresher's connection. */
export function* auditing(db: Sqlite, refresher: Refresher): Generator<void, readonly Mended[], void> {
  const whole = openAsOf(db.name);
  const mend = db.transaction((commit: number, wrong: readonly Wrong[]): boolean => {
    // Refreshed meanwhile: what was compared is no longer there.
    if (reached(db) !== commit) return false;
    for (const { analysis, cle, after } of wrong) refresher.put(analysis, cle, after, commit, new Date());
    return true;
  });
  try {
    for (let hasMoved = false; ; hasMoved = true) {
      const comparing = compare(whole, refresher.analyses);
      let step = comparing.next();
      while (step.done !== true) {
        // Something is wrong and was refreshed meanwhile: the second time without steps, so that it is mended.
        if (!hasMoved) yield;
        step = comparing.next();
      }
      const { commit, wrong } = step.value;
      if (wrong.length === 0 || mend.immediate(commit, wrong))
        return wrong.map(({ analysis: _, ...mended }) => mended);
    }
  } finally {
    whole.close();
  }
}

/** The whole audit at once. */
export function audit(db: Sqlite, refresher: Refresher): readonly Mended[] {
  const steps = auditing(db, refresher);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

const reached = (db: Sqlite): number =>
  db.prepare("SELECT commit_id FROM main.avancement").pluck().get() as number;

interface Compared {
  readonly commit: number;
  readonly wrong: readonly Wrong[];
}

/** What is stored against what is right, both as of one snapshot. */
function* compare(whole: AsOf, analyses: readonly Analysis[]): Generator<void, Compared, void> {
  let commit = 0;
  const stored = new Map<Analysis, ReadonlyMap<string, Stored>>();
  const right = new Map(analyses.map((analysis) => [analysis, new Map<string, bigint | null>()]));
  const chunks = whole.chunks((db) => {
    commit = reached(db);
    for (const analysis of analyses) stored.set(analysis, readStored(db, analysis));
    return commit;
  });
  for (const _ of chunks) {
    for (const [analysis, sums] of right)
      for (const [cle, sum] of whole.results(analysis)) sums.set(cle, (sums.get(cle) ?? 0n) + sum);
    yield;
  }
  // Without a key there is a row even when there is no sale.
  for (const [analysis, sums] of right)
    if (whole.db.prepare(analysis.sql).columns().length === 1 && sums.size === 0) sums.set("", null);
  const wrong = [...right].flatMap(([analysis, sums]) => {
    const had = stored.get(analysis) ?? new Map<string, Stored>();
    // A database that no analyzer has seen yet is not wrong.
    if (commit === 0 && had.size === 0) return [];
    return [...new Set([...had.keys(), ...sums.keys()])]
      .map((cle) => ({ analysis, nom: analysis.nom, cle, before: had.get(cle), after: sums.get(cle) }))
      .filter(({ before, after }) => before !== asStored(after));
  });
  return { commit, wrong };
}

const readStored = (db: Sqlite, analysis: Analysis): ReadonlyMap<string, Stored> =>
  new Map(
    db
      .prepare("SELECT cle, millioniemes FROM main.analyses WHERE nom = ?")
      .safeIntegers()
      .raw()
      .all(analysis.nom) as [string, Stored][],
  );
