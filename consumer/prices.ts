/** Price points and the price in force on a day (rules 13 and 14). Prices are millionths. */

export interface PricePoint {
  readonly dateEffet: string;
  /** Of the event that first said it. */
  readonly offset: number;
  readonly price: bigint;
  /** Dated by the file; otherwise by the day of its publication. */
  readonly dated: boolean;
  readonly source: string;
}

/** In the order in which they come into force. */
export const byForce = (a: PricePoint, b: PricePoint): number =>
  a.dateEffet < b.dateEffet ? -1 : a.dateEffet > b.dateEffet ? 1 : a.offset - b.offset;

/** Without the undated points that a dated one of higher offset hides, on or after its day; of any source. */
function visiblePoints(points: readonly PricePoint[]): readonly PricePoint[] {
  if (!points.some((p) => p.dated)) return points;
  return points.filter(
    (p) => p.dated || !points.some((q) => q.dated && q.offset > p.offset && q.dateEffet <= p.dateEffet),
  );
}

/** `produits.prix`: the last visible point. `points` sorted by force. */
export const lastPrice = (points: readonly PricePoint[]): bigint | null =>
  visiblePoints(points).at(-1)?.price ?? null;

/**
 * The price in force on `day`: the last visible point on or before it; before all of them, the earliest among
 * the dated ones and the one published first. `points` sorted by force.
 */
export function priceOn(points: readonly PricePoint[], day: string): bigint | null {
  const visible = visiblePoints(points);
  let inForce: PricePoint | undefined;
  for (const point of visible) if (point.dateEffet <= day) inForce = point;
  if (inForce !== undefined) return inForce.price;
  let first: PricePoint | undefined;
  for (const point of visible) if (first === undefined || point.offset < first.offset) first = point;
  return visible.find((p) => p.dated || p === first)?.price ?? null;
}
