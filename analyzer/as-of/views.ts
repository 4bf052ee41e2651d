/**
 * Views of whole tables as of a commit: the rows as they stand, with newer commits undone by their old images. A view
 * has the name of its table, and hides it. That of ventes has the rowid too.
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

export interface Views {
  /** Makes them show the tables as of a commit. Call it at the start of a read transaction. */
  readonly setCommit: (commit: number) => void;
}

/** Prepares a connection, on which the views hide the tables from here on. */
export function makeViews(db: Sqlite): Views {
  const views = TABLES.map((table) => makeView(db, table));
  return {
    setCommit: (commit) => {
      for (const view of views) view(commit);
    },
  };
}

/** Prepares one view. Where no newer commit changed a row, the view is of the rows as they stand alone: it is faster. */
function makeView(db: Sqlite, table: Table): (commit: number) => void {
  db.exec(tempTableLike(db, table, `later_${table}`));
  const shown = `${table === "ventes" ? "rowid AS rowid, " : ""}${list(allColumns(db, table))}`;
  const key = table === "ventes" ? "rowid" : KEY_OF[table];
  const plain = `SELECT ${shown} FROM main.${table}`;
  const undone = `${plain} WHERE ${key} NOT IN (SELECT ${key} FROM temp.later_${table})
    UNION ALL SELECT ${shown} FROM temp.later_${table}`;
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
  const key = table === "ventes" ? "row_id" : KEY_OF[table];
  const rowid = table === "ventes" ? ["rowid, ", "row_id, "] : ["", ""];
  return `
    INSERT INTO temp.later_${table} (${rowid[0]}${list(names)})
    SELECT ${rowid[1]}${list(names)} FROM main.old_${table}
    WHERE n IN (SELECT MIN(n) FROM main.old_${table} WHERE commit_id > ? GROUP BY ${key})`;
}
