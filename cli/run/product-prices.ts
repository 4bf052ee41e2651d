/** From the database: prices of a product, the sales computed with them, and what a correction would change. */
import type { PricePoint } from "#shared/contract/price-points.ts";
import { type ListSales, listSalesIn, repriced } from "#shared/database/list-sales.ts";
import { pricePointsIn } from "#shared/database/price-points.ts";
import type { Sqlite } from "#shared/database/sqlite.ts";
import { type PricePoints, pointOn } from "../../consumer/rules/index.ts";

/** Amounts are in the currency of the database. */
export interface ProductPrices {
  readonly id: string;
  readonly name: string | null;
  readonly points: PricePoints;
  readonly sales: readonly ListSales[];
  /** Sales of the product with an amount or a price of their own, which no price of the list changes. */
  readonly otherSales: number;
  /** Sales that wait for a price alone. */
  readonly waiting: readonly ListSales[];
  /** Total revenue of all products, in millionths. */
  readonly total: bigint;
}

const PRODUCT = "SELECT nom FROM produits WHERE id_produit = ?";
const OTHERS = "SELECT COUNT(*) FROM ventes WHERE id_produit = ? AND origine <> 2";
const TOTAL = "SELECT IFNULL(SUM(ca_millioniemes), 0) FROM ventes";

/** Total revenue, in millionths. */
export const totalRevenue = (db: Sqlite): bigint => db.prepare(TOTAL).safeIntegers().pluck().get() as bigint;

/** Undefined: the database has no such product. In one transaction. Costs a pass over the sales. */
export const productPrices = (db: Sqlite, id: string): ProductPrices | undefined =>
  db.transaction((): ProductPrices | undefined => {
    const of = (sql: string) => db.prepare(sql).safeIntegers();
    const product = of(PRODUCT).get(id) as { nom: string | null } | undefined;
    if (product === undefined) return undefined;
    const sales = listSalesIn(db);
    return {
      id,
      name: product.nom,
      points: pricePointsIn(db)(id),
      sales: sales.priced(id),
      otherSales: Number(of(OTHERS).pluck().get(id)),
      waiting: sales.waiting(id),
      total: totalRevenue(db),
    };
  })();

/** The sales that rest on each price point, and their revenue in millionths. */
export function salesByPoint({
  points,
  sales,
}: ProductPrices): ReadonlyMap<PricePoint, { readonly sales: bigint; readonly revenue: bigint }> {
  const found = new Map<PricePoint, { readonly sales: bigint; readonly revenue: bigint }>();
  for (const one of sales) {
    const point = pointOn(points, one.day);
    if (point === undefined) continue;
    const before = found.get(point) ?? { sales: 0n, revenue: 0n };
    found.set(point, {
      sales: before.sales + one.sales,
      revenue: before.revenue + one.revenue * one.sales,
    });
  }
  return found;
}

/** What other price points would change. Amounts are in millionths. */
export interface PriceEffect {
  /** Sales whose revenue changes, that which wait now and would count included; their revenue now and afterwards. */
  readonly sales: number;
  readonly before: bigint;
  readonly after: bigint;
  readonly total: bigint;
  readonly totalAfter: bigint;
}

export function effectOf({ sales, waiting, total }: ProductPrices, points: PricePoints): PriceEffect {
  const effect = repriced([...sales, ...waiting], points);
  return { ...effect, total, totalAfter: total - effect.before + effect.after };
}
