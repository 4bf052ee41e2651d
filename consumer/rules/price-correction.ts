/**
 * What `ventes prices set` must state so that the price of some days changes, and of no other day (rule 14). One dated
 * price is not enough: it hides undated prices on later days, becomes the first price of all days before it where it is
 * the earliest, and holds only up to the next dated one. So the prices that would change with it are stated again, each
 * from its day on, as dated prices of the same source.
 */
import { FIRST_DAY, HAND_PRICES } from "#shared/contract/hand-prices.ts";
import { formatMillionths } from "#shared/contract/numbers.ts";
import { afterDatedPrice, type PricePoints, priceOn } from "./price-points.ts";

/** A price from a day on; `end` is the first day on which it holds no longer, null for ever. Days are ISO 8601. */
export interface Correction {
  readonly from: string;
  readonly end: string | null;
  /** In millionths. */
  readonly price: bigint;
}

/** An event of HAND_PRICES for the product, in the order of publication. A null price deletes the claim of that day. */
export interface PriceStep {
  readonly day: string;
  readonly price: bigint | null;
}

/** The points after these events. Their offsets follow those of `points`. */
export const corrected = (points: PricePoints, steps: readonly PriceStep[]): PricePoints =>
  steps.reduce((now, { day, price }) => {
    const offset = now.reduce((most, point) => Math.max(most, point.offset), -1) + 1;
    const text = price === null ? null : formatMillionths(price);
    return afterDatedPrice(now, { source: HAND_PRICES, offset, text }, day);
  }, points);

/** The events that make the correction. `points`: those of the product; none of them: the price holds on all days. */
export function priceSteps(points: PricePoints, { from, end, price }: Correction): readonly PriceStep[] {
  const wanted = (day: string): bigint | null =>
    day >= from && (end === null || day < end) ? price : priceOn(points, day);
  const days = [
    ...new Set([
      FIRST_DAY,
      from,
      ...(end === null ? [] : [end]),
      ...points.map(({ dateEffet }) => dateEffet),
    ]),
  ].sort();
  const steps: PriceStep[] = [];
  let now = points;
  const state = (day: string, value: bigint): void => {
    const isStated = now.some((p) => p.source === HAND_PRICES && p.dateEffet === day && p.price === value);
    // Rule 17: an event that repeats its claim changes nothing. A later one of another source goes before it.
    const added = [...(isStated ? [{ day, price: null }] : []), { day, price: value }];
    steps.push(...added);
    now = corrected(now, added);
  };
  if (priceOn(now, from) !== price) state(from, price);
  for (let wrong = true; wrong; ) {
    wrong = false;
    for (const day of days) {
      const value = wanted(day);
      if (value === null || priceOn(now, day) === value) continue;
      state(day, value);
      wrong = true;
    }
  }
  return steps;
}
