/** The sales of a product whose amounts are its list prices, and what other prices would make of them. */
import { listRevenue, type PricePoints } from "../contract/price-points.ts";
import type { Sqlite } from "./sqlite.ts";

/** Sales of one day, quantity and revenue. Numbers are millionths; `revenue` is 0 of sales that wait. */
export interface ListSales {
  readonly day: string;
  readonly quantity: bigint;
  readonly revenue: bigint;
  readonly sales: bigint;
}

/** origine 2: priced by the list. */
const PRICED = `
  SELECT date_vente AS day, quantite_millioniemes AS quantity, ca_millioniemes AS revenue, COUNT(*) AS sales
  FROM ventes WHERE origine = 2 AND id_produit = ? GROUP BY 1, 2, 3 ORDER BY 1`;
const WAITING = `
  SELECT date_vente AS day, quantite_millioniemes AS quantity, 0 AS revenue, COUNT(*) AS sales
  FROM orphelins
  WHERE id_produit = ? AND ca_millioniemes IS NULL AND prix_millioniemes IS NULL
    AND id_magasin IN (SELECT id_magasin FROM magasins)
  GROUP BY 1, 2`;

/** Prepares the statements. The functions take the id of a product: its sales that count, and those that wait for a price alone. */
export function listSalesIn(db: Sqlite) {
  const all = (sql: string) => {
    const statement = db.prepare(sql).safeIntegers();
    return (id: string) => statement.all(id) as ListSales[];
  };
  return { priced: all(PRICED), waiting: all(WAITING) };
}

/** What other price points make of sales: how many change, and their revenue now and afterwards, in millionths. */
export function repriced(
  sales: readonly ListSales[],
  points: PricePoints,
): { readonly sales: number; readonly before: bigint; readonly after: bigint } {
  let [changed, before, after] = [0n, 0n, 0n];
  for (const one of sales) {
    // Without a price, or with an amount that does not fit, a sale waits and counts nothing (rule 18).
    const revenue = listRevenue(one.quantity, one.day, points) ?? 0n;
    if (revenue === one.revenue) continue;
    changed += one.sales;
    before += one.revenue * one.sales;
    after += revenue * one.sales;
  }
  return { sales: Number(changed), before, after };
}
