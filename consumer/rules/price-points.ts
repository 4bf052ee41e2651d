/**
 * Price points: what prices a product had from which day on (rule 13), and the price in force on a day (rule 14). A
 * new price is a point of its own, so it never rewrites the past; a wrong first price is mended by a dated one on or
 * before its day; a source's points go with its claims. No clock is asked: the day of an undated price is the one
 * that its producer wrote into the event.
 */
import { millionthsOf } from "#shared/contract/numbers.ts";

export interface PricePoint {
  /** In force from this day on, ISO 8601. */
  readonly dateEffet: string;
  /** Of the event that first said it. */
  readonly offset: number;
  /** In millionths. */
  readonly price: bigint;
  /** Dated by the file; otherwise by the day of its publication. */
  readonly dated: boolean;
  readonly source: string;
}

/** The points of one product, in the order in which they come into force: by day, then by offset. */
export type PricePoints = readonly PricePoint[];

export const NO_POINTS: PricePoints = [];

const byForce = (a: PricePoint, b: PricePoint): number =>
  a.dateEffet < b.dateEffet ? -1 : a.dateEffet > b.dateEffet ? 1 : a.offset - b.offset;

const withPoint = (points: PricePoints, point: PricePoint): PricePoints => [...points, point].sort(byForce);

/** What an event says of a price. */
export interface SaidPrice {
  readonly source: string;
  readonly offset: number;
  /** A canonical decimal; null: the column is there and empty. */
  readonly text: string | null;
}

/**
 * The points after a dated price: it replaces the point that its source gave for this day, an empty one removes it.
 * The points themselves when nothing changes.
 */
export function afterDatedPrice(points: PricePoints, said: SaidPrice, dateEffet: string): PricePoints {
  const { source, offset } = said;
  const price = millionthsOf(said.text);
  const same = points.find((p) => p.dated && p.source === source && p.dateEffet === dateEffet);
  if ((same?.price ?? null) === price) return points;
  const rest = points.filter((p) => p !== same);
  return price === null ? rest : withPoint(rest, { dateEffet, offset, price, dated: true, source });
}

/**
 * The points after an undated price, published on `day`: a price is stated only where it is another one than what
 * its source last said of the product (`before`), so stock changed is not price changed.
 */
export function afterUndatedPrice(
  points: PricePoints,
  said: SaidPrice,
  day: string,
  before: string | null | undefined,
): PricePoints {
  const { source, offset } = said;
  const price = millionthsOf(said.text);
  if (price === null || said.text === before) return points;
  return withPoint(points, { dateEffet: day, offset, price, dated: false, source });
}

/**
 * The points after a claim was withdrawn: its dated point goes, and all points of a source without a claim
 * (`speaks` tells which still have one). The points themselves when none goes.
 */
export function afterWithdrawal(
  points: PricePoints,
  source: string,
  dateEffet: string,
  speaks: (source: string) => boolean,
): PricePoints {
  const stays = (p: PricePoint) =>
    !(p.dated && p.source === source && p.dateEffet === dateEffet) && speaks(p.source);
  return points.every(stays) ? points : points.filter(stays);
}

/** Without the undated points that a dated one of higher offset hides, on or after its day; of any source. */
function visiblePoints(points: PricePoints): PricePoints {
  if (!points.some((p) => p.dated)) return points;
  return points.filter(
    (p) => p.dated || !points.some((q) => q.dated && q.offset > p.offset && q.dateEffet <= p.dateEffet),
  );
}

/** `produits.prix`: the last visible point, in millionths; null without any. */
export const lastPrice = (points: PricePoints): bigint | null => visiblePoints(points).at(-1)?.price ?? null;

/**
 * The price in force on `day`, in millionths: the last visible point on or before it; before all of them, the
 * earliest among the dated ones and the one published first. null: the product has no price.
 */
export function priceOn(points: PricePoints, day: string): bigint | null {
  const visible = visiblePoints(points);
  let inForce: PricePoint | undefined;
  for (const point of visible) if (point.dateEffet <= day) inForce = point;
  if (inForce !== undefined) return inForce.price;
  let first: PricePoint | undefined;
  for (const point of visible) if (first === undefined || point.offset < first.offset) first = point;
  return visible.find((p) => p.dated || p === first)?.price ?? null;
}
