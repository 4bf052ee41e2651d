/** Publishers whose file holds the last sales only. */
import { isoDay, monthOf, type Sale } from "../company.ts";
import type { Clarity, Step } from "../life.ts";
import { Publisher } from "../publisher.ts";
import { begin, goOn, mistyped } from "./growing.ts";

export interface Window {
  readonly by: "days" | "count" | "month";
  readonly order: "oldest first" | "newest first" | "sorted";
}

/** The sales that the file shows. */
function viewOf(p: Publisher, { by, order }: Window, size: number): readonly Sale[] {
  const { sales, today } = p.books;
  const shown =
    by === "count"
      ? sales.slice(-size)
      : sales.filter(({ day }) => (by === "days" ? day > today - size : monthOf(day) === monthOf(today)));
  if (order === "newest first") return shown.toReversed();
  const place = ({ product, shop }: Sale) => `${product} ${shop}`;
  return order === "sorted" ? shown.toSorted((a, b) => (place(a) < place(b) ? -1 : 1)) : shown;
}

/** A correction or deletion of a sale that was shown and still is, or nothing. */
function editShown(
  p: Publisher,
  before: readonly Sale[],
  after: readonly Sale[],
): readonly [string, Clarity] {
  const left = new Set(after.map(({ id }) => id));
  const both = before.filter(({ id }) => left.has(id));
  if (both.length < 3) return ["", "ordinary"];
  const sale = p.r.pick(both);
  const first = Math.min(...both.map(({ day }) => day));
  const oldest = both.reduce((a, b) => (a.id < b.id ? a : b));
  const isEdge = sale.day === first || sale === oldest;
  if (p.r.chance(0.7))
    return [`, the ${p.correct(sale)} of a line corrected`, isEdge ? "unusual" : "ordinary"];
  p.books.remove(sale.id);
  const isNewest = sale === both.reduce((a, b) => (a.id > b.id ? a : b));
  return [", a line deleted", isEdge ? "unclear" : isNewest ? "unusual" : "ordinary"];
}

/** A window that moves, with corrections in it. */
export const rolling =
  (window: Window, { edits = true }: { readonly edits?: boolean } = {}) =>
  (seed: number): readonly Step[] => {
    const p = new Publisher(seed);
    const size = window.by === "count" ? 6 + p.r.below(20) : 4 + p.r.below(8);
    begin(p, p.r.chance(0.7) ? size + 2 : 4);
    let shown = viewOf(p, window, size);
    p.step("first version", "ordinary", [p.version(shown)]);
    for (let n = 4 + p.r.below(4); n > 0; n--) {
      const month = monthOf(p.books.today);
      if (window.by === "days") p.books.trade(1 + p.r.below(2), 1, 3);
      else goOn(p);
      const isNewMonth = window.by === "month" && month !== monthOf(p.books.today);
      const moved = viewOf(p, window, size);
      const [did, clarity] =
        edits && p.r.chance(0.35) ? editShown(p, shown, moved) : ["", "ordinary" as const];
      shown = viewOf(p, window, size);
      p.step(
        `${isNewMonth ? "the next month" : "the window moves"}${did}`,
        isNewMonth ? Publisher.worse("unusual", clarity) : clarity,
        [p.version(shown)],
      );
    }
    return p.steps;
  };

/** A window by days in which a date is mistyped, and mended before its line rolls off. */
export function rollingWithMistypedDate(seed: number): readonly Step[] {
  const p = new Publisher(seed);
  const window: Window = { by: "days", order: "oldest first" };
  const size = 8 + p.r.below(8);
  begin(p, size + 2);
  const publish = (did: string) => p.step(did, "ordinary", [p.version(viewOf(p, window, size))]);
  publish("first version");
  p.books.trade(1, 1, 2);
  publish("the window moves");
  p.books.trade(1, 1, 3);
  const wrong = p.books.sales.at(-1) as Sale;
  const text = mistyped(wrong, p.r);
  p.books.change(wrong.id, { mistyped: text });
  publish(`the window moves, one line is dated ${text}`);
  for (let n = p.r.below(2); n > 0; n--) {
    p.books.trade(1, 1, 2);
    publish("the window moves");
  }
  p.books.change(wrong.id, { mistyped: isoDay(wrong.day) });
  p.books.trade(p.r.below(2), 1, 2);
  publish(`the date ${text} mended`);
  p.books.trade(1, 1, 2);
  publish("the window moves");
  return p.steps;
}
