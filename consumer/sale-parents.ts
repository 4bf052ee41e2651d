/**
 * Places the sales of a product or shop again when that parent is inserted or withdrawn, or its prices change (rule 18:
 * a sale waits in `orphelins` until its product, shop and revenue are known).
 */
import type { BatchState } from "./batch-state.ts";
import { listRevenue, type PricePoints, placementOf } from "./rules/index.ts";
import { insertSale, logOldSale, putOrphan, type StoredSale, saleOfRow } from "./sales.ts";
import { PAGE_ROWS, type Statements } from "./statements.ts";

/** Calls `each` for every sale that names a parent. Reads in pages; `each` may delete its sale. */
function forEachNaming(
  batch: BatchState,
  page: Statements["salesNamingShop"],
  parent: string,
  each: (batch: BatchState, id: string) => void,
): void {
  let after = 0;
  for (let more = true; more; ) {
    const rows = page.all(parent, after) as { rowId: number; id: string }[];
    for (const { id } of rows) each(batch, id);
    after = rows.at(-1)?.rowId ?? after;
    more = rows.length === PAGE_ROWS;
  }
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

/** Moves a sale back to `orphelins`. Called before its parent is deleted: no sale names a parent that is gone (rule 18). */
function park(batch: BatchState, id: string): void {
  const row = batch.sql.sale.get(id) as StoredSale | undefined;
  if (row?.rowId === undefined) return;
  logOldSale(batch, row.rowId);
  batch.sql.dropSale.run(row.rowId);
  putOrphan(batch, id, saleOfRow(row));
  batch.counts.changed++;
}

export function promoteForShop(batch: BatchState, idMagasin: string): void {
  if (batch.orphansExist) forEachNaming(batch, batch.sql.orphansNamingShop, idMagasin, promote);
}

export function promoteForProduct(batch: BatchState, idProduit: string): void {
  if (batch.orphansExist) forEachNaming(batch, batch.sql.orphansNamingProduct, idProduit, promote);
}

export function parkForShop(batch: BatchState, idMagasin: string): void {
  forEachNaming(batch, batch.sql.salesNamingShop, idMagasin, park);
}

export function parkForProduct(batch: BatchState, idProduit: string): void {
  forEachNaming(batch, batch.sql.salesNamingProduct, idProduit, park);
}

interface PricedByList {
  readonly id: string;
  readonly rowId: bigint;
  readonly day: string;
  readonly quantity: bigint;
  readonly revenue: bigint;
}

/** Computes the revenue of a product's sales that are priced by the list again, after its price points changed. */
export function reprice(batch: BatchState, idProduit: string, points: PricePoints): void {
  const { sql } = batch;
  let last: Pick<PricedByList, "day" | "rowId"> | undefined = { day: "", rowId: 0n };
  while (last !== undefined) {
    const sales = sql.salesPricedByList.all({ idProduit, ...last }) as PricedByList[];
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
    last = sales.length === PAGE_ROWS ? sales.at(-1) : undefined;
  }
  promoteForProduct(batch, idProduit);
}
