/** Publishers whose export goes wrong: a column is blank for once, half a file, a delimiter too many or too few. */
import type { Clarity, FileVersion, Line, Step } from "../life.ts";
import { Publisher } from "../publisher.ts";
import { begin, goOn } from "./growing.ts";

const ERRORS = ["", "#REF!", "#N/A", "#VALUE!", "Loading..."] as const;

/** A column is blank, or an error text, in all lines or a good part of them; then the file is whole again. */
export function blankOnce(seed: number): readonly Step[] {
  const p = new Publisher(seed, { revenue: seed % 3 === 0 ? "amount" : "unit" });
  begin(p, 5);
  const { r } = p;
  const publish = (did: string) => p.step(did, "ordinary", [p.version(p.books.sales)]);
  publish("first version");
  const names = p.style.columns.map(({ name }) => name);
  const at = r.chance(0.6)
    ? names.findIndex((name) => ["unit_price", "prix_unitaire", "montant", "amount"].includes(name))
    : r.below(names.length);
  const text = r.pick(ERRORS);
  const part = r.pick([1, 1, 0.6]);
  const whole = p.version(p.books.sales);
  const lines = whole.lines.map(
    (line, n): Line => (n < whole.lines.length * part ? { ...line, cells: line.cells.with(at, text) } : line),
  );
  p.step(`the column ${names[at]} is ${text === "" ? "blank" : text} for once`, "faulty", [
    { ...whole, lines },
  ]);
  goOn(p);
  publish("the file is whole again");
  return p.steps;
}

/** The condition of the lines that are sales. */
export const PAID = "state=paid";

/**
 * Quotes stand among the sales, and a condition keeps the sales. The state of all or most lines is written otherwise for
 * once; then it is written as before.
 */
export function statusOnce(seed: number): readonly Step[] {
  const p = new Publisher(seed);
  const { r } = p;
  begin(p, 8 + r.below(4));
  const other = r.pick(["payée", "Paid in full", "2"]);
  const header = [...p.style.columns.map(({ name }) => name), "state"];
  const publish = (did: string, clarity: Clarity, stateOf: (id: number) => string) => {
    const { lines, ...file } = p.version(p.books.sales);
    const withQuotes = lines.flatMap(({ sale, cells }): readonly Line[] => {
      const line = { sale, cells: [...cells, stateOf(sale as number)] };
      return (sale as number) % 3 === 0 ? [line, { sale: null, cells: [...cells, "quote"] }] : [line];
    });
    p.step(did, clarity, [{ ...file, header, lines: withQuotes }]);
  };
  const paid = () => "paid";
  publish("first version", "ordinary", paid);
  while (!goOn(p));
  const isAll = r.chance(0.5);
  publish(
    `new lines, and the state of ${isAll ? "all" : "most"} sales is ${other} for once`,
    "faulty",
    (id) => (isAll || id % 4 > 0 ? other : "paid"),
  );
  goOn(p);
  publish("the state is as before", "ordinary", paid);
  return p.steps;
}

/** The file is cut off: nothing but its header, or its first half; then it is whole again. */
export function cutOnce(seed: number): readonly Step[] {
  const p = new Publisher(seed);
  begin(p, 20);
  p.step("first version", "ordinary", [p.version(p.books.sales)]);
  const whole = p.version(p.books.sales);
  const kept = p.r.chance(0.5) ? 0 : Math.floor(whole.lines.length / 2);
  p.step(`the file ends after ${kept} lines`, "faulty", [{ ...whole, lines: whole.lines.slice(0, kept) }]);
  goOn(p);
  p.step("the file is whole again", "ordinary", [p.version(p.books.sales)]);
  return p.steps;
}

/** A line of another width: a delimiter too many or too few, anywhere in it. */
export function otherWidth(seed: number): readonly Step[] {
  const p = new Publisher(seed, { seller: true });
  const remark = { name: "remarque", of: ({ id }: { readonly id: number }) => (id % 3 === 0 ? "ok" : "") };
  p.style = { ...p.style, columns: [...p.style.columns, remark] };
  begin(p, 6);
  const isAtOnce = p.r.chance(0.5);
  if (!isAtOnce) {
    p.step("first version", "ordinary", [p.version(p.books.sales)]);
    p.books.trade(1, 2, 3);
  }
  const whole = p.version(p.books.sales);
  const n = whole.lines.length - 1 - p.r.below(2);
  const line = whole.lines[n] as Line;
  const at = p.r.below(line.cells.length);
  const isMore = p.r.chance(0.6);
  const cells = isMore ? line.cells.toSpliced(at, 0, "") : line.cells.toSpliced(at, 1);
  const damaged: FileVersion = { ...whole, lines: whole.lines.with(n, { ...line, cells }) };
  p.step(
    `line ${n + 1} has a delimiter too ${isMore ? "many" : "few"}, in column ${at + 1}`,
    "unusual",
    [damaged],
    [[line.sale as number]],
  );
  return p.steps;
}
