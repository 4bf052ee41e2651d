/** Totals, the periods to compare with, a series, cities and shops: one pass over the columns. */
import type { OverviewAnswer } from "../api/figures.ts";
import type { Filter } from "../api/filters.ts";
import { dayText, stepStart } from "../columns/days.ts";
import { type Days, prepareScan } from "../columns/scan.ts";
import { type Sum, Sums } from "../columns/sums.ts";
import { asPeriod, resolve } from "./resolve.ts";
import type { Snapshot } from "./snapshot.ts";
import { figuresOf } from "./units.ts";

/** Without `by`, up to so many days are shown by day, and up to so many by week. */
const BY_DAY = 92;
const BY_WEEK = 2 * 366;

const stepFor = ({ first, last }: Days): OverviewAnswer["by"] =>
  last - first < BY_DAY ? "day" : last - first < BY_WEEK ? "week" : "month";

const isIn = (day: number, days: Days | undefined): boolean =>
  days !== undefined && day >= days.first && day <= days.last;

const TOTAL = 0;
const BEFORE = 1;
const YEAR_BEFORE = 2;

export function readOverview(
  snapshot: Snapshot,
  question: Filter & { readonly by?: OverviewAnswer["by"] },
): Omit<OverviewAnswer, "now" | "demo" | "currency" | "commit" | "reached" | "newest"> {
  const { wanted, known, period, before, yearBefore } = resolve(snapshot, question);
  const by = question.by ?? (period === undefined ? "day" : stepFor(period));
  const totals = new Sums();
  const ofSteps = new Sums();
  const ofShops = new Sums();
  /** The number of the step of each day, and of its first day. */
  const steps = new Map<number, number>();
  const stepOf = (day: number): number => {
    const found = steps.get(day);
    if (found !== undefined) return found;
    const start = stepStart(day, by);
    const step = start === day ? steps.size : stepOf(start);
    steps.set(day, step);
    return step;
  };
  if (period !== undefined)
    prepareScan(snapshot.columns).each(spanOf([period, before, yearBefore]), wanted, (chunk, i) => {
      const day = chunk.day[i] as number;
      if (isIn(day, period)) {
        totals.add(TOTAL, chunk, i);
        ofSteps.add(stepOf(day), chunk, i);
        ofShops.add(chunk.shop[i] as number, chunk, i);
      }
      if (isIn(day, before)) totals.add(BEFORE, chunk, i);
      if (isIn(day, yearBefore)) totals.add(YEAR_BEFORE, chunk, i);
    });

  const other = (days: Days | undefined, group: number) =>
    days === undefined
      ? null
      : { from: dayText(days.first), to: dayText(days.last), ...figuresOf(totals.of(group)) };
  return {
    period: asPeriod(period),
    known: asPeriod(known),
    total: figuresOf(totals.of(TOTAL)),
    before: other(before, BEFORE),
    yearBefore: other(yearBefore, YEAR_BEFORE),
    by,
    series: [...steps]
      .filter(([day]) => stepStart(day, by) === day)
      .sort(([a], [b]) => a - b)
      .map(([start, step]) => ({ from: dayText(start), ...figuresOf(ofSteps.of(step)) })),
    ...readShops(snapshot, ofShops),
  };
}

/** The first to the last day of all periods. */
const spanOf = (periods: readonly (Days | undefined)[]): Days => {
  const given = periods.filter((days) => days !== undefined);
  return {
    first: Math.min(...given.map(({ first }) => first)),
    last: Math.max(...given.map(({ last }) => last)),
  };
};

function readShops({ columns }: Snapshot, sums: Sums): Pick<OverviewAnswer, "cities" | "shops"> {
  const all = columns.prepare("SELECT n, id, city FROM shops").all() as {
    n: number;
    id: string;
    city: string;
  }[];
  const sold = all
    .map(({ n, id, city }) => ({ shop: id, city, sum: sums.of(n) }))
    .filter(({ sum }) => sum.sales > 0);
  const cities = new Map<string, Sum>();
  for (const { city, sum } of sold) {
    const had = cities.get(city);
    cities.set(city, had === undefined ? sum : together(had, sum));
  }
  return {
    cities: [...cities]
      .sort(([a, one], [b, two]) => byRevenue(one, two) || byText(a, b))
      .map(([city, sum]) => ({ city, ...figuresOf(sum) })),
    shops: sold
      .sort((a, b) => byRevenue(a.sum, b.sum) || byText(a.shop, b.shop))
      .map(({ shop, city, sum }) => ({ shop, city, ...figuresOf(sum) })),
  };
}

const together = (a: Sum, b: Sum): Sum => ({
  revenue: a.revenue + b.revenue,
  quantity: a.quantity + b.quantity,
  sales: a.sales + b.sales,
});

const byRevenue = (a: Sum, b: Sum): number => (a.revenue < b.revenue ? 1 : a.revenue > b.revenue ? -1 : 0);

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
