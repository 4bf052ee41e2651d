/**
 * Whole tables as of a commit: the rows as they stand, with newer commits undone by their old images. A
 * connection of its own, on which the names ventes, produits and magasins are views of that state, and amounts
 * and quantities are integers of millionths; so an analysis' SQL, word for word, gives exact integer sums.
 * Costs the table, not the change: for the audit, and for the rows of analyses that only the table can tell.
 */
import { openPlain, type Sqlite } from "#shared/database/sqlite.ts";
import type { Analysis } from "./analyses/index.ts";
import { allColumns, KEY_OF, list, PARENTS, storedColumns, type Table, tempTableLike } from "./shape.ts";

/** Generated columns are read as the integers that they are generated from. */
const IN_MILLIONTHS: Readonly<Record<string, string>> = {
  quantité: "quantite_millioniemes",
  chiffre_affaires: "ca_millioniemes",
  prix: "prix_millioniemes",
};

/** Sales read at a time: some 50 ms for three analyses. */
const CHUNK_RANGS = 50_000;

export type Asked = ReadonlyMap<Analysis, ReadonlySet<string>>;

export interface AsOf {
  /**
   * Opens one read transaction and chooses its commit. The rows as of then are read in chunks of sales: each
   * step of the iteration makes the next chunk what the analyses read. Ends with the iteration.
   */
  readonly chunks: (at: (db: Sqlite) => number) => Generator<number, void, void>;
  /** The analysis' results over the chunk, to be added up by cle. Without a key it is ''. NULL sums are left out. */
  readonly results: (analysis: Analysis) => readonly (readonly [cle: string, millionths: bigint])[];
  /** The results for these cles as of the commit, by one pass for all of them. A cle that is missing has no row. */
  readonly sums: (asked: Asked, commit: number) => ReadonlyMap<Analysis, ReadonlyMap<string, bigint>>;
  readonly db: Sqlite;
  readonly close: () => void;
}

/** Opens it on the file of `ventes.db`. It never writes there. */
export function openAsOf(file: string): AsOf {
  const db = openPlain(file);
  db.exec("CREATE TEMP TABLE as_of (commit_id INTEGER, rang_de INTEGER, rang_fin INTEGER)");
  const clear = db.prepare("DELETE FROM temp.as_of");
  const set = db.prepare("INSERT INTO temp.as_of VALUES (?, ?, ?)");
  const end = db
    .prepare(`
      SELECT IFNULL((SELECT MIN(rang_de) FROM main.commits WHERE commit_id > ?),
        IFNULL((SELECT MAX(rowid) FROM main.ventes), 0) + 1)`)
    .pluck();
  /** The rangs of the chunk in hand. */
  let hand: readonly [commit: number, from: number, end: number] = [0, 0, 0];
  const take = (...[commit, from, rangEnd]: typeof hand): void => {
    hand = [commit, from, rangEnd];
    clear.run();
    set.run(...hand);
  };
  const views = (["ventes", ...PARENTS] as const).map((table) => makeView(db, table));

  function* chunks(at: (db: Sqlite) => number): Generator<number, void, void> {
    db.exec("BEGIN");
    try {
      const commit = at(db);
      for (const view of views) view(commit);
      const rangEnd = end.get(commit) as number;
      for (let from = 1; from < rangEnd; from += CHUNK_RANGS) {
        take(commit, from, Math.min(from + CHUNK_RANGS, rangEnd));
        yield commit;
      }
    } finally {
      db.exec("COMMIT");
    }
  }

  /** A sum that overflows is taken in halves: the analyses are linear. */
  function results(analysis: Analysis): ReturnType<AsOf["results"]> {
    let rows: unknown[][];
    try {
      rows = db.prepare(analysis.sql).safeIntegers().raw().all() as unknown[][];
    } catch (error) {
      const whole = hand;
      const [commit, from, rangEnd] = whole;
      if (rangEnd - from <= 1 || !(error instanceof Error && error.message === "integer overflow"))
        throw error;
      const middle = from + Math.floor((rangEnd - from) / 2);
      take(commit, from, middle);
      const first = results(analysis);
      take(commit, middle, rangEnd);
      const second = results(analysis);
      take(...whole);
      return [...first, ...second];
    }
    return rows.flatMap((row) => {
      const value = row.at(-1) as bigint | null;
      return value === null ? [] : [[row.length === 1 ? "" : String(row[0] ?? ""), value] as const];
    });
  }

  return {
    db,
    chunks,
    results,
    sums: (asked, commit) => {
      const sums = new Map([...asked.keys()].map((analysis) => [analysis, new Map<string, bigint>()]));
      for (const _ of chunks(() => commit))
        for (const [analysis, ofAnalysis] of sums)
          for (const [cle, sum] of results(analysis))
            if (asked.get(analysis)?.has(cle)) ofAnalysis.set(cle, (ofAnalysis.get(cle) ?? 0n) + sum);
      return sums;
    },
    close: () => db.close(),
  };
}

const OF_CHUNK = "rowid >= (SELECT rang_de FROM temp.as_of) AND rowid < (SELECT rang_fin FROM temp.as_of)";

/** Makes the name `table` a view of it as of a commit: plain where nothing newer is to be undone. */
function makeView(db: Sqlite, table: Table): (commit: number) => void {
  db.exec(tempTableLike(db, table, `later_${table}`));
  const shown = allColumns(db, table)
    .map((name) => (name in IN_MILLIONTHS ? `"${IN_MILLIONTHS[name]}" AS "${name}"` : `"${name}"`))
    .join(", ");
  const chunk = table === "ventes" ? OF_CHUNK : "TRUE";
  const key = table === "ventes" ? "rowid" : KEY_OF[table];
  const plain = `SELECT ${shown} FROM main.${table} WHERE ${chunk}`;
  const undone = `${plain} AND ${key} NOT IN (SELECT ${key} FROM temp.later_${table})
    UNION ALL SELECT ${shown} FROM temp.later_${table} WHERE ${chunk}`;
  const clear = db.prepare(`DELETE FROM temp.later_${table}`);
  const fill = db.prepare(firstImages(db, table));
  return (commit) => {
    clear.run();
    const newer = fill.run(commit).changes > 0;
    db.exec(`
      DROP VIEW IF EXISTS temp.${table};
      CREATE TEMP VIEW ${table} AS ${newer ? undone : plain}`);
  };
}

/** Into later_*: the first image logged of each row since the commit, which is the row as of the commit. */
function firstImages(db: Sqlite, table: Table): string {
  const names = storedColumns(db, table);
  const key = table === "ventes" ? "rang" : KEY_OF[table];
  const rowid = table === "ventes" ? ["rowid, ", "rang, "] : ["", ""];
  return `
    INSERT INTO temp.later_${table} (${rowid[0]}${list(names)})
    SELECT ${rowid[1]}${list(names)} FROM main.old_${table}
    WHERE n IN (SELECT MIN(n) FROM main.old_${table} WHERE commit_id > ? GROUP BY ${key})`;
}
