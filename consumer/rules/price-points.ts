/** What the price points of a product (rule 13) say of its prices: the last one, the one in force on a day (rule 14). */
import { type PricePoints, pointOn, visiblePoints } from "#shared/contract/price-points.ts";

export {
  afterDatedPrice,
  afterUndatedPrice,
  afterWithdrawal,
  type PricePoint,
  type PricePoints,
  pointOn,
} from "#shared/contract/price-points.ts";

export const NO_POINTS: PricePoints = [];

/** The value of `produits.prix`, in millionths: the last visible point; null when there is none. */
export const lastPrice = (points: PricePoints): bigint | null => visiblePoints(points).at(-1)?.price ?? null;

/** The price in force on `day`, in millionths. Null: the product has no price. */
export const priceOn = (points: PricePoints, day: string): bigint | null =>
  pointOn(points, day)?.price ?? null;

/** Whether both give every day the same price: then the revenue of no sale changes. */
export function samePrices(a: PricePoints, b: PricePoints): boolean {
  if (a === b) return true;
  const days = new Set(["", ...a.map((p) => p.dateEffet), ...b.map((p) => p.dateEffet)]);
  for (const day of days) if (priceOn(a, day) !== priceOn(b, day)) return false;
  return true;
}
