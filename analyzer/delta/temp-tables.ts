/**
 * The temporary tables of a delta. On the connection that has them, the names ventes, produits and magasins mean one
 * chunk of changed sales with their parents, so the analyses' SQL runs over them as it is written. The tables of the
 * file are main.ventes, main.produits and main.magasins there.
 */
import type { Sqlite } from "#shared/database/sqlite.ts";
import { TABLES, tempTableLike } from "../tables/tables.ts";

/**
 * Creates them, empty. Before it has succeeded, it may be called again on the same connection. An n is the number of an
 * image in old_ventes.
 */
export function createTempTables(db: Sqlite): void {
  for (const table of TABLES) {
    db.exec(`DROP TABLE IF EXISTS temp.${table}`);
    db.exec(tempTableLike(db, table, table));
  }
  db.exec(`
    DROP TABLE IF EXISTS temp.touched;
    DROP TABLE IF EXISTS temp.later;
    DROP TABLE IF EXISTS temp.moved;
    -- Sales that existed before and may count otherwise now. n: their first image; NULL: only a parent changed.
    CREATE TEMP TABLE touched (row_id INTEGER PRIMARY KEY, n INTEGER);
    -- Sales that changed after the span as well, with the first image logged after it.
    CREATE TEMP TABLE later (row_id INTEGER PRIMARY KEY, n INTEGER);
    -- Keys of one table of parents, while the sales of these parents are looked for.
    CREATE TEMP TABLE moved (id TEXT PRIMARY KEY) WITHOUT ROWID;`);
}
