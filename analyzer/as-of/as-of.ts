/**
 * The analyses computed from whole tables as of a commit, as exact integers. It has a connection of its own, on which
 * the names ventes, produits and magasins are views (views.ts) of one chunk of that state, so the analyses' SQL runs
 * as it is written. It costs the table, not the change: the audit uses it, and a refresh does for the rows of
 * analyses that a change alone cannot decide.
 */
import { openPlain, type Sqlite } from "#shared/database/sqlite.ts";
import type { Analysis } from "../analyses/analyses.ts";
import { makeViews } from "./views.ts";

/** Sales read at a time: some 50 ms for three analyses. */
const CHUNK_ROW_IDS = 50_000;

export interface AsOf {
  /**
   * Opens one read transaction, in which `at` chooses the commit, and goes through the sales as of that commit in
   * chunks: after each step of the iteration the analyses read the next chunk. Yields the commit. The transaction
   * ends with the iteration.
   */
  readonly chunks: (at: (db: Sqlite) => number) => Generator<number, void, void>;
  /** The analysis' results over the chunk, to be added up by cle. Without a key it is ''. NULL sums are left out. */
  readonly results: (analysis: Analysis) => readonly (readonly [cle: string, millionths: bigint])[];
  /** The results for these cles as of the commit, by one pass for all of them. A cle without a row has no result. */
  readonly sums: (
    cles: ReadonlyMap<Analysis, ReadonlySet<string>>,
    commit: number,
  ) => ReadonlyMap<Analysis, ReadonlyMap<string, bigint>>;
  readonly close: () => void;
}

/** Opens a connection to the file `ventes.db`, and never writes to that file. */
export function openAsOf(file: string): AsOf {
  const db = openPlain(file);
  const views = makeViews(db);
  const end = db
    .prepare(`
      SELECT IFNULL((SELECT MIN(row_from) FROM main.commits WHERE commit_id > ?),
        IFNULL((SELECT MAX(rowid) FROM main.ventes), 0) + 1)`)
    .pluck();
  /** The chunk that the views show. */
  let shown: readonly [from: number, end: number] = [0, 0];
  const show = (...chunk: typeof shown): void => {
    shown = chunk;
    views.setChunk(...chunk);
  };

  function* chunks(at: (db: Sqlite) => number): Generator<number, void, void> {
    db.exec("BEGIN");
    try {
      const commit = at(db);
      views.setCommit(commit);
      const rowEnd = end.get(commit) as number;
      for (let from = 1; from < rowEnd; from += CHUNK_ROW_IDS) {
        show(from, Math.min(from + CHUNK_ROW_IDS, rowEnd));
        yield commit;
      }
    } finally {
      db.exec("COMMIT");
    }
  }

  /** When a sum overflows, takes the chunk in halves: the analyses are linear. */
  function results(analysis: Analysis): ReturnType<AsOf["results"]> {
    let rows: unknown[][];
    try {
      rows = db.prepare(analysis.sql).safeIntegers().raw().all() as unknown[][];
    } catch (error) {
      const whole = shown;
      const [from, rowEnd] = whole;
      if (rowEnd - from <= 1 || !(error instanceof Error && error.message === "integer overflow"))
        throw error;
      const middle = from + Math.floor((rowEnd - from) / 2);
      show(from, middle);
      const first = results(analysis);
      show(middle, rowEnd);
      const second = results(analysis);
      show(...whole);
      return [...first, ...second];
    }
    return rows.flatMap((row) => {
      const value = row.at(-1) as bigint | null;
      return value === null ? [] : [[row.length === 1 ? "" : String(row[0] ?? ""), value] as const];
    });
  }

  return {
    chunks,
    results,
    sums: (cles, commit) => {
      const sums = new Map([...cles.keys()].map((analysis) => [analysis, new Map<string, bigint>()]));
      for (const _ of chunks(() => commit))
        for (const [analysis, ofAnalysis] of sums)
          for (const [cle, sum] of results(analysis))
            if (cles.get(analysis)?.has(cle)) ofAnalysis.set(cle, (ofAnalysis.get(cle) ?? 0n) + sum);
      return sums;
    },
    close: () => db.close(),
  };
}
