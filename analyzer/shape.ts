/**
 * The shapes of the tables that analyses read, taken from the database's own schema, so that a column added by
 * a migration is in the temporary tables too: same columns, generated ones included, without the constraints
 * that only cost (foreign keys; the primary key of ventes, whose copies are made of rows that exist).
 */
import type { Sqlite } from "#shared/database/sqlite.ts";

export const PARENTS = ["produits", "magasins"] as const;
export type Parent = (typeof PARENTS)[number];
export type Table = "ventes" | Parent;

export const KEY_OF: Readonly<Record<Parent, string>> = { produits: "id_produit", magasins: "id_magasin" };

interface ColumnInfo {
  readonly name: string;
  readonly hidden: number;
}

const columns = (db: Sqlite, table: string): readonly ColumnInfo[] =>
  db.prepare("SELECT name, hidden FROM pragma_table_xinfo(?, 'main')").all(table) as ColumnInfo[];

/** The columns of a table that are stored, the same in its table of old images. */
export const storedColumns = (db: Sqlite, table: Table): readonly string[] =>
  columns(db, table)
    .filter((c) => c.hidden === 0)
    .map((c) => c.name);

export const allColumns = (db: Sqlite, table: Table): readonly string[] =>
  columns(db, table).map((c) => c.name);

export const list = (names: readonly string[], of = ""): string =>
  names.map((n) => `${of === "" ? "" : `${of}.`}"${n}"`).join(", ");

/** CREATE TEMP TABLE `name` with the columns of `table`. */
export function tempTableLike(db: Sqlite, table: Table, name: string): string {
  const { sql } = db
    .prepare("SELECT sql FROM main.sqlite_schema WHERE type = 'table' AND name = ?")
    .get(table) as {
    sql: string;
  };
  const body = sql
    .slice(sql.indexOf("("))
    .replace(/\s+REFERENCES\s+\w+\s*\([^)]*\)/g, "")
    .replace(/\s+PRIMARY KEY/, table === "ventes" ? "" : " PRIMARY KEY");
  return `CREATE TEMP TABLE ${name} ${body}`;
}
