/**
 * Adds the changes of a delta to the rows of the analyses. A change does not decide every row. A sum of zero may come
 * from sales and returns that balance, or from no sale at all; then the row must be deleted. A sum beyond 64 bits is
 * stored as a double, to which nothing exact can be added. Such rows are computed from the whole tables.
 */
import type { Analysis } from "../analyses/analyses.ts";
import type { AsOf } from "../as-of/as-of.ts";
import type { Change, Changes } from "../delta/changes.ts";
import { asStored, type Result, type Stored, type StoredResults } from "./stored-results.ts";

export interface Target {
  readonly analyses: readonly Analysis[];
  /** The analyses that have one row even when there is no sale. */
  readonly keyless: ReadonlySet<Analysis>;
  readonly stored: StoredResults;
  /** Opened when it is called for the first time. */
  readonly wholeTables: () => AsOf;
}

/** Runs inside the caller's transaction. Returns the number of changed rows of `analyses`. */
export function applyChanges(target: Target, changes: Changes, commit: number, now: Date): number {
  let changed = 0;
  const replace = (analysis: Analysis, cle: string, before: Stored, after: Result) => {
    if (asStored(after) === before) return;
    target.stored.put(analysis, cle, after, commit, now);
    changed++;
  };
  const undecided = new Map<Analysis, Map<string, Stored>>();
  for (const analysis of target.analyses) {
    const ofAnalysis = new Map<string, Stored>();
    for (const [cle, change] of changes.get(analysis.nom) ?? []) {
      const before = target.stored.value(analysis, cle);
      const after = add(before, change);
      if (after === undefined) ofAnalysis.set(cle, before);
      else replace(analysis, cle, before, after);
    }
    if (ofAnalysis.size > 0) undecided.set(analysis, ofAnalysis);
  }
  if (undecided.size === 0) return changed;

  const sums = target
    .wholeTables()
    .sums(new Map([...undecided].map(([analysis, rows]) => [analysis, new Set(rows.keys())])), commit);
  for (const [analysis, rows] of undecided) {
    const none = target.keyless.has(analysis) ? null : undefined;
    for (const [cle, before] of rows) replace(analysis, cle, before, sums.get(analysis)?.get(cle) ?? none);
  }
  return changed;
}

/** The sum after the change; undefined when it must be computed from the whole tables. */
function add(before: Stored, change: Change): bigint | undefined {
  if (typeof before === "number") return undefined;
  const sum = (before ?? 0n) + change.sum;
  const isUndecided = (sum === 0n && change.lost) || typeof asStored(sum) === "number";
  return isUndecided ? undefined : sum;
}
