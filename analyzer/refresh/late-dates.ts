/**
 * Notes the sales that are dated after their publication (ventes_apres_publication): a sale typed 2062 must not
 * make `maintenant` a day of 2062. A day more is allowed, because the business may be in a zone ahead of UTC.
 */
import type { Sqlite } from "#shared/database/sqlite.ts";
import type { Span } from "../delta/changes.ts";

const LAST_DAY = "date(c.committed_at, '+1 day')";

/** Prepares the statements. The result notes those of a span, inside the caller's transaction, before its images go. */
export function prepareLateDates(db: Sqlite): (span: Span) => void {
  const inserted = db.prepare(`
    INSERT OR REPLACE INTO main.ventes_apres_publication (row_id, publie_le)
    SELECT v.rowid, ${LAST_DAY} FROM main.commits c JOIN main.ventes v ON v.rowid BETWEEN c.row_from AND c.row_to
    WHERE c.commit_id > ? AND c.commit_id <= ? AND v.date_vente > ${LAST_DAY}`);
  const changed = db.prepare(`
    INSERT OR IGNORE INTO main.ventes_apres_publication (row_id, publie_le)
    SELECT v.rowid, ${LAST_DAY} FROM main.old_ventes o
      JOIN main.ventes v ON v.rowid = o.row_id JOIN main.commits c ON c.commit_id = o.commit_id
    WHERE o.commit_id > ? AND o.commit_id <= ? AND v.date_vente > ${LAST_DAY}`);
  return ({ from, to }) => {
    inserted.run(from, to);
    changed.run(from, to);
  };
}
