/**
 * The sales that changed between two commits, as they are at the later one, or as undefined when they are gone. The
 * image of a sale as of a commit is the first image logged after it, or the row as it stands.
 */
import type { Sqlite } from "#shared/database/sqlite.ts";

/** The commits after `from` up to `to`; the sales from row id `rowFirst` up to `rowEnd` (excluded) are new. */
export interface Step {
  readonly from: number;
  readonly to: number;
  readonly rowFirst: number;
  readonly rowEnd: number;
}

/** Revenue and quantity are integers of millionths: a bigint where a double is not exact. */
export type SaleRow = readonly [
  rowId: number,
  day: string,
  product: string,
  shop: string,
  source: string,
  revenue: number | bigint,
  quantity: number | bigint,
];

const VALUES = "date_vente, id_produit, id_magasin, source, ca_millioniemes, quantite_millioniemes";

/** New rows are fetched so many at a time. */
const FETCHED = 4096;

interface ChangedRows {
  /** Calls `put` for each sale that there is, and `drop` for each that is gone. Most row ids grow. */
  readonly each: (step: Step, put: (row: SaleRow) => void, drop: (rowId: number) => void) => void;
}

/** Prepares the statements. `db`: a connection to ventes.db. */
export function prepareChangedRows(db: Sqlite): ChangedRows {
  const rows = db.prepare(`SELECT rowid, ${VALUES} FROM main.ventes WHERE rowid >= ? AND rowid < ?`).raw();
  const row = db.prepare(`SELECT rowid, ${VALUES} FROM main.ventes WHERE rowid = ?`).raw();
  const exact = db.prepare(`SELECT rowid, ${VALUES} FROM main.ventes WHERE rowid = ?`).raw().safeIntegers();
  const touched = db
    .prepare("SELECT DISTINCT row_id FROM main.old_ventes WHERE n >= ? AND commit_id <= ? ORDER BY row_id")
    .pluck();
  const firstImage = db
    .prepare("SELECT n FROM main.old_ventes WHERE commit_id > ? ORDER BY n LIMIT 1")
    .pluck();
  const later = db
    .prepare(
      `SELECT row_id, ${VALUES} FROM main.old_ventes
       WHERE n IN (SELECT MIN(n) FROM main.old_ventes WHERE n >= ? GROUP BY row_id)`,
    )
    .raw()
    .safeIntegers();
  return {
    each: ({ from, to, rowFirst, rowEnd }, put, drop) => {
      const touchedFrom = firstImage.get(from) as number | undefined;
      const changed = touchedFrom === undefined ? [] : (touched.all(touchedFrom, to) as number[]);
      const isNew = (rowId: number) => rowId >= rowFirst && rowId < rowEnd;
      const images = imagesAfter(to, new Set(changed), isNew);
      for (const rowId of changed) {
        const now = images.get(rowId) ?? standing(rowId);
        if (now === undefined) drop(rowId);
        else put(now);
      }
      // In arrays: an iterator costs half as much again for each row.
      for (let first = rowFirst; first < rowEnd; first += FETCHED)
        for (const now of rows.all(first, Math.min(first + FETCHED, rowEnd)) as SaleRow[])
          put(images.get(now[0]) ?? asExact(now));
      // New at `to`, and gone since.
      for (const [rowId, image] of images) if (isNew(rowId)) put(image);
    },
  };

  function standing(rowId: number): SaleRow | undefined {
    const found = row.get(rowId) as SaleRow | undefined;
    return found === undefined ? undefined : asExact(found);
  }

  function asExact(found: SaleRow): SaleRow {
    if (Number.isSafeInteger(found[5]) && Number.isSafeInteger(found[6])) return found;
    const [rowId, ...values] = exact.get(found[0]) as [bigint, ...unknown[]];
    return [Number(rowId), ...values] as unknown as SaleRow;
  }

  /** The images as of a commit of those sales that changed since and that the step has. */
  function imagesAfter(commit: number, changed: ReadonlySet<number>, isNew: (rowId: number) => boolean) {
    const images = new Map<number, SaleRow>();
    const first = firstImage.get(commit) as number | undefined;
    if (first !== undefined)
      for (const [id, ...values] of later.iterate(first) as IterableIterator<[bigint, ...unknown[]]>) {
        const rowId = Number(id);
        if (changed.has(rowId) || isNew(rowId)) images.set(rowId, [rowId, ...values] as unknown as SaleRow);
      }
    return images;
  }
}
