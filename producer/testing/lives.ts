/**
 * Lives of files whose truth is known: a company sells, makes mistakes and mends them; a publisher exports its sales in one
 * of the ways of real programs. For rule 9, which must find out from the files alone what became of lines that vanish.
 */

export interface Sale {
  readonly n: number;
  /** The day it was entered: the windows of exports go by it. */
  readonly entered: string;
  readonly day: string;
  readonly shop: string;
  readonly text: string;
}

/** What a publisher exports of all sales so far, in the order of entry; `today` an ISO day. */
export type Publisher = (sales: readonly Sale[], today: string) => readonly Sale[];

const day0 = Date.parse("2026-01-01");
export const dayOf = (n: number): string => new Date(day0 + n * 86_400_000).toISOString().slice(0, 10);
const back = (today: string, days: number): string =>
  new Date(Date.parse(today) - days * 86_400_000).toISOString().slice(0, 10);
const within =
  (days: number): Publisher =>
  (sales, today) =>
    sales.filter(({ entered }) => entered > back(today, days));
const latest =
  (lines: number): Publisher =>
  (sales) =>
    sales.slice(-lines);
const reversed =
  (publisher: Publisher): Publisher =>
  (sales, today) =>
    publisher(sales, today).toReversed();
const byShop =
  (publisher: Publisher): Publisher =>
  (sales, today) =>
    publisher(sales, today).toSorted((a, b) => (a.shop === b.shop ? a.n - b.n : a.shop < b.shop ? -1 : 1));
const byDay =
  (publisher: Publisher): Publisher =>
  (sales, today) =>
    publisher(sales, today).toSorted((a, b) => (a.day === b.day ? a.n - b.n : a.day < b.day ? -1 : 1));
const whole: Publisher = (sales) => sales;

export const PUBLISHERS: Readonly<Record<string, Publisher>> = {
  appends: whole,
  "newest first": reversed(whole),
  "sorted by day": byDay(whole),
  "sorted by shop": byShop(whole),
  "last 7 days": within(7),
  "last 31 days": within(31),
  "last 31 days, newest first": reversed(within(31)),
  "last 31 days, sorted by shop": byShop(within(31)),
  "last 31 days, sorted by day": byDay(within(31)),
  "last 25 lines": latest(25),
  "last 100 lines": latest(100),
  "last 25 lines, newest first": reversed(latest(25)),
  "this month": (sales, today) => sales.filter(({ entered }) => entered.slice(0, 7) === today.slice(0, 7)),
  today: (sales, today) => sales.filter(({ entered }) => entered === today),
};

/** A generator of numbers below n from a seed. */
export function randomOf(seed: number): (n: number) => number {
  let s = seed | 0;
  return (n) => {
    s = (s + 0x6d2b79f5) | 0;
    let t = Math.imul(s ^ (s >>> 15), 1 | s);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * n);
  };
}

export interface Step {
  readonly lines: readonly Sale[];
  /** What happened since the step before. */
  readonly happened: readonly string[];
  /**
   * No evidence tells what became of a sale: it was deleted, and no older one stayed, as when a window moves on by it; or its
   * window moved on, but its date, which was never mended, stands in the window, as when it is deleted; or its date was mistyped
   as a day that is new to the file, and no older one stayed, as when it left and another came.
   */
  readonly isAmbiguous: boolean;
}

/** A day as a person mistypes it. */
function mistyped(day: string, to: (n: number) => number): string {
  const year = Number(day.slice(0, 4));
  switch (to(4)) {
    case 0:
      return `${year - 10}${day.slice(4)}`;
    case 1:
      return `${year + 36}${day.slice(4)}`;
    case 2:
      return `${year - 1}${day.slice(4)}`;
    default:
      return `${day.slice(0, 5)}${day.slice(5, 7) === "12" ? "01" : String(Number(day.slice(5, 7)) + 1).padStart(2, "0")}${day.slice(7)}`;
  }
}

/** The steps of one life. `mistakes`: how often in 100 steps each kind of mistake happens. */
export function lifeOf(publisher: Publisher, seed: number, steps: number, mistakes: number): readonly Step[] {
  const to = randomOf(seed);
  let sales: Sale[] = [];
  let n = 0;
  let today = 60 + to(20);
  const perDay = 1 + to(6);
  const shops = 1 + to(3);
  const isTimed = to(3) === 0;
  const sell = (day: number) => {
    for (let i = to(perDay * 2 + 1); i > 0; i--) {
      const entered = dayOf(day);
      const text = `${"PQRS"[to(4)]},${1 + to(3)}${isTimed ? `,${n}` : ""}`;
      sales.push({ n: n++, entered, day: entered, shop: `S${to(shops)}`, text });
    }
  };
  for (let day = today - to(50); day <= today; day++) sell(day);
  const told: Step[] = [];
  for (let step = 0; step < steps; step++) {
    const happened: string[] = [];
    const deleted: Sale[] = [];
    const asNew: Sale[] = [];
    if (step > 0)
      for (let days = to(3); days > 0; days--) {
        today++;
        // No sale on one day of seven.
        if (today % 7 !== 0) sell(today);
      }
    const published = new Set(publisher(sales, dayOf(today)));
    const pick = (): number => {
      const there = sales.flatMap((sale, i) => (published.has(sale) ? [i] : []));
      // The first and the last line are corrected as often as all others together.
      const which = to(4);
      return there.length === 0
        ? -1
        : ((which === 0 ? there[0] : which === 1 ? there.at(-1) : there[to(there.length)]) as number);
    };
    const chance = () => step > 0 && to(100) < mistakes;
    const change = (name: string, by: (sale: Sale) => Sale | null) => {
      const at = pick();
      if (at < 0) return;
      const sale = sales[at] as Sale;
      const next = by(sale);
      happened.push(`${name} ${sale.n}`);
      if (next === null) deleted.push(sale);
      else if (![...published].some(({ day }) => day >= next.day)) asNew.push(sale);
      sales = sales.flatMap((s, i) => (i !== at ? [s] : next === null ? [] : [next]));
    };
    if (chance()) change("quantity", (sale) => ({ ...sale, text: `${sale.text}0` }));
    if (chance()) change("deleted", () => null);
    if (chance()) change("mistyped", (sale) => ({ ...sale, day: mistyped(sale.day, to) }));
    for (const sale of sales.filter(({ day, entered }) => day !== entered))
      if (to(2) === 0 && published.has(sale)) {
        happened.push(`mended ${sale.n}`);
        sales = sales.map((s) => (s.n === sale.n ? { ...s, day: s.entered } : s));
      }
    const lines = publisher(sales, dayOf(today));
    const isOldest = ({ n }: Sale) => !lines.some((other) => other.n < n && published.has(other));
    const left = new Set(lines.map(({ n }) => n));
    const isLost = ({ n, day, entered }: Sale) => day !== entered && !left.has(n);
    const before = told.at(-1)?.lines ?? [];
    told.push({ lines, happened, isAmbiguous: [...deleted, ...asNew].some(isOldest) || before.some(isLost) });
  }
  return told;
}
