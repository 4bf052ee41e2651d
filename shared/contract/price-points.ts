/**
 * Price points: the prices of a product, each from a day on (rule 13), the price in force on a day (rule 14), and the
 * revenue by it (rule 12). A new price is a new point, so it never changes the past. A dated price on or before the day of a
 * wrong first price corrects it. When the last claim of a source is withdrawn, its points are removed. The rules read no
 * clock: the day of an undated price is in its event.
 */
import { MAX_MILLIONTHS, millionthsOf, multiplyMillionths } from "./numbers.ts";

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

const byForce = (a: PricePoint, b: PricePoint): number =>
  a.dateEffet < b.dateEffet ? -1 : a.dateEffet > b.dateEffet ? 1 : a.offset - b.offset;

const withPoint = (points: PricePoints, point: PricePoint): PricePoints => [...points, point].sort(byForce);

/** The price that an event states. */
export interface StatedPrice {
  readonly source: string;
  readonly offset: number;
  /** A canonical decimal; null when the column is empty. */
  readonly text: string | null;
}

/**
 * The points after a dated price. It replaces the point that its source gave for this day; an empty price removes that
 * point. Returns the same array when nothing changes.
 */
export function afterDatedPrice(points: PricePoints, stated: StatedPrice, dateEffet: string): PricePoints {
  const { source, offset } = stated;
  const price = millionthsOf(stated.text);
  const same = points.find((p) => p.dated && p.source === source && p.dateEffet === dateEffet);
  if ((same?.price ?? null) === price) return points;
  const rest = points.filter((p) => p !== same);
  return price === null ? rest : withPoint(rest, { dateEffet, offset, price, dated: true, source });
}

/**
 * The points after an undated price that was published on `day`. Only a price that differs from the last one of its
 * source for this product (`before`) makes a point: when another column of the row changes, the price does not.
 */
export function afterUndatedPrice(
  points: PricePoints,
  stated: StatedPrice,
  day: string,
  before: string | null | undefined,
): PricePoints {
  const { source, offset } = stated;
  const price = millionthsOf(stated.text);
  if (price === null || stated.text === before) return points;
  return withPoint(points, { dateEffet: day, offset, price, dated: false, source });
}

/**
 * The points after a withdrawal: without the dated point of that claim, and without the points of sources that have no
 * claim left (`hasClaim`). Returns the same array when all stay.
 */
export function afterWithdrawal(
  points: PricePoints,
  source: string,
  dateEffet: string,
  hasClaim: (source: string) => boolean,
): PricePoints {
  const stays = (p: PricePoint) =>
    !(p.dated && p.source === source && p.dateEffet === dateEffet) && hasClaim(p.source);
  return points.every(stays) ? points : points.filter(stays);
}

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
