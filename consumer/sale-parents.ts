/**
 * What becomes of the sales of a product or shop when it comes, goes, or has other prices: the rules are asked again
 * where each stands (rule 18: a sale waits until its product, shop and revenue are known).
 */
import type { BatchState } from "./batch-state.ts";
import { listRevenue, type PricePoints, standingOf } from "./rules/index.ts";
import { insertSale, logOldSale, putOrphan, type StoredSale, saleOfRow } from "./sales.ts";
import { PAGE_ROWS, type Statements } from "./statements.ts";

/** Each sale that names a parent, in pages; `each` may remove the one that it is given. */
function forEachNaming(
  batch: BatchState,
  page: Statements["salesNamingShop"],
  parent: string,
  each: (batch: BatchState, id: string) => void,
): void {
  let after = 0;
  for (let more = true; more; ) {
    const rows = page.all(parent, after) as { rang: number; id: string }[];
    for (const { id } of rows) each(batch, id);
    after = rows.at(-1)?.rang ?? after;
    more = rows.length === PAGE_ROWS;
  }
}

/** An orphan that names a parent which has come, or has a price now. */
function promote(batch: BatchState, id: string): void {
  const { sql } = batch;
  const row = sql.orphan.get(id) as StoredSale | undefined;
  if (row === undefined) return;
  const sale = saleOfRow(row);
  const standing = standingOf(sale, batch.known);
  if (standing.value === null) return;
  sql.dropOrphan.run(id);
  insertSale(batch, id, sale, standing);
  batch.counts.changed++;
}

/** A sale that names a parent which goes: it waits again. Before it goes, for the foreign key. */
function park(batch: BatchState, id: string): void {
  const row = batch.sql.sale.get(id) as StoredSale | undefined;
  if (row?.rang === undefined) return;
  logOldSale(batch, row.rang);
  batch.sql.dropSale.run(row.rang);
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
  readonly rang: bigint;
  readonly day: string;
  readonly quantity: bigint;
  readonly revenue: bigint;
}

/** The sales of a product whose revenue comes from the list, after its price points changed. */
export function reprice(batch: BatchState, idProduit: string, points: PricePoints): void {
  const { sql } = batch;
  let last: Pick<PricedByList, "day" | "rang"> | undefined = { day: "", rang: 0n };
  while (last !== undefined) {
    const sales = sql.salesPricedByList.all({ idProduit, ...last }) as PricedByList[];
    for (const sale of sales) {
      const revenue = listRevenue(sale.quantity, sale.day, points);
      if (revenue === sale.revenue) continue;
      if (revenue === null) {
        park(batch, sale.id);
        continue;
      }
      logOldSale(batch, sale.rang);
      sql.updateSaleRevenue.run(revenue, sale.rang);
      batch.counts.changed++;
    }
    last = sales.length === PAGE_ROWS ? sales.at(-1) : undefined;
  }
  promoteForProduct(batch, idProduit);
}
