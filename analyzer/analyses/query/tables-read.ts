/** The tables and views that a query reads, by the names that stand in it. */
import { parseStmt, traverse } from "sqlite3-parser";

/** In lower case, without the names that the query defines itself. Undefined: they cannot be told. */
export function tablesRead(sql: string): ReadonlySet<string> | undefined {
  const parsed = parseStmt(sql);
  if (parsed.status === "error") return undefined;
  const read = new Set<string>();
  const defined = new Set<string>();
  let isPlain = true;
  traverse(parsed.root, {
    nodes: {
      CommonTableExpr: ({ tblName }) => {
        defined.add(tblName.text.toLowerCase());
      },
      TableSelectTable: ({ tblName }) => {
        read.add(tblName.objName.text.toLowerCase());
      },
      TableCallSelectTable: () => {
        isPlain = false;
      },
      InTableExpr: () => {
        isPlain = false;
      },
    },
  });
  return isPlain ? read.difference(defined) : undefined;
}
