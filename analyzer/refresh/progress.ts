/**
 * The commit that the analyses reflect (the table progress), and the commits that are pending. Both are only in the
 * file, so several analyzers may work on one database, and a killed one loses nothing.
 */
import type { Sqlite } from "#shared/database/sqlite.ts";
import type { Span } from "../delta/changes.ts";
import { NO_END, TABLES } from "../tables/tables.ts";

export interface Progress {
  /** The commit that the analyses reflect. */
  readonly reached: () => number;
  /** The newest commit of the database; 0: there is none. */
  readonly newest: () => number;
  /** The last of the next commits whose changed rows are at most `rows`, at least one commit; and whether more follow. */
  readonly nextSlice: (from: number, rows: number) => { readonly to: number; readonly more: boolean };
  /** The commits after `from` up to `to`, with the rowids that they gave. `from` is not the newest commit. */
  readonly span: (from: number, to: number) => Span;
  readonly advance: (to: number, now: Date) => void;
  /** Deletes the old images that commits up to `to` logged: nothing reads them once the analyses have reached it. */
  readonly dropImages: (to: number) => void;
}

/** Prepares the statements. */
export function openProgress(db: Sqlite): Progress {
  const reached = db.prepare("SELECT commit_id FROM progress").pluck();
  const newest = db.prepare("SELECT IFNULL(MAX(commit_id), 0) FROM commits").pluck();
  const pending = db.prepare(`
    SELECT commit_id AS id, MAX(changed, row_to - row_from + 1) AS rows
    FROM commits WHERE commit_id > ? ORDER BY commit_id`);
  const rowAfter = db
    .prepare("SELECT row_from FROM commits WHERE commit_id > ? ORDER BY commit_id LIMIT 1")
    .pluck();
  // Rowids grow in the order of commits, so the newest sale ends the span of the newest commit.
  const rowLast = db.prepare("SELECT value + 1 FROM counters WHERE name = 'row'").pluck();
  const advance = db.prepare("UPDATE progress SET commit_id = ?, progressed_at = ?");
  // n grows with commit_id: SQLite finds the images after it without reading them all.
  const dropImages = TABLES.map((table) =>
    db.prepare(`
      DELETE FROM old_${table} WHERE n < IFNULL(
        (SELECT n FROM old_${table} WHERE commit_id > ? ORDER BY n LIMIT 1), ${NO_END})`),
  );
  return {
    reached: () => reached.get() as number,
    newest: () => newest.get() as number,
    nextSlice: (from, rows) => {
      let to = from;
      let taken = 0;
      for (const commit of pending.iterate(from) as IterableIterator<{ id: number; rows: number }>) {
        if (to > from && taken + commit.rows > rows) return { to, more: true };
        to = commit.id;
        taken += commit.rows;
      }
      return { to, more: false };
    },
    span: (from, to) => ({
      from,
      to,
      rowFirst: rowAfter.get(from) as number,
      rowEnd: (rowAfter.get(to) as number | undefined) ?? (rowLast.get() as number),
    }),
    advance: (to, now) => {
      advance.run(to, now.toISOString());
    },
    dropImages: (to) => {
      for (const statement of dropImages) statement.run(to);
    },
  };
}
