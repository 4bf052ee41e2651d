/**
 * Places the sales of a product or shop again when that parent is inserted or withdrawn, or its prices change (rule 18:
 * a sale waits in `orphelins` until its product, shop and revenue are known). A parent may have millions of sales: they
 * are placed a page at a time, and when the transaction has lasted long enough, the rest of them waits for the next one
 * (unfinished.ts).
 */
import type { BatchState, Placing } from "./batch-state.ts";
import { listRevenue, placementOf } from "./rules/index.ts";
import { insertSale, logOldSale, putOrphan, type StoredSale, saleOfRow } from "./sales.ts";
import { SCAN_ROWS } from "./statements.ts";

type Start = Pick<Placing, "parent" | "id" | "step">;

/** Begins to place the sales of a parent again, and goes on until they are placed or the transaction is long enough. */
export function beginPlacing(batch: BatchState, start: Start): void {
  const { parent, id, step } = start;
  if (step === "promote" && !batch.orphansExist) return;
  const total =
    step === "park"
      ? lastRow(batch)
      : step === "reprice"
        ? pricedByList(batch, id)
        : orphansOf(batch, parent, id);
  placeSales(batch, { ...start, row: 0, day: "", done: 0, total });
}

/** Places sales, at least a page of them. What is left is in `batch.placing`; null: nothing. */
export function placeSales(batch: BatchState, from: Placing): void {
  let rest: Placing | null = from;
  do rest = STEPS[rest.step](batch, rest);
  while (rest !== null && !batch.isLong());
  batch.placing = rest;
}

const STEPS: Readonly<Record<Placing["step"], (batch: BatchState, from: Placing) => Placing | null>> = {
  park: parkPage,
  reprice: repricePage,
  promote: promotePage,
};

const lastRow = (batch: BatchState): number => batch.nextRowId - 1;
const pricedByList = ({ sql }: BatchState, id: string): number => sql.countPricedByList.get(id) as number;
const orphansOf = ({ sql }: BatchState, parent: Placing["parent"], id: string): number =>
  (parent === "produits" ? sql.countOrphansOfProduct : sql.countOrphansOfShop).get(id) as number;

/** `ventes` has no index on its parents, so this looks at all sales, a range of rowids at a time. */
function parkPage(batch: BatchState, from: Placing): Placing | null {
  const { sql, pageRows } = batch;
  const page = from.parent === "produits" ? sql.salesNamingProduct : sql.salesNamingShop;
  const end = from.row + SCAN_ROWS;
  const rows = page.all(from.id, from.row, end, pageRows) as { rowId: number; id: string }[];
  for (const { id } of rows) park(batch, id);
  const row = rows.length === pageRows ? (rows.at(-1)?.rowId ?? end) : end;
  return row >= lastRow(batch) ? null : { ...from, row, done: row };
}

function promotePage(batch: BatchState, from: Placing): Placing | null {
  const { sql, pageRows } = batch;
  const page = from.parent === "produits" ? sql.orphansNamingProduct : sql.orphansNamingShop;
  const rows = page.all(from.id, from.row, pageRows) as { rowId: number; id: string }[];
  for (const { id } of rows) promote(batch, id);
  const last = rows.at(-1);
  return last === undefined || rows.length < pageRows
    ? null
    : { ...from, row: last.rowId, done: from.done + rows.length };
}

interface PricedByList {
  readonly id: string;
  readonly rowId: bigint;
  readonly day: string;
  readonly quantity: bigint;
  readonly revenue: bigint;
}

/** Computes the revenue of sales that are priced by the list again, after the price points of their product changed. */
function repricePage(batch: BatchState, from: Placing): Placing | null {
  const { sql, pageRows } = batch;
  const points = batch.parentCache.pricePoints(from.id);
  const place = { idProduit: from.id, day: from.day, rowId: BigInt(from.row), limit: pageRows };
  const sales = sql.salesPricedByList.all(place) as PricedByList[];
  for (const sale of sales) {
    const revenue = listRevenue(sale.quantity, sale.day, points);
    if (revenue === sale.revenue) continue;
    if (revenue === null) {
      park(batch, sale.id);
      continue;
    }
    logOldSale(batch, sale.rowId);
    sql.updateSaleRevenue.run(revenue, sale.rowId);
    batch.counts.changed++;
  }
  const last = sales.at(-1);
  if (last !== undefined && sales.length === pageRows)
    return { ...from, row: Number(last.rowId), day: last.day, done: from.done + sales.length };
  if (!batch.orphansExist) return null;
  const total = from.total + orphansOf(batch, from.parent, from.id);
  return { ...from, step: "promote", row: 0, day: "", done: from.done + sales.length, total };
}

/** Moves an orphan to `ventes` if its parents and its revenue are known now. */
function promote(batch: BatchState, id: string): void {
  const { sql } = batch;
  const row = sql.orphan.get(id) as StoredSale | undefined;
  if (row === undefined) return;
  const sale = saleOfRow(row);
  const placement = placementOf(sale, batch.parentCache);
  if (placement.value === null) return;
  sql.dropOrphan.run(id);
  insertSale(batch, id, sale, placement);
  batch.counts.changed++;
}

/**
 * Moves a sale back to `orphelins`: its parent is deleted in the same commit, or it has no price any more (rule 18).
 */
function park(batch: BatchState, id: string): void {
  const row = batch.sql.sale.get(id) as StoredSale | undefined;
  if (row?.rowId === undefined) return;
  logOldSale(batch, row.rowId);
  batch.sql.dropSale.run(row.rowId);
  putOrphan(batch, id, saleOfRow(row));
  batch.counts.changed++;
}
