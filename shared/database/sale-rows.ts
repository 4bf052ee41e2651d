/** Reads the stored sales of a range of row ids, with the columns that sums and chunks need. */
import type { Sqlite } from "./sqlite.ts";

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

/** The columns of `ventes`, or of its old images, that a SaleRow has behind the row id. */
export const SALE_COLUMNS =
  "date_vente, id_produit, id_magasin, source, ca_millioniemes, quantite_millioniemes";

/** Rows are fetched so many at a time, in arrays: an iterator costs half as much again for each row. */
const FETCHED = 4096;

export interface SaleRows {
  /** Calls `put` for each sale whose row id is at least `lo` and below `hi`, in the order of row ids. */
  readonly each: (lo: number, hi: number, put: (row: SaleRow) => void) => void;
  /** The sale of a row id; undefined: there is none. */
  readonly at: (rowId: number) => SaleRow | undefined;
}

/** Prepares the statements. `db`: a connection to ventes.db. */
export function prepareSaleRows(db: Sqlite): SaleRows {
  const rows = db
    .prepare(`SELECT rowid, ${SALE_COLUMNS} FROM main.ventes WHERE rowid >= ? AND rowid < ?`)
    .raw();
  const row = db.prepare(`SELECT rowid, ${SALE_COLUMNS} FROM main.ventes WHERE rowid = ?`);
  const one = { rounded: row.raw(), exact: db.prepare(row.source).raw().safeIntegers() };

  function asExact(found: SaleRow): SaleRow {
    if (Number.isSafeInteger(found[5]) && Number.isSafeInteger(found[6])) return found;
    const [rowId, ...values] = one.exact.get(found[0]) as [bigint, ...unknown[]];
    return [Number(rowId), ...values] as unknown as SaleRow;
  }

  return {
    each: (lo, hi, put) => {
      for (let first = lo; first < hi; first += FETCHED)
        for (const found of rows.all(first, Math.min(first + FETCHED, hi)) as SaleRow[]) put(asExact(found));
    },
    at: (rowId) => {
      const found = one.rounded.get(rowId) as SaleRow | undefined;
      return found === undefined ? undefined : asExact(found);
    },
  };
}
