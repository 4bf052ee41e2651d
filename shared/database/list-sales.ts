/** The sales of a product whose amounts are its list prices, and what other prices would make of them. */
import { MAX_MILLIONTHS, multiplyMillionths } from "../contract/numbers.ts";
import { type PricePoints, pointOn } from "../contract/price-points.ts";
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
  const [priced, waiting] = [PRICED, WAITING].map((sql) => db.prepare(sql).safeIntegers());
  const all = (statement: typeof priced) => (id: string) => (statement?.all(id) ?? []) as ListSales[];
  return { priced: all(priced), waiting: all(waiting) };
}

/** The amount in millionths; null: there is no price, or it does not fit 64 bits: such sales wait (rule 18). */
export function listAmount(quantity: bigint, day: string, points: PricePoints): bigint | null {
  const price = pointOn(points, day)?.price;
  if (price === undefined) return null;
  const { value } = multiplyMillionths(quantity, price);
  return value > MAX_MILLIONTHS || value < -MAX_MILLIONTHS ? null : value;
}

/** What other price points make of sales: how many change, and their revenue now and afterwards, in millionths. */
export function repriced(
  sales: readonly ListSales[],
  points: PricePoints,
): { readonly sales: number; readonly before: bigint; readonly after: bigint } {
  let [changed, before, after] = [0n, 0n, 0n];
  for (const one of sales) {
    const revenue = listAmount(one.quantity, one.day, points) ?? 0n;
    if (revenue === one.revenue) continue;
    changed += one.sales;
    before += one.revenue * one.sales;
    after += revenue * one.sales;
  }
  return { sales: Number(changed), before, after };
}
