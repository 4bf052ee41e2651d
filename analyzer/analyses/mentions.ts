/** Finds the tables and columns that an analysis may read in the text of its SQL. A wrong answer is always yes, never no. */

/** An analysis, or another text of SQL. */
export interface Query {
  readonly sql: string;
}

/** SQL cannot name a table without the letters of its name. */
export const mentionsTable = ({ sql }: Query, table: string): boolean =>
  sql.toLowerCase().includes(table.toLowerCase());

/** "*" and NATURAL name every column; COUNT(*) reads none. */
export function mentionsColumn({ sql }: Query, column: string): boolean {
  const text = sql.toLowerCase();
  return (
    text.includes(column.toLowerCase()) ||
    /\bnatural\b/.test(text) ||
    text.replace(/count\s*\(\s*\*\s*\)/g, "").includes("*")
  );
}
