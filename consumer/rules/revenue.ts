/**
 * Revenue (rule 12), in this order: the amount on the line; quantité × the unit price on the line; quantité × the
 * product's price in force on date_vente. The line comes first because it is what was paid; `origin` says which of
 * the three it is. When an amount no longer holds because the sale changed: image.ts.
 */
import { MAX_MILLIONTHS, multiplyMillionths } from "#shared/contract/numbers.ts";
import { type PricePoints, priceOn } from "./price-points.ts";

/** Where the revenue comes from, as the column origine_ca says it. */
export type Origin = "ligne" | "prix de la ligne" | "liste";

/** What the revenue of a sale depends on beside the prices of its product; numbers in millionths. */
export interface Priced {
  readonly day: string;
  readonly quantity: bigint;
  /** null: the line has none. */
  readonly unitPrice: bigint | null;
  readonly ownRevenue: bigint | null;
}

export interface Revenue {
  /** In millionths; null: the sale waits for a price. */
  readonly value: bigint | null;
  readonly origin: Origin;
}

/** Whether the price of the product is asked at all. */
export const isPricedByList = ({ unitPrice, ownRevenue }: Priced): boolean =>
  ownRevenue === null && unitPrice === null;

/** `points`: of the sale's product; looked at only when `isPricedByList`. */
export function revenueOf(sale: Priced, points: PricePoints): Revenue {
  if (sale.ownRevenue !== null) return { value: sale.ownRevenue, origin: "ligne" };
  if (sale.unitPrice !== null)
    return { value: amountOf(sale.quantity, sale.unitPrice), origin: "prix de la ligne" };
  return { value: listRevenue(sale.quantity, sale.day, points), origin: "liste" };
}

/** quantité × the price in force on `day`, in millionths; null without a price. */
export function listRevenue(quantity: bigint, day: string, points: PricePoints): bigint | null {
  const price = priceOn(points, day);
  return price === null ? null : amountOf(quantity, price);
}

/**
 * quantité × price, rounded half away from zero to a millionth. null where it does not fit 64 bits: such a sale waits
 * for a price that makes sense, and does not stop its partition.
 */
function amountOf(quantity: bigint, price: bigint): bigint | null {
  const { value } = multiplyMillionths(quantity, price);
  return value > MAX_MILLIONTHS || value < -MAX_MILLIONTHS ? null : value;
}
