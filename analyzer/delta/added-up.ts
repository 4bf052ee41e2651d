/**
 * Temporary tables of sums of sales by day, by shop and by product. An analysis that needs nothing else of a sale reads
 * one of them, so that the sales are read and grouped once for several analyses, not once for each.
 */
import type { Sqlite } from "#shared/database/sqlite.ts";
import { ADDED_UP } from "../analyses/query/measures.ts";

/** By the name of the table, the column that groups its sales. An analysis reads the first table that has its columns. */
export const ADDED_UP_TABLES: ReadonlyMap<string, string> = new Map([
  ["sales_by_day", "date_vente"],
  ["sales_by_shop", "id_magasin"],
  ["sales_by_product", "id_produit"],
]);

export interface AddedUp {
  readonly table: string;
  /** Adds up the sales of the file whose rowid is at least `lo` and below `hi`. The table is empty before. */
  readonly fill: (lo: number, hi: number) => void;
  readonly clear: () => void;
}

/** Creates the temporary tables, empty. Before its caller has succeeded, it may be called again on the same connection. */
export const createAddedUp = (db: Sqlite): readonly AddedUp[] =>
  [...ADDED_UP_TABLES].map(([table, key]) => {
    const sums = ["_n", ...ADDED_UP.values()].map((name) => `${name} INTEGER NOT NULL`);
    db.exec(`DROP TABLE IF EXISTS temp.${table}`);
    // Without rowids, so that a query of rowids is refused.
    db.exec(
      `CREATE TEMP TABLE ${table} (${key} TEXT NOT NULL PRIMARY KEY, ${sums.join(", ")}) WITHOUT ROWID`,
    );
    const fill = db.prepare(`
      INSERT INTO temp.${table} SELECT ${key}, COUNT(*), ${[...ADDED_UP.keys()].join(", ")}
      FROM main.ventes WHERE rowid >= ? AND rowid < ? GROUP BY ${key}`);
    const clear = db.prepare(`DELETE FROM temp.${table}`);
    return { table, fill: (lo, hi) => void fill.run(lo, hi), clear: () => void clear.run() };
  });
