/** Queries a database read-only while the program works on it. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";

/** The first column of the first row of a query; undefined while the file or the table does not exist, or the file is busy. */
export const firstValue = (data: string, sql: string): unknown => {
  const file = join(data, "ventes.db");
  if (!existsSync(file)) return undefined;
  let database: Database.Database | undefined;
  try {
    database = new Database(file, { readonly: true });
    return database.prepare(sql).pluck().get();
  } catch (error) {
    if (
      error instanceof Database.SqliteError &&
      /no such table|SQLITE_BUSY|unable to open/.test(error.message)
    )
      return undefined;
    throw error;
  } finally {
    database?.close();
  }
};

/** The number of rows of a table; 0 while it does not exist. */
export const countOf = (data: string, table: string): number =>
  Number(firstValue(data, `SELECT COUNT(*) FROM ${table}`) ?? 0);

/** Whether the analyses reflect every commit. */
export const isUpToDate = (data: string): boolean =>
  firstValue(
    data,
    "SELECT (SELECT commit_id FROM progress) >= (SELECT COALESCE(MAX(commit_id), 0) FROM commits)",
  ) === 1;
