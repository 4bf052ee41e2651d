/**
 * Price points: the prices of a product, each from a day on (rule 13), and the price in force on a day (rule 14). A new
 * price is a new point, so it never changes the past. A dated price on or before the day of a wrong first price corrects
 * it. When the last claim of a source is withdrawn, its points are removed. The rules read no clock: the day of an
 * undated price is in its event.
 */
import { millionthsOf } from "#shared/contract/numbers.ts";
import { type PricePoint, type PricePoints, pointOn, visiblePoints } from "#shared/contract/price-points.ts";

export { type PricePoint, type PricePoints, pointOn };

export const NO_POINTS: PricePoints = [];

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
