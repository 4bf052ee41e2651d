/** The tables and views of a database with their columns. A view that cannot be read is left out. */
import type { Sqlite } from "../sqlite.ts";

export interface TableIn {
  readonly name: string;
  readonly kind: "table" | "view";
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

const TABLES = `
  SELECT name, type AS kind FROM pragma_table_list
  WHERE schema = 'main' AND type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type, name`;

export function tablesIn(db: Sqlite): readonly TableIn[] {
  const columns = db.prepare("SELECT name, type FROM pragma_table_xinfo(?) ORDER BY cid");
  return (db.prepare(TABLES).all() as Omit<TableIn, "columns">[]).flatMap((table) => {
    try {
      return [{ ...table, columns: columns.all(table.name) as TableIn["columns"] }];
    } catch {
      // A view of a table that is gone, or of a wrong analysis.
      return [];
    }
  });
}
