/**
 * Compares `analyses` with what the full SQL answers over the whole tables as of `avancement`, in integers, and mends
 * the rows that differ. A row differs only if somebody changed the file by hand, or by a fault of the program: so
 * each mended row is reported. It costs a pass over the tables for each analysis, in steps of some 50 ms, over one
 * snapshot of the file: refreshes may go on between the steps.
 */
import type { Sqlite } from "#shared/database/sqlite.ts";
import { type Analysis, keylessOf } from "../analyses/analyses.ts";
import { type AsOf, openAsOf } from "../as-of/as-of.ts";
import type { Refresher } from "./refresh.ts";
import { asStored, type Result, readStored, type Stored } from "./stored-results.ts";

/** A row of analyses that was wrong. Millionths. */
export interface Mended {
  readonly nom: string;
  readonly cle: string;
  readonly before: Stored;
  readonly after: Result;
}

interface Wrong extends Mended {
  readonly analysis: Analysis;
}

/**
 * One audit, step by step: returns the rows that it mended. `db`: the refresher's connection. A caller that stops before
 * the end calls `return`, which closes the audit's own connection. An SQLite error ends the audit: nothing was mended
 * then, and it may be begun again.
 */
export function* auditing(db: Sqlite, refresher: Refresher): Generator<void, readonly Mended[], void> {
  const whole = openAsOf(db.name);
  const mend = db.transaction((commit: number, wrong: readonly Wrong[]): boolean => {
    // A refresh came between: the rows that were compared are older than those that stand.
    if (reached(db) !== commit) return false;
    for (const { analysis, cle, after } of wrong) refresher.put(analysis, cle, after, commit, new Date());
    return true;
  });
  try {
    const keyless = keylessOf(db, refresher.analyses);
    for (let isAgain = false; ; isAgain = true) {
      const comparing = compare(whole, refresher.analyses, keyless);
      let step = comparing.next();
      while (step.done !== true) {
        // The second time without steps, so that no refresh comes between again.
        if (!isAgain) yield;
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

const reached = (db: Sqlite): number =>
  db.prepare("SELECT commit_id FROM main.avancement").pluck().get() as number;

interface Compared {
  readonly commit: number;
  readonly wrong: readonly Wrong[];
}

/** What is stored against what is right, both of one snapshot of the file. */
function* compare(
  whole: AsOf,
  analyses: readonly Analysis[],
  keyless: ReadonlySet<Analysis>,
): Generator<void, Compared, void> {
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
  for (const [analysis, sums] of right) if (keyless.has(analysis) && sums.size === 0) sums.set("", null);
  const wrong = [...right].flatMap(([analysis, sums]) => {
    const had = stored.get(analysis) ?? new Map<string, Stored>();
    // A database that no analyzer has seen yet is not wrong.
    if (commit === 0 && had.size === 0) return [];
    return differing(analysis, had, sums);
  });
  return { commit, wrong };
}

const differing = (
  analysis: Analysis,
  had: ReadonlyMap<string, Stored>,
  right: ReadonlyMap<string, bigint | null>,
): readonly Wrong[] =>
  [...new Set([...had.keys(), ...right.keys()])]
    .map((cle) => ({ analysis, nom: analysis.nom, cle, before: had.get(cle), after: right.get(cle) }))
    .filter(({ before, after }) => before !== asStored(after));
