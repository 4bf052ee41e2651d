/**
 * The tables that analyses read, with their columns as the schema of the database has them: a column that a migration
 * adds is in the temporary copies too. A copy has the same columns, generated ones included, without the constraints
 * that a copy need not check (foreign keys; the primary key of ventes, because its rows exist already).
 */
import type { Sqlite } from "#shared/database/sqlite.ts";

/** The tables that a sale refers to. */
export const PARENTS = ["produits", "magasins"] as const;
export type Parent = (typeof PARENTS)[number];

export const TABLES = ["ventes", ...PARENTS] as const;
export type Table = (typeof TABLES)[number];

export const KEY_OF: Readonly<Record<Parent, string>> = { produits: "id_produit", magasins: "id_magasin" };

/** The name of the table of an analysis that has one of its own. */
export const tableOf = (nom: string): string => `analyse_${nom}`;

/** Above every n, the number of an image in old_ventes, old_produits or old_magasins. */
export const NO_END = Number.MAX_SAFE_INTEGER;

interface ColumnInfo {
  readonly name: string;
  readonly hidden: number;
}

const columns = (db: Sqlite, table: string): readonly ColumnInfo[] =>
  db.prepare("SELECT name, hidden FROM pragma_table_xinfo(?, 'main')").all(table) as ColumnInfo[];

/** The columns of a table that are not generated. Its table of old images has the same. */
export const storedColumns = (db: Sqlite, table: Table): readonly string[] =>
  columns(db, table)
    .filter((c) => c.hidden === 0)
    .map((c) => c.name);

/** The columns of a table, generated ones included. */
export const allColumns = (db: Sqlite, table: Table): readonly string[] =>
  columns(db, table).map((c) => c.name);

/** Names as SQL lists them: `"a", "b"`, or `o."a", o."b"` of the table `o`. */
export const list = (names: readonly string[], of = ""): string =>
  names.map((n) => `${of === "" ? "" : `${of}.`}"${n}"`).join(", ");

/** The statement CREATE TEMP TABLE `name` with the columns of `table`. */
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
