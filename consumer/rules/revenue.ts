/**
 * Revenue (rule 12) is the first of these that exists: the amount on the line; quantité × the unit price on the line;
 * quantité × the product's price in force on date_vente. The line comes first because it is the price that was paid.
 * `origin` names the one that was used. image.ts drops an amount that no longer holds because the sale changed.
 */
import { amountOf, listRevenue, type PricePoints } from "#shared/contract/price-points.ts";

export { listRevenue };

/** The origin of the revenue: the values of the column origine_ca. */
export type Origin = "ligne" | "prix de la ligne" | "liste";

/** The parts of a sale on which its revenue depends, besides the prices of its product. Numbers are in millionths. */
export interface Priced {
  readonly day: string;
  readonly quantity: bigint;
  /** Null when the line has none. */
  readonly unitPrice: bigint | null;
  readonly ownRevenue: bigint | null;
}

export interface Revenue {
  /** In millionths; null when the sale waits for a price. */
  readonly value: bigint | null;
  readonly origin: Origin;
}

/** Whether the revenue depends on the price of the product. */
export const isPricedByList = ({ unitPrice, ownRevenue }: Priced): boolean =>
  ownRevenue === null && unitPrice === null;

/** `points`: those of the product; read only when `isPricedByList`. */
export function revenueOf(sale: Priced, points: PricePoints): Revenue {
  if (sale.ownRevenue !== null) return { value: sale.ownRevenue, origin: "ligne" };
  if (sale.unitPrice !== null)
    return { value: amountOf(sale.quantity, sale.unitPrice), origin: "prix de la ligne" };
  return { value: listRevenue(sale.quantity, sale.day, points), origin: "liste" };
}
