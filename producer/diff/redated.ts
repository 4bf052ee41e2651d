/**
 * Whether the days that came hold the sales of the days that went: the same lines under other dates (rule 9). Mended dates keep
 * their order, so the first day that went is compared with the first that came, the second with the second.
 */
import { type DayPrints, MONEY_BITS } from "./sale-days.ts";
import { SaleMatch } from "./sale-match.ts";

/** At most so many pairs of days are compared. */
const MOST_DAYS = 366;
/** At least this part of the lines of the larger side must be on both sides. */
const LARGER = 0.5;
/** Fewer different sales are evidence only where both sides are equal as a whole. */
const FEWEST = 3;
/**
 * With more lines than this for each different sale, sales repeat each day. The days that went are then compared with the
 * days after their pairs, too, and may have only this part of their common lines in common with those (ELSEWHERE).
 */
const VARIED = 1.5;
const ELSEWHERE = 0.5;

/** The sales of an ISO day. */
export type SalesOf = (day: string) => DayPrints | undefined;

/** ISO days of the version before and of this one, in their order. */
export interface Days {
  readonly old: readonly string[];
  readonly now: readonly string[];
}

type Pair = readonly [DayPrints, DayPrints];

/** How many different sales came again under other dates; 0: the days hold other sales. */
export function redated(days: Days, before: SalesOf, now: SalesOf): number {
  const came = new Set(days.now);
  const went = new Set(days.old);
  const moved = {
    old: days.old.filter((day) => !came.has(day)),
    now: days.now.filter((day) => !went.has(day)),
  };
  if (moved.old.length === 0 || moved.now.length === 0) return 0;
  const [wasOn, isOn] = [remembered(before), remembered(now)];
  // Of a window all days may have moved, onto days that it had before.
  const found = [moved, days].flatMap(({ old, now: is }) => {
    const lines = Math.max(linesOf(old.map(wasOn)), linesOf(is.map(isOn)));
    const many = Math.min(old.length, is.length, MOST_DAYS);
    const compared = (from: number, to?: number) =>
      same(old.slice(from, to), is.slice(from, to), lines, (a, b) => paired(a, b, wasOn, isOn));
    return old.length === is.length ? [compared(0, many)] : [compared(0, many), compared(-many)];
  });
  return Math.max(...found);
}

const linesOf = (sales: readonly (DayPrints | undefined)[]): number =>
  sales.reduce((sum, day) => sum + (day === undefined ? 0 : day.prints.length << day.shift), 0);

/**
 * How many different sales are on both of the paired days; 0: these are not the same sales. `lines`: of the larger side.
 */
function same(
  old: readonly string[],
  now: readonly string[],
  lines: number,
  pairsOf: (old: readonly string[], now: readonly string[]) => readonly Pair[],
): number {
  const pairs = pairsOf(old, now);
  const match = matched(pairs);
  if (!match.isSame || match.common < LARGER * lines) return 0;
  const different = kindsOf(pairs).size;
  if (different < FEWEST && match.common < lines) return 0;
  if (pairs.length === 1 || Math.max(match.mine, match.its) <= VARIED * different) return different;
  const elsewhere = matched(pairsOf(old, [...now.slice(1), now[0] as string]));
  return elsewhere.common <= ELSEWHERE * match.common ? different : 0;
}

/** The sales of the first day of both, of the second, and so on. A day that is the same has not moved. */
const paired = (
  old: readonly string[],
  now: readonly string[],
  wasOn: SalesOf,
  isOn: SalesOf,
): readonly Pair[] =>
  old.flatMap((day, i) => {
    const to = now[i];
    if (to === undefined || to === day) return [];
    const [a, b] = [wasOn(day), isOn(to)];
    return a === undefined || b === undefined ? [] : [[a, b] as const];
  });

function remembered(salesOf: SalesOf): SalesOf {
  const known = new Map<string, DayPrints | undefined>();
  return (day) => {
    if (!known.has(day)) known.set(day, salesOf(day));
    return known.get(day);
  };
}

function matched(pairs: readonly Pair[]): SaleMatch {
  const match = new SaleMatch();
  for (const [a, b] of pairs) match.add(a, b);
  return match;
}

/** The sales that are on both days of a pair, without their amounts. */
function kindsOf(pairs: readonly Pair[]): ReadonlySet<number> {
  const kinds = new Set<number>();
  for (const [a, b] of pairs) {
    const its = new Set(Array.from(b.prints, (print) => print >>> MONEY_BITS));
    for (const print of a.prints) if (its.has(print >>> MONEY_BITS)) kinds.add(print >>> MONEY_BITS);
  }
  return kinds;
}
