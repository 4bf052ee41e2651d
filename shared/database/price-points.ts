/** The price points of products, as the table prix has them. */
import { type PricePoints, pricePointOf, type StoredPricePoint } from "../contract/price-points.ts";
import type { Sqlite } from "./sqlite.ts";

/** The rows of one product, by its id, in the order of their days and offsets: StoredPricePoint, with safe integers. */
export const PRICE_POINTS = `
  SELECT date_effet AS dateEffet, offset, prix_millioniemes AS price, date_dans_fichier AS dated, source
  FROM prix WHERE id_produit = ? ORDER BY date_effet, offset`;

/** Prepares the statement. The function returns the points of a product, by its id. */
export function pricePointsIn(db: Sqlite): (id: string) => PricePoints {
  const points = db.prepare(PRICE_POINTS).safeIntegers();
  return (id) => (points.all(id) as StoredPricePoint[]).map(pricePointOf);
}
