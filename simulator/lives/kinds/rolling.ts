/** Publishers whose file holds the last sales only. */
import { isoDay, monthOf, type Sale } from "../company.ts";
import type { Clarity, Step } from "../life.ts";
import { Publisher } from "../publisher.ts";
import { FirstMove } from "./first-move.ts";
import { begin, goOn, mistyped } from "./growing.ts";

export interface Window {
  /** `hours`: as days, but from the hour of the last sale. */
  readonly by: "days" | "hours" | "count" | "month";
  readonly order: "oldest first" | "newest first" | "sorted";
}

/** The sales that the file shows. */
function viewOf(p: Publisher, { by, order }: Window, size: number): readonly Sale[] {
  const { sales, today } = p.books;
  const { minute = 0 } = sales.at(-1) ?? {};
  const isShown: Readonly<Record<Window["by"], (sale: Sale, at: number) => boolean>> = {
    days: ({ day }) => day > today - size,
    hours: (sale) => sale.day > today - size || (sale.day === today - size && sale.minute > minute),
    count: (_, at) => at >= sales.length - size,
    month: ({ day }) => monthOf(day) === monthOf(today),
  };
  const shown = sales.filter(isShown[by]);
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
  if (p.r.chance(0.7)) {
    const did = `, the ${p.correct(sale)} of a line corrected`;
    const line = p.lineOf(p.books.sales.find(({ id }) => id === sale.id) ?? sale);
    // The corrected line is now equal to one that rolls off or has: nothing tells whether that one went, or came again.
    if (p.books.sales.some((other) => !left.has(other.id) && p.lineOf(other) === line))
      return [did, "unclear"];
    return [did, isEdge ? "unusual" : "ordinary"];
  }
  p.books.remove(sale.id);
  const isNewest = sale === both.reduce((a, b) => (a.id > b.id ? a : b));
  return [", a line deleted", isEdge ? "unclear" : isNewest ? "unusual" : "ordinary"];
}

/** Whether a part of the first day that the file still shows has rolled off. */
function isSplit(before: readonly Sale[], after: readonly Sale[]): boolean {
  const left = new Set(after.map(({ id }) => id));
  const first = Math.min(...after.map(({ day }) => day));
  return before.some(({ id, day }) => day === first && !left.has(id));
}

/** A window that moves, with corrections in it. */
export const rolling =
  (window: Window, { edits = true }: { readonly edits?: boolean } = {}) =>
  (seed: number): readonly Step[] => {
    const p = new Publisher(seed);
    const size = window.by === "count" ? 6 + p.r.below(20) : 4 + p.r.below(8);
    begin(p, p.r.chance(0.7) ? size + 2 : 4);
    let shown = viewOf(p, window, size);
    const firstMove = new FirstMove();
    // Until a part of a day has rolled off once, a file of the last hours is the same, line for line, as one of the last days
    // of which the first lines were deleted.
    let isKnown = window.by !== "hours";
    p.step("first version", "ordinary", [p.version(shown)]);
    for (let n = 4 + p.r.below(4); n > 0; n--) {
      const month = monthOf(p.books.today);
      if (window.by === "days") p.books.trade(1 + p.r.below(2), 1, 3);
      else goOn(p);
      const isNewMonth = window.by === "month" && month !== monthOf(p.books.today);
      const moved = viewOf(p, window, size);
      const splits = isSplit(shown, moved);
      const ofMove = isNewMonth ? "unusual" : firstMove.clarityOf(shown, moved);
      const ofSplit: Clarity = splits && !isKnown ? "unclear" : "ordinary";
      isKnown ||= splits;
      const [did, ofEdit] =
        edits && p.r.chance(0.35) ? editShown(p, shown, moved) : ["", "ordinary" as const];
      shown = viewOf(p, window, size);
      p.step(
        `${isNewMonth ? "the next month" : "the window moves"}${did}`,
        [ofMove, ofSplit, ofEdit].reduce(Publisher.worse),
        [p.version(shown)],
      );
    }
    return p.steps;
  };

/** A month's file in which a correction of the month before stands: a refund is dated in that month. */
export function monthWithRefund(seed: number): readonly Step[] {
  const p = new Publisher(seed);
  const window: Window = { by: "month", order: "oldest first" };
  const refunds = new Set<number>();
  const isFirst = p.r.chance(0.5);
  const shown = () => {
    const view = viewOf(p, window, 0);
    const others = p.books.sales.filter(({ id }) => refunds.has(id) && !view.some((sale) => sale.id === id));
    return isFirst ? [...others, ...view] : [...view, ...others];
  };
  p.books.today = 20;
  begin(p, 8);
  p.step("first version", "ordinary", [p.version(shown())]);
  p.books.today = 30;
  p.books.trade(2, 1, 3);
  p.step("the next month", "unusual", [p.version(shown())]);
  const refunded = p.r.pick(p.books.sales.filter(({ day }) => day < 31));
  const { product, shop, price, quantity, seller } = refunded;
  const refund = p.books.enter({
    day: refunded.day,
    minute: 600,
    product,
    shop,
    price,
    seller,
    quantity: -quantity,
  });
  refunds.add(refund.id);
  p.books.trade(1, 1, 3);
  p.step("a refund is dated in the month before", "unusual", [p.version(shown())]);
  p.books.trade(1, 1, 2);
  p.step("new lines", "ordinary", [p.version(shown())]);
  return p.steps;
}

/** A window in which nothing of the version before is left, because nobody published for long. */
export function rollingAfterAGap(seed: number): readonly Step[] {
  const p = new Publisher(seed);
  const window: Window = { by: p.r.pick(["days", "count"] as const), order: "oldest first" };
  const size = 6;
  begin(p, 10);
  const publish = (did: string, clarity: Clarity) =>
    p.step(did, clarity, [p.version(viewOf(p, window, size))]);
  publish("first version", "ordinary");
  if (p.r.chance(0.7)) {
    p.books.trade(1, 1, 2);
    publish("the window moves", "ordinary");
  }
  p.books.trade(12, 1, 2);
  publish("the window moves past all of the version before", "unusual");
  p.books.trade(1, 1, 2);
  publish("the window moves", "ordinary");
  return p.steps;
}

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
