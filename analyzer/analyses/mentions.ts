/** Which tables and columns an analysis may read, from the text of its SQL: the answer errs on the side of yes. */
import type { Analysis } from "./analyses.ts";

/** An identifier cannot be written in SQL without its letters. */
export const mentionsTable = ({ sql }: Analysis, table: string): boolean =>
  sql.toLowerCase().includes(table.toLowerCase());

/** "*" and NATURAL name every column; COUNT(*) reads none. */
export function mentionsColumn({ sql }: Analysis, column: string): boolean {
  const text = sql.toLowerCase();
  return (
    text.includes(column.toLowerCase()) ||
    /\bnatural\b/.test(text) ||
    text.replace(/count\s*\(\s*\*\s*\)/g, "").includes("*")
  );
}
