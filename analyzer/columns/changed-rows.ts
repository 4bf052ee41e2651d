/**
 * The sales that changed between two commits, as they are at the later one, or as undefined when they are gone. The
 * image of a sale as of a commit is the first image logged after it, or the row as it stands.
 */

import { prepareSaleRows, SALE_COLUMNS, type SaleRow } from "#shared/database/sale-rows.ts";
import type { Sqlite } from "#shared/database/sqlite.ts";

/** The commits after `from` up to `to`; the sales from row id `rowFirst` up to `rowEnd` (excluded) are new. */
export interface Step {
  readonly from: number;
  readonly to: number;
  readonly rowFirst: number;
  readonly rowEnd: number;
}

interface ChangedRows {
  readonly each: (step: Step, takers: Takers) => void;
}

/** The callbacks of `each`, which calls one of them for each sale of a step, mostly in the order of row ids. */
interface Takers {
  /** Takes a new sale that is still in `ventes`. `each` calls it once for each of them. */
  readonly putNew: (row: SaleRow) => void;
  /** Takes any other sale that exists at the end of the step, and again a new sale that changed after its insertion. */
  readonly put: (row: SaleRow) => void;
  /** Takes the row id of a sale that does not exist at the end of the step. */
  readonly drop: (rowId: number) => void;
}

/** Prepares the statements. `db`: a connection to ventes.db. */
export function prepareChangedRows(db: Sqlite): ChangedRows {
  const rows = prepareSaleRows(db);
  const touched = db
    .prepare("SELECT DISTINCT row_id FROM main.old_ventes WHERE n >= ? AND commit_id <= ? ORDER BY row_id")
    .pluck();
  const firstImage = db
    .prepare("SELECT n FROM main.old_ventes WHERE commit_id > ? ORDER BY n LIMIT 1")
    .pluck();
  const later = db
    .prepare(
      `SELECT row_id, ${SALE_COLUMNS} FROM main.old_ventes
       WHERE n IN (SELECT MIN(n) FROM main.old_ventes WHERE n >= ? GROUP BY row_id)`,
    )
    .raw()
    .safeIntegers();
  return {
    each: ({ from, to, rowFirst, rowEnd }, { putNew, put, drop }) => {
      const touchedFrom = firstImage.get(from) as number | undefined;
      const changed = touchedFrom === undefined ? [] : (touched.all(touchedFrom, to) as number[]);
      const isNew = (rowId: number) => rowId >= rowFirst && rowId < rowEnd;
      const images = imagesAfter(to, new Set(changed), isNew);
      for (const rowId of changed) {
        const now = images.get(rowId) ?? rows.at(rowId);
        if (now === undefined) drop(rowId);
        else put(now);
      }
      rows.each(rowFirst, rowEnd, (now) => putNew(images.get(now[0]) ?? now));
      // New at `to`, and gone since.
      for (const [rowId, image] of images) if (isNew(rowId)) put(image);
    },
  };

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
