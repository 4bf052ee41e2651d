/** Publishers whose file holds all sales: it grows, is corrected anywhere, or is sorted anew. */
import type { Random } from "../../../consumer/testing/random-history.ts";
import { isoDay, type Sale } from "../company.ts";
import type { Clarity, Step } from "../life.ts";
import { Publisher } from "../publisher.ts";

/** Sales of some days before the first version. */
export function begin(p: Publisher, days = 2 + p.r.below(8)): void {
  p.books.sell(1 + p.r.below(3));
  p.books.trade(days, 1, 4);
}

/** Some new sales: the rest of today, or the days after. Returns whether there are any. */
export function goOn(p: Publisher): boolean {
  const before = p.books.sales.length;
  if (p.r.chance(0.4)) p.books.sell(p.r.below(3));
  else p.books.trade(1 + p.r.below(2), 0, 4);
  return p.books.sales.length > before;
}

/** A sale that the file shows, more often than by chance the first or the last. */
export const anyOf = (sales: readonly Sale[], r: Random): Sale =>
  r.pick([r.pick(sales), r.pick(sales), sales[0] as Sale, sales.at(-1) as Sale]);

/** The file only grows. */
export function appended(seed: number): readonly Step[] {
  const p = new Publisher(seed);
  begin(p);
  p.step("first version", "ordinary", [p.version(p.books.sales)]);
  for (let n = 3 + p.r.below(4); n > 0; n--) {
    goOn(p);
    p.step("new lines at the end", "ordinary", [p.version(p.books.sales)]);
  }
  return p.steps;
}

/** One change of a sale that is in the file already. Returns what was done, and how clear it is. */
export function edit(p: Publisher, visible: readonly Sale[]): readonly [string, Clarity] {
  const { r, books } = p;
  const sale = anyOf(visible, r);
  const at = visible.indexOf(sale);
  const isInside = at > 0 && at < visible.length - 1;
  if (r.chance(0.6)) return [`the ${p.correct(sale)} of line ${at + 1} corrected`, "ordinary"];
  if (r.chance(0.5) && visible.length > 4) {
    books.remove(sale.id);
    return [`line ${at + 1} deleted`, isInside ? "ordinary" : "unclear"];
  }
  books.enter({ day: sale.day, minute: sale.minute }, books.sales.indexOf(sale));
  return [`a forgotten sale inserted before line ${at + 1}`, "ordinary"];
}

/** The whole file is written anew each time, with corrections, deletions and insertions anywhere. */
export const corrected =
  (order: "oldest first" | "newest first") =>
  (seed: number): readonly Step[] => {
    const p = new Publisher(seed);
    const shown = () => (order === "oldest first" ? p.books.sales : p.books.sales.toReversed());
    begin(p);
    p.step("first version", "ordinary", [p.version(shown())]);
    for (let n = 3 + p.r.below(4); n > 0; n--) {
      const [did, clarity] = edit(p, p.books.sales);
      const grown = p.r.chance(0.5) && goOn(p);
      p.step(`${did}${grown ? ", and new lines" : ""}`, clarity, [p.version(shown())]);
    }
    return p.steps;
  };

/** One field changes on all lines, or on a good part of them: a seller's name, prices with and without tax. */
export function correctedEverywhere(seed: number): readonly Step[] {
  const p = new Publisher(seed, { seller: true, revenue: seed % 2 === 0 ? "unit" : "list" });
  begin(p, 8);
  p.step("first version", "ordinary", [p.version(p.books.sales)]);
  const part = p.r.pick([1, 1, 0.6]);
  const isPrice = p.style.fields.includes("price") && p.r.chance(0.6);
  for (const { id, price, seller } of p.books.sales)
    if (p.r.chance(part)) p.books.change(id, isPrice ? { price: price + 100 } : { seller: `${seller} M.` });
  p.step(`the ${isPrice ? "price" : "seller"} corrected on most lines`, "unusual", [
    p.version(p.books.sales),
  ]);
  goOn(p);
  p.step("new lines at the end", "ordinary", [p.version(p.books.sales)]);
  return p.steps;
}

/** Dates as fingers mistype them. */
export function mistyped(sale: Sale, r: Random): string {
  const day = isoDay(sale.day);
  const [, month = "", date = ""] = day.split("-");
  return r.pick([
    `2016-${month}-${date}`,
    `2062-${month}-${date}`,
    `2025-${month}-${date}`,
    `2026-${String((Number(month) % 12) + 1).padStart(2, "0")}-${date.replace(/^(29|3.)$/, "28")}`,
  ]);
}

/** A date is mistyped on a new line, and mended in a later version. */
export function datesMended(seed: number): readonly Step[] {
  const p = new Publisher(seed);
  begin(p);
  p.step("first version", "ordinary", [p.version(p.books.sales)]);
  for (let n = 2; n > 0; n--) {
    p.books.trade(1, 1, 2);
    const wrong = p.r.pick(p.books.sales.slice(-2));
    const text = mistyped(wrong, p.r);
    p.books.change(wrong.id, { mistyped: text });
    p.step(`new lines, one dated ${text}`, "ordinary", [p.version(p.books.sales)]);
    if (p.r.chance(0.5)) {
      goOn(p);
      p.step("new lines at the end", "ordinary", [p.version(p.books.sales)]);
    }
    p.books.change(wrong.id, { mistyped: isoDay(wrong.day) });
    if (p.r.chance(0.5)) goOn(p);
    p.step(`the date ${text} mended`, "ordinary", [p.version(p.books.sales)]);
  }
  return p.steps;
}

/** All dates are of a wrong month, which is mended at once; or those of the first part of the file are. */
export function monthMended(seed: number): readonly Step[] {
  const p = new Publisher(seed);
  p.books.trade(4 + p.r.below(12), 1, 4);
  const isAll = p.r.chance(0.6);
  const { sales } = p.books;
  const wrong = isAll ? sales : sales.slice(0, Math.ceil(sales.length * 0.6));
  for (const { id, day } of wrong) p.books.change(id, { mistyped: isoDay(day - 31) });
  p.step("first version, in a wrong month", "ordinary", [p.version(p.books.sales)]);
  if (p.r.chance(0.5) && !isAll) {
    goOn(p);
    p.step("new lines at the end", "ordinary", [p.version(p.books.sales)]);
  }
  for (const { id, day } of wrong) p.books.change(id, { mistyped: isoDay(day) });
  if (p.r.chance(0.3)) p.books.sell(1);
  p.step("the month mended", "unusual", [p.version(p.books.sales)]);
  goOn(p);
  p.step("new lines at the end", "ordinary", [p.version(p.books.sales)]);
  return p.steps;
}

/** The same lines in another order, and new ones among them. */
export function resorted(seed: number): readonly Step[] {
  const p = new Publisher(seed);
  begin(p);
  const shuffled = () =>
    p.books.sales
      .map((sale) => [p.r.next(), sale] as const)
      .sort((a, b) => a[0] - b[0])
      .map(([, sale]) => sale);
  p.step("first version", "ordinary", [p.version(shuffled())]);
  for (let n = 3; n > 0; n--) {
    goOn(p);
    p.step("new lines, all in another order", "ordinary", [p.version(shuffled())]);
  }
  return p.steps;
}
