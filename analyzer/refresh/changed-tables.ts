/** Notes which tables a span of commits changed. Only the plain analyses that read one of them need run again. */
import type { Sqlite } from "#shared/database/sqlite.ts";
import type { Span } from "../delta/changes.ts";
import { TABLES } from "../tables/tables.ts";

/** Prepares the statements. The result notes a span, inside the caller's transaction, before its images go. */
export function prepareChangedTables(db: Sqlite): (span: Span) => void {
  const tables = TABLES.map((table) => ({
    // A new row has no old image: the highest rowid tells of it.
    isChanged: db
      .prepare(`
        SELECT IFNULL((SELECT MAX(rowid) FROM main.${table}), 0) <> newest
          OR EXISTS (SELECT 1 FROM main.old_${table} WHERE commit_id > ? AND commit_id <= ?)
        FROM main.tables_changees WHERE nom = '${table}'`)
      .pluck(),
    note: db.prepare(`
      UPDATE main.tables_changees SET commit_id = ?, newest = IFNULL((SELECT MAX(rowid) FROM main.${table}), 0)
      WHERE nom = '${table}'`),
  }));
  return ({ from, to }) => {
    for (const { isChanged, note } of tables) if (isChanged.get(from, to) === 1) note.run(to);
  };
}
