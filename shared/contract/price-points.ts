/** The price points of a product, which of them is in force on a day (rules 13 and 14), and the revenue by it (rule 12). */
import { MAX_MILLIONTHS, multiplyMillionths } from "./numbers.ts";

export interface PricePoint {
  /** In force from this day on, ISO 8601. */
  readonly dateEffet: string;
  /** The offset of the event that first stated this price. */
  readonly offset: number;
  /** In millionths. */
  readonly price: bigint;
  /** True when the file gave the day; false when it is the day of publication. */
  readonly dated: boolean;
  readonly source: string;
}

/** A row of the table prix, with its integers as bigint. */
export type StoredPricePoint = Omit<PricePoint, "offset" | "dated"> & {
  readonly offset: bigint;
  readonly dated: bigint;
};

/** The point that a row states. */
export const pricePointOf = (row: StoredPricePoint): PricePoint => ({
  ...row,
  offset: Number(row.offset),
  dated: row.dated === 1n,
});

/** The points of one product, in the order in which they come into force: by day, then by offset. */
export type PricePoints = readonly PricePoint[];

/**
 * The points without the hidden ones: a dated point hides the undated points of lower offset on or after its day, of
 * any source.
 */
export function visiblePoints(points: PricePoints): PricePoints {
  if (!points.some((p) => p.dated)) return points;
  return points.filter(
    (p) => p.dated || !points.some((q) => q.dated && q.offset > p.offset && q.dateEffet <= p.dateEffet),
  );
}

/**
 * The point in force on `day`: the last visible one on or before it. If all points are later, it is the earliest of the
 * dated points and the undated point that was published first. Undefined: the product has no price.
 */
export function pointOn(points: PricePoints, day: string): PricePoint | undefined {
  const visible = visiblePoints(points);
  let inForce: PricePoint | undefined;
  for (const point of visible) if (point.dateEffet <= day) inForce = point;
  if (inForce !== undefined) return inForce;
  let first: PricePoint | undefined;
  for (const point of visible) if (first === undefined || point.offset < first.offset) first = point;
  return visible.find((p) => p.dated || p === first);
}

/** quantité × the price in force on `day`, in millionths; null when there is no price, or as `amountOf`. */
export function listRevenue(quantity: bigint, day: string, points: PricePoints): bigint | null {
  const point = pointOn(points, day);
  return point === undefined ? null : amountOf(quantity, point.price);
}

/**
 * quantité × price, rounded half away from zero to a millionth. Null when it does not fit 64 bits: the sale then waits for
 * a plausible price, and its partition goes on.
 */
export function amountOf(quantity: bigint, price: bigint): bigint | null {
  const { value } = multiplyMillionths(quantity, price);
  return value > MAX_MILLIONTHS || value < -MAX_MILLIONTHS ? null : value;
}
