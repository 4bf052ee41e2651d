/** Amounts and quantities in the units of the answers. */
import type { Figures } from "../api/figures.ts";
import type { Sum } from "../columns/sums.ts";

/** Millionths as units. */
export const units = (millionths: bigint | number): number => Number(millionths) / 1e6;

export const figuresOf = ({ revenue, quantity, sales }: Sum): Figures => ({
  revenue: units(revenue),
  quantity: units(quantity),
  sales,
});
