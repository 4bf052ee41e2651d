/**
 * Views of whole tables as of a commit: the rows as they stand, with newer commits undone by their old images. A view
 * has the name of its table, and hides it. Amounts, prices and quantities are integers of millionths in it, because
 * sums of integers are exact. The view of ventes shows the sales of one chunk: those from rang_de to rang_fin
 * (excluded) of the one row in temp.as_of.
 */
import type { Sqlite } from "#shared/database/sqlite.ts";
import {
  allColumns,
  KEY_OF,
  list,
  storedColumns,
  TABLES,
  type Table,
  tempTableLike,
} from "../tables/tables.ts";

/** Generated columns, and the integers that the view shows in their place. */
const IN_MILLIONTHS: Readonly<Record<string, string>> = {
  quantité: "quantite_millioniemes",
  chiffre_affaires: "ca_millioniemes",
  prix: "prix_millioniemes",
};

const OF_CHUNK = "rowid >= (SELECT rang_de FROM temp.as_of) AND rowid < (SELECT rang_fin FROM temp.as_of)";

export interface Views {
  /** Makes them show the tables as of a commit. Call it at the start of a read transaction. */
  readonly setCommit: (commit: number) => void;
  /** Makes ventes show the sales whose rang is from `from` to `end` (excluded). */
  readonly setChunk: (from: number, end: number) => void;
}

/** Prepares a connection, on which the views hide the tables from here on. */
export function makeViews(db: Sqlite): Views {
  db.exec("CREATE TEMP TABLE as_of (rang_de INTEGER, rang_fin INTEGER)");
  const clearChunk = db.prepare("DELETE FROM temp.as_of");
  const setChunk = db.prepare("INSERT INTO temp.as_of VALUES (?, ?)");
  const views = TABLES.map((table) => makeView(db, table));
  return {
    setCommit: (commit) => {
      for (const view of views) view(commit);
    },
    setChunk: (from, end) => {
      clearChunk.run();
      setChunk.run(from, end);
    },
  };
}

/** Prepares one view. Where no newer commit changed a row, the view is of the rows as they stand alone: it is faster. */
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

/** Into later_*: of each row that changed after the commit, its first image logged since, which is the row as of it. */
function firstImages(db: Sqlite, table: Table): string {
  const names = storedColumns(db, table);
  const key = table === "ventes" ? "rang" : KEY_OF[table];
  const rowid = table === "ventes" ? ["rowid, ", "rang, "] : ["", ""];
  return `
    INSERT INTO temp.later_${table} (${rowid[0]}${list(names)})
    SELECT ${rowid[1]}${list(names)} FROM main.old_${table}
    WHERE n IN (SELECT MIN(n) FROM main.old_${table} WHERE commit_id > ? GROUP BY ${key})`;
}
