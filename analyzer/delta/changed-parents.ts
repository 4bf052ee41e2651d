/**
 * One table of parents (products or shops) that an analysis reads: which of its rows changed within a span so that an
 * analysis gives another result, which sales these rows concern, and the parents of a chunk of sales as of a commit.
 *
 * A parent that is withdrawn within the span is not among them: each of its sales is withdrawn with it, and so has an
 * image of its own.
 */
import type { Sqlite } from "#shared/database/sqlite.ts";
import { mentionsColumn, mentionsTable, type Query } from "../analyses/mentions.ts";
import { KEY_OF, list, NO_END, type Parent, storedColumns } from "../tables/tables.ts";
import type { Span } from "./changes.ts";

interface ChangedParents {
  /** The keys of the changed parents, each with the analyses that read a column which changed. */
  readonly moved: (span: Span) => ReadonlyMap<string, ReadonlySet<Query>>;
  /**
   * Adds to temp.touched the sales of these parents that existed before `rowFirst` and did not change themselves.
   * Costs a scan of ventes, which has no index on its parents.
   */
  readonly touchSales: (ids: Iterable<string>, rowFirst: number) => void;
  /** Makes the temporary table of parents those of the sales in temp.ventes, as of a commit. */
  readonly copy: (commit: number) => void;
}

type Row = Readonly<Record<string, unknown>>;

/** Prepares the statements. The connection has the temporary tables. */
export function prepareChangedParents(
  db: Sqlite,
  parent: Parent,
  analyses: readonly Query[],
): ChangedParents {
  const key = KEY_OF[parent];
  const stored = storedColumns(db, parent);
  const readers = analyses.filter((analysis) => mentionsTable(analysis, parent));
  const sql = prepare(db, parent, key, list(stored));
  const firstImages = (after: number, upTo: number) => sql.firstImages.all(after, upTo) as Row[];

  return {
    moved: ({ from, to }) => {
      const moved = new Map<string, ReadonlySet<Query>>();
      const later = new Map(firstImages(to, NO_END).map((row) => [row[key], row]));
      for (const before of firstImages(from, to)) {
        const id = before[key] as string;
        const after = later.get(id) ?? (sql.asItStands.get(id) as Row | undefined);
        if (after === undefined) continue;
        const changed = stored.filter((name) => before[name] !== after[name]);
        const seeing = readers.filter((analysis) => changed.some((name) => mentionsColumn(analysis, name)));
        if (seeing.length > 0) moved.set(id, new Set(seeing));
      }
      return moved;
    },
    touchSales: (ids, rowFirst) => {
      sql.clearMoved.run();
      for (const id of ids) sql.move.run(id);
      for (const statement of sql.touch) statement.run(rowFirst);
    },
    copy: (commit) => {
      sql.clear.run();
      sql.copy.run();
      sql.undo.run(commit);
    },
  };
}

const prepare = (db: Sqlite, parent: Parent, key: string, cols: string) => ({
  firstImages: db.prepare(`SELECT ${cols} FROM main.old_${parent} WHERE n IN (
    SELECT MIN(n) FROM main.old_${parent} WHERE commit_id > ? AND commit_id <= ? GROUP BY ${key})`),
  asItStands: db.prepare(`SELECT ${cols} FROM main.${parent} WHERE ${key} = ?`),
  move: db.prepare("INSERT OR IGNORE INTO temp.moved VALUES (?)"),
  clearMoved: db.prepare("DELETE FROM temp.moved"),
  touch: [
    db.prepare(`INSERT OR IGNORE INTO temp.touched SELECT rowid, NULL FROM main.ventes
      WHERE rowid < ? AND ${key} IN (SELECT id FROM temp.moved) AND rowid NOT IN (SELECT row_id FROM temp.later)`),
    db.prepare(`INSERT OR IGNORE INTO temp.touched SELECT o.row_id, NULL FROM temp.later l JOIN main.old_ventes o ON o.n = l.n
      WHERE o.row_id < ? AND o.${key} IN (SELECT id FROM temp.moved)`),
  ],
  clear: db.prepare(`DELETE FROM temp.${parent}`),
  copy: db.prepare(`INSERT INTO temp.${parent} (${cols}) SELECT ${cols} FROM main.${parent}
    WHERE ${key} IN (SELECT ${key} FROM temp.ventes)`),
  undo: db.prepare(`INSERT OR REPLACE INTO temp.${parent} (${cols}) SELECT ${cols} FROM main.old_${parent}
    WHERE n IN (SELECT MIN(n) FROM main.old_${parent} WHERE commit_id > ? GROUP BY ${key})`),
});
