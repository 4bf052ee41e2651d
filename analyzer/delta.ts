/**
 * What an analysis gained and lost between two commits, from the rows that changed: its own SQL over their new
 * images, minus the same over their old images. Temporary tables named ventes, produits and magasins shadow
 * the real ones, so the SQL is never rewritten. Cost: the changed rows, not the table (a shop whose ville
 * changed touches all its sales, which are found by one scan: ventes has no index on id_magasin).
 *
 * Image of a row as of commit X: the first image logged after X, else the row as it stands; rows whose rang is
 * not below the first range given after X did not exist. Rows are taken in chunks, so that memory stays flat
 * and doubles exact: each result of a chunk is rounded to the integer of millionths that it stands for.
 * Limit: a single sale beyond MAX_CHUNK_SUM (1.1 billion) is as exact as a double.
 */
import type { Sqlite, Statement } from "#shared/database/sqlite.ts";
import { type Analysis, mentions } from "./analyses/index.ts";
import { KEY_OF, list, PARENTS, type Parent, storedColumns, tempTableLike } from "./shape.ts";

/** Rows copied at a time. */
export const CHUNK_ROWS = 100_000;
/** Millionths: sums of doubles below it, in units, round to the right integer. */
export const MAX_CHUNK_SUM = 2 ** 50;

/** The commits after `from` up to `to`, as bounds: n of old images (from included, to excluded), and rangs. */
export interface Span {
  readonly from: number;
  readonly to: number;
  /** Sales below it existed at `from`; from it up to `rangEnd` they are new at `to`. */
  readonly rangFirst: number;
  readonly rangEnd: number;
}

export interface Change {
  sum: bigint;
  /** Rows of this cle were among the old images: it may have none left. */
  lost: boolean;
}

/** By nom, by cle. */
export type Changes = ReadonlyMap<string, ReadonlyMap<string, Change>>;

/** An n that no image reaches. */
export const NO_END = Number.MAX_SAFE_INTEGER;

export interface Delta {
  readonly between: (span: Span) => Changes;
}

/** Prepares the connection: temporary tables and statements, once. `between` runs inside the caller's transaction. */
export function makeDelta(db: Sqlite, analyses: readonly Analysis[], chunkRows = CHUNK_ROWS): Delta {
  const needed = PARENTS.filter((parent) => analyses.some((a) => mentions(a.sql, parent, "table")));
  const stored = storedColumns(db, "ventes");
  const cols = list(stored);
  db.exec(`
    ${tempTableLike(db, "ventes", "ventes")};
    ${PARENTS.map((parent) => tempTableLike(db, parent, parent)).join(";")};
    CREATE TEMP TABLE touched (rang INTEGER PRIMARY KEY, n INTEGER); -- n: its first image; NULL: only a parent changed
    CREATE TEMP TABLE later (rang INTEGER PRIMARY KEY, n INTEGER);   -- first images logged after the span
    CREATE TEMP TABLE moved (id TEXT PRIMARY KEY) WITHOUT ROWID;`);

  const copy = `INSERT INTO temp.ventes (rowid, ${cols})`;
  const image = list(stored, "o");
  const ofChunk = "t.rang >= ? AND t.rang < ?";
  const sql = {
    firstImageAfter: db
      .prepare("SELECT n FROM main.old_ventes WHERE commit_id > ? ORDER BY n LIMIT 1")
      .pluck(),
    touch: db.prepare(`
      INSERT INTO temp.touched SELECT rang, MIN(n) FROM main.old_ventes
      WHERE n >= ? AND n < ? AND rang < ? GROUP BY rang`),
    laterOfTouched: db.prepare(`
      INSERT INTO temp.later SELECT rang, MIN(n) FROM main.old_ventes
      WHERE n >= ? AND ((rang >= ? AND rang < ?) OR rang IN (SELECT rang FROM temp.touched)) GROUP BY rang`),
    laterOfAll: db.prepare(`
      INSERT INTO temp.later SELECT rang, MIN(n) FROM main.old_ventes WHERE n >= ? AND rang < ? GROUP BY rang`),
    clear: ["touched", "later", "moved"].map((t) => db.prepare(`DELETE FROM temp.${t}`)),

    clearSales: db.prepare("DELETE FROM temp.ventes"),
    newSales: [
      db.prepare(`${copy} SELECT rowid, ${cols} FROM main.ventes
        WHERE rowid >= ? AND rowid < ? AND rowid NOT IN (SELECT rang FROM temp.later)`),
      db.prepare(`${copy} SELECT o.rang, ${image} FROM temp.later t JOIN main.old_ventes o ON o.n = t.n
        WHERE ${ofChunk}`),
    ],
    touchedBefore: [
      db.prepare(`${copy} SELECT o.rang, ${image} FROM temp.touched t JOIN main.old_ventes o ON o.n = t.n
        WHERE ${ofChunk}`),
    ],
    touchedAfter: salesAfter("n IS NOT NULL"),
    movedAfter: salesAfter("n IS NULL"),
    chunkEnd: {
      touched: db
        .prepare(
          "SELECT rang FROM temp.touched WHERE n IS NOT NULL AND rang >= ? ORDER BY rang LIMIT 1 OFFSET ?",
        )
        .pluck(),
      moved: db
        .prepare("SELECT rang FROM temp.touched WHERE n IS NULL AND rang >= ? ORDER BY rang LIMIT 1 OFFSET ?")
        .pluck(),
    },
    size: db
      .prepare("SELECT MAX(TOTAL(ABS(ca_millioniemes)), TOTAL(ABS(quantite_millioniemes))) FROM temp.ventes")
      .pluck(),
  };

  /** Touched sales of a chunk as of the span's end: their first later image, else the row as it stands. */
  function salesAfter(which: string): readonly Statement[] {
    return [
      db.prepare(`${copy} SELECT v.rowid, ${list(stored, "v")} FROM temp.touched t JOIN main.ventes v ON v.rowid = t.rang
        WHERE ${ofChunk} AND t.${which} AND t.rang NOT IN (SELECT rang FROM temp.later)`),
      db.prepare(`${copy} SELECT o.rang, ${image} FROM temp.touched t JOIN temp.later l ON l.rang = t.rang
        JOIN main.old_ventes o ON o.n = l.n WHERE ${ofChunk} AND t.${which}`),
    ];
  }

  const parents = needed.map((parent) => makeParent(db, parent, analyses));
  const queries = analyses.map((analysis) => ({ analysis, run: db.prepare(analysis.sql).raw() }));
  const nAfter = (commit: number) => (sql.firstImageAfter.get(commit) as number | undefined) ?? NO_END;

  return {
    between: (span) => {
      const changes = new Map(analyses.map((a) => [a.nom, new Map<string, Change>()]));
      const nFirst = nAfter(span.from);
      const nEnd = nAfter(span.to);
      for (const statement of sql.clear) statement.run();
      sql.touch.run(nFirst, nEnd, span.rangFirst);

      const moves = parents
        .map((parent) => ({ parent, ids: parent.moved(span) }))
        .filter((m) => m.ids.size > 0);
      if (moves.length > 0) {
        sql.laterOfAll.run(nEnd, span.rangEnd);
        for (const { parent, ids } of moves) parent.touchSales(ids.keys(), span.rangFirst);
      } else if (nEnd !== NO_END) sql.laterOfTouched.run(nEnd, span.rangFirst, span.rangEnd);
      const all = new Set(analyses);
      const moving = new Set(moves.flatMap((m) => [...m.ids.values()].flatMap((set) => [...set])));

      const chunks = touchedChunks("touched", span.rangFirst);
      for (const [lo, hi] of chunks) {
        add(all, sql.touchedBefore, lo, hi, span.from, -1);
        add(all, sql.touchedAfter, lo, hi, span.to, 1);
      }
      if (moves.length > 0)
        for (const [lo, hi] of touchedChunks("moved", span.rangFirst)) {
          add(moving, sql.movedAfter, lo, hi, span.from, -1);
          add(moving, sql.movedAfter, lo, hi, span.to, 1);
        }
      for (let lo = span.rangFirst; lo < span.rangEnd; lo += chunkRows)
        add(all, sql.newSales, lo, Math.min(lo + chunkRows, span.rangEnd), span.to, 1);
      for (const statement of sql.clear) statement.run();
      sql.clearSales.run();
      return changes;

      /** Runs the analyses over the sales of one chunk, with the parents as of `commit`. */
      function add(
        which: ReadonlySet<Analysis>,
        fill: readonly Statement[],
        lo: number,
        hi: number,
        commit: number,
        sign: 1 | -1,
      ): void {
        sql.clearSales.run();
        let rows = 0;
        for (const statement of fill) rows += statement.run(lo, hi).changes;
        if (rows === 0) return;
        if (hi - lo > 1 && (sql.size.get() as number) > MAX_CHUNK_SUM) {
          const middle = lo + Math.floor((hi - lo) / 2);
          add(which, fill, lo, middle, commit, sign);
          add(which, fill, middle, hi, commit, sign);
          return;
        }
        for (const parent of parents) parent.copy(commit);
        for (const { analysis, run } of queries) {
          if (!which.has(analysis)) continue;
          const ofAnalysis = changes.get(analysis.nom) as Map<string, Change>;
          for (const row of run.all() as unknown[][]) {
            const cle = row.length === 1 ? "" : String(row[0] ?? "");
            const change = ofAnalysis.get(cle) ?? { sum: 0n, lost: false };
            change.sum += BigInt(sign * Math.round(((row.at(-1) as number | null) ?? 0) * 1e6));
            change.lost ||= sign < 0;
            ofAnalysis.set(cle, change);
          }
        }
      }
    },
  };

  function touchedChunks(which: "touched" | "moved", end: number): readonly (readonly [number, number])[] {
    const chunks: [number, number][] = [];
    let lo = sql.chunkEnd[which].get(0, 0) as number | undefined;
    while (lo !== undefined) {
      const next = sql.chunkEnd[which].get(lo, chunkRows) as number | undefined;
      chunks.push([lo, next ?? end]);
      lo = next;
    }
    return chunks;
  }
}

/** One parent table that an analysis reads. */
function makeParent(db: Sqlite, parent: Parent, analyses: readonly Analysis[]) {
  const key = KEY_OF[parent];
  const stored = storedColumns(db, parent);
  const cols = list(stored);
  const readers = analyses.filter((a) => mentions(a.sql, parent, "table"));
  const sql = {
    firstImages: db.prepare(`SELECT ${cols} FROM main.old_${parent} WHERE n IN (
      SELECT MIN(n) FROM main.old_${parent} WHERE commit_id > ? AND commit_id <= ? GROUP BY ${key})`),
    asItStands: db.prepare(`SELECT ${cols} FROM main.${parent} WHERE ${key} = ?`),
    move: db.prepare("INSERT OR IGNORE INTO temp.moved VALUES (?)"),
    clearMoved: db.prepare("DELETE FROM temp.moved"),
    touch: [
      db.prepare(`INSERT OR IGNORE INTO temp.touched SELECT rowid, NULL FROM main.ventes
        WHERE rowid < ? AND ${key} IN (SELECT id FROM temp.moved) AND rowid NOT IN (SELECT rang FROM temp.later)`),
      db.prepare(`INSERT OR IGNORE INTO temp.touched SELECT o.rang, NULL FROM temp.later l JOIN main.old_ventes o ON o.n = l.n
        WHERE o.rang < ? AND o.${key} IN (SELECT id FROM temp.moved)`),
    ],
    clear: db.prepare(`DELETE FROM temp.${parent}`),
    copy: db.prepare(`INSERT INTO temp.${parent} (${cols}) SELECT ${cols} FROM main.${parent}
      WHERE ${key} IN (SELECT ${key} FROM temp.ventes)`),
    undo: db.prepare(`INSERT OR REPLACE INTO temp.${parent} (${cols}) SELECT ${cols} FROM main.old_${parent}
      WHERE n IN (SELECT MIN(n) FROM main.old_${parent} WHERE commit_id > ? GROUP BY ${key})`),
  };
  type Row = Readonly<Record<string, unknown>>;
  const firstImages = (after: number, upTo: number) => sql.firstImages.all(after, upTo) as Row[];

  return {
    /** The parents whose change an analysis can see, each with those analyses. */
    moved: (span: Span): Map<string, Set<Analysis>> => {
      const moved = new Map<string, Set<Analysis>>();
      const later = new Map(firstImages(span.to, NO_END).map((row) => [row[key], row]));
      for (const before of firstImages(span.from, span.to)) {
        const id = before[key] as string;
        const after = later.get(id) ?? (sql.asItStands.get(id) as Row | undefined);
        // Withdrawn at the end: all its sales have images of their own.
        if (after === undefined) continue;
        const changed = stored.filter((name) => before[name] !== after[name]);
        const seeing = readers.filter((a) => changed.some((name) => mentions(a.sql, name, "column")));
        if (seeing.length > 0) moved.set(id, new Set(seeing));
      }
      return moved;
    },
    /** Sales of these parents that existed before `rangFirst` and did not change themselves. */
    touchSales: (ids: Iterable<string>, rangFirst: number): void => {
      sql.clearMoved.run();
      for (const id of ids) sql.move.run(id);
      for (const statement of sql.touch) statement.run(rangFirst);
    },
    /** The parents of the sales in temp.ventes, as of a commit. */
    copy: (commit: number): void => {
      sql.clear.run();
      sql.copy.run();
      sql.undo.run(commit);
    },
  };
}
