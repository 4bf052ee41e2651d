/**
 * The analyses computed from whole tables as of a commit, as exact integers. It has a connection of its own, on which
 * the names ventes, produits and magasins are views (views.ts) of that state, so that the analyses read it by these
 * names. It costs the table, not the change: the audit uses it, and a refresh does for the rows of
 * analyses that a change alone cannot decide.
 */
import { openPlain, type Sqlite } from "#shared/database/sqlite.ts";
import { type Analysis, sumOf } from "../analyses/analyses.ts";
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
        (SELECT value + 1 FROM main.counters WHERE name = 'row'))`)
    .pluck();
  /** The chunk that the analyses read. */
  let shown: readonly [from: number, end: number] = [0, 0];
  function* chunks(at: (db: Sqlite) => number): Generator<number, void, void> {
    db.exec("BEGIN");
    try {
      const commit = at(db);
      views.setCommit(commit);
      const rowEnd = end.get(commit) as number;
      for (let from = 1; from < rowEnd; from += CHUNK_ROW_IDS) {
        shown = [from, Math.min(from + CHUNK_ROW_IDS, rowEnd)];
        yield commit;
      }
    } finally {
      db.exec("COMMIT");
    }
  }

  const results = (analysis: Analysis): ReturnType<AsOf["results"]> =>
    (
      db
        .prepare(analysis.linear.core("named"))
        .safeIntegers()
        .raw()
        .all(...shown) as unknown[][]
    ).flatMap((row) => {
      const sum = sumOf(analysis, row);
      return sum === undefined ? [] : [sum];
    });

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
