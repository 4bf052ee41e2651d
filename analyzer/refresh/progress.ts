/**
 * How far the analyses are (the table avancement), and which commits are pending. It is in the file alone, so several
 * analyzers may work on one database, and one that is killed loses nothing.
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
  /** The commits after `from` up to `to`, with the rangs that they gave. `from` is not the newest commit. */
  readonly span: (from: number, to: number) => Span;
  readonly advance: (to: number, now: Date) => void;
  /** Deletes the old images that commits up to `to` logged: nothing reads them once the analyses have reached it. */
  readonly dropImages: (to: number) => void;
}

/** Prepares the statements. */
export function openProgress(db: Sqlite): Progress {
  const reached = db.prepare("SELECT commit_id FROM avancement").pluck();
  const newest = db.prepare("SELECT IFNULL(MAX(commit_id), 0) FROM commits").pluck();
  const pending = db.prepare(`
    SELECT commit_id AS id, MAX(changed, rang_a - rang_de + 1) AS rows
    FROM commits WHERE commit_id > ? ORDER BY commit_id`);
  const rangAfter = db
    .prepare("SELECT rang_de FROM commits WHERE commit_id > ? ORDER BY commit_id LIMIT 1")
    .pluck();
  // Rangs grow in the order of commits, so the newest sale ends the span of the newest commit.
  const rangLast = db.prepare("SELECT valeur + 1 FROM compteurs WHERE nom = 'rang'").pluck();
  const advance = db.prepare("UPDATE avancement SET commit_id = ?, date_avancement = ?");
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
      rangFirst: rangAfter.get(from) as number,
      rangEnd: (rangAfter.get(to) as number | undefined) ?? (rangLast.get() as number),
    }),
    advance: (to, now) => {
      advance.run(to, now.toISOString());
    },
    dropImages: (to) => {
      for (const statement of dropImages) statement.run(to);
    },
  };
}
