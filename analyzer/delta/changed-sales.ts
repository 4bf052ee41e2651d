/**
 * Finds the sales that changed within a span, and copies their images into temp.ventes a chunk at a time, so that
 * memory stays flat however many there are.
 *
 * The image of a sale as of a commit is the first image logged after that commit, or the row as it stands when none
 * was logged. Sales whose row_id is not below the first row_id given after the commit did not exist then.
 */
import type { Sqlite, Statement } from "#shared/database/sqlite.ts";
import { list, NO_END, storedColumns } from "../tables/tables.ts";
import type { Span } from "./changes.ts";

/** Row ids from `lo` to `hi` (excluded). */
export type Chunk = readonly [lo: number, hi: number];

/** Statements that copy the sales of one chunk, one image each, into temp.ventes. Their parameters: lo, hi. */
export type Images = readonly Statement[];

export interface ChangedSales {
  /** Fills temp.touched with the sales that changed themselves. Returns the end of the span, as an n (excluded). */
  readonly touch: (span: Span) => number;
  /** Fills temp.later, for every sale or for those in temp.touched and the new ones. */
  readonly noteLater: (span: Span, nEnd: number, which: "all" | "touched") => void;
  /** Chunks of the sales in temp.touched: those that changed themselves, or those of which only a parent changed. */
  readonly chunksOf: (which: "touched" | "moved", end: number) => readonly Chunk[];
  /** Empties the temporary tables that this fills. */
  readonly clear: () => void;
  readonly newSales: Images;
  readonly touchedBefore: Images;
  readonly touchedAfter: Images;
  /** The same before and after: only their parents changed. */
  readonly moved: Images;
}

/** Prepares the statements. The connection has the temporary tables. */
export function prepareChangedSales(db: Sqlite, chunkRows: number): ChangedSales {
  const finding = prepareFinding(db);
  const nAfter = (commit: number) => (finding.firstImageAfter.get(commit) as number | undefined) ?? NO_END;
  return {
    touch: ({ from, to, rowFirst }) => {
      const nEnd = nAfter(to);
      finding.touch.run(nAfter(from), nEnd, rowFirst);
      return nEnd;
    },
    noteLater: ({ rowFirst, rowEnd }, nEnd, which) => {
      if (which === "all") finding.laterOfAll.run(nEnd, rowEnd);
      else if (nEnd !== NO_END) finding.laterOfTouched.run(nEnd, rowFirst, rowEnd);
    },
    chunksOf: (which, end) => {
      const nth = finding.nthFrom[which];
      const chunks: Chunk[] = [];
      let lo = nth.get(0, 0) as number | undefined;
      while (lo !== undefined) {
        const next = nth.get(lo, chunkRows) as number | undefined;
        chunks.push([lo, next ?? end]);
        lo = next;
      }
      return chunks;
    },
    clear: () => {
      for (const statement of finding.clear) statement.run();
    },
    ...prepareImages(db),
  };
}

function prepareFinding(db: Sqlite) {
  /** The sale that is OFFSET ? places after the first one from row_id ? on. */
  const nthFrom = (which: string) =>
    db
      .prepare(
        `SELECT row_id FROM temp.touched WHERE ${which} AND row_id >= ? ORDER BY row_id LIMIT 1 OFFSET ?`,
      )
      .pluck();
  return {
    firstImageAfter: db
      .prepare("SELECT n FROM main.old_ventes WHERE commit_id > ? ORDER BY n LIMIT 1")
      .pluck(),
    touch: db.prepare(`
      INSERT INTO temp.touched SELECT row_id, MIN(n) FROM main.old_ventes
      WHERE n >= ? AND n < ? AND row_id < ? GROUP BY row_id`),
    laterOfTouched: db.prepare(`
      INSERT INTO temp.later SELECT row_id, MIN(n) FROM main.old_ventes
      WHERE n >= ? AND ((row_id >= ? AND row_id < ?) OR row_id IN (SELECT row_id FROM temp.touched)) GROUP BY row_id`),
    laterOfAll: db.prepare(`
      INSERT INTO temp.later SELECT row_id, MIN(n) FROM main.old_ventes WHERE n >= ? AND row_id < ? GROUP BY row_id`),
    nthFrom: { touched: nthFrom("n IS NOT NULL"), moved: nthFrom("n IS NULL") },
    clear: ["touched", "later", "moved"].map((table) => db.prepare(`DELETE FROM temp.${table}`)),
  };
}

function prepareImages(db: Sqlite) {
  const stored = storedColumns(db, "ventes");
  const cols = list(stored);
  const copy = `INSERT INTO temp.ventes (rowid, ${cols})`;
  const image = list(stored, "o");
  const ofChunk = "t.row_id >= ? AND t.row_id < ?";
  /** Touched sales as of the end of the span: their first later image, or the row as it stands. */
  const after = (which: string): Images => [
    db.prepare(`${copy} SELECT v.rowid, ${list(stored, "v")} FROM temp.touched t JOIN main.ventes v ON v.rowid = t.row_id
      WHERE ${ofChunk} AND t.${which} AND t.row_id NOT IN (SELECT row_id FROM temp.later)`),
    db.prepare(`${copy} SELECT o.row_id, ${image} FROM temp.touched t JOIN temp.later l ON l.row_id = t.row_id
      JOIN main.old_ventes o ON o.n = l.n WHERE ${ofChunk} AND t.${which}`),
  ];
  return {
    newSales: [
      db.prepare(`${copy} SELECT rowid, ${cols} FROM main.ventes
        WHERE rowid >= ? AND rowid < ? AND rowid NOT IN (SELECT row_id FROM temp.later)`),
      db.prepare(`${copy} SELECT o.row_id, ${image} FROM temp.later t JOIN main.old_ventes o ON o.n = t.n
        WHERE ${ofChunk}`),
    ],
    touchedBefore: [
      db.prepare(`${copy} SELECT o.row_id, ${image} FROM temp.touched t JOIN main.old_ventes o ON o.n = t.n
        WHERE ${ofChunk}`),
    ],
    touchedAfter: after("n IS NOT NULL"),
    moved: after("n IS NULL"),
  };
}
