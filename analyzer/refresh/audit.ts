/**
 * Compares `analyses` with the result of the full SQL over the whole tables as of `progress`, in integers, and corrects
 * the rows that differ. A row differs only after a change by hand or a fault of the program, so each corrected row is
 * reported. An audit reads the tables once for each analysis, in steps of about 50 ms, from one snapshot of the file;
 * refreshes may run between the steps.
 */

import type { Sqlite } from "#shared/database/sqlite.ts";
import { instantOf, type PlainClock } from "#shared/runtime/time.ts";
import { type Analysis, keylessOf } from "../analyses/analyses.ts";
import { type AsOf, openAsOf } from "../as-of/as-of.ts";
import type { Refresher } from "./refresh.ts";
import { asStored, type Result, readStored, type Stored } from "./stored-results.ts";

/** A row of `analyses` that was wrong, before and after its correction. In millionths. */
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
 * One audit, step by step. Returns the rows that it corrected. `db` is the connection of the refresher; `clock` dates the
 * corrections. A caller that
 * stops before the end calls `return`, which closes the audit's own connection. An SQLite error ends the audit before it
 * has changed anything; the caller may start another one.
 */
export function* auditing(
  db: Sqlite,
  refresher: Refresher,
  clock: PlainClock,
): Generator<void, readonly Mended[], void> {
  const whole = openAsOf(db.name);
  const mend = db.transaction((commit: number, wrong: readonly Wrong[]): boolean => {
    // A refresh ran in between: the compared rows are older than the stored ones.
    if (reached(db) !== commit) return false;
    for (const { analysis, cle, after } of wrong)
      refresher.put(analysis, cle, after, commit, instantOf(clock));
    return true;
  });
  try {
    const keyless = keylessOf(refresher.analyses);
    for (let isAgain = false; ; isAgain = true) {
      const comparing = compare(whole, refresher.analyses, keyless);
      let step = comparing.next();
      while (step.done !== true) {
        // The second comparison has no steps, so that no refresh can run in between.
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

/**
 * Compares step by step, and changes nothing. Returns the rows of `analyses` that differ, as of one snapshot. A caller that
 * stops before the end calls `return`.
 */
export function* comparing(
  file: string,
  analyses: readonly Analysis[],
): Generator<void, readonly Mended[], void> {
  const whole = openAsOf(file);
  try {
    const { wrong } = yield* compare(whole, analyses, keylessOf(analyses));
    return wrong.map(({ analysis: _, ...differing }) => differing);
  } finally {
    whole.close();
  }
}

const reached = (db: Sqlite): number =>
  db.prepare("SELECT commit_id FROM main.progress").pluck().get() as number;

interface Compared {
  readonly commit: number;
  readonly wrong: readonly Wrong[];
}

/** Compares the stored rows with the right ones, both from one snapshot of the file. */
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
    // The empty analyses of a database that no analyzer has worked on are not wrong.
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
