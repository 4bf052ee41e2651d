/** Publishers who number their lines, their receipts, or both wrongly. */
import { isoDay, type Sale } from "../company.ts";
import type { Clarity, Line, Step } from "../life.ts";
import { type Column, dayOf, Publisher } from "../publisher.ts";
import { FirstMove } from "./first-move.ts";
import { begin, edit, goOn } from "./growing.ts";

export const LINE_IDS = ["sale_id", "id_vente"] as const;

/** A number that belongs to one sale for ever. */
const lineId = (name: string): Column => ({ name, of: ({ id }) => String(id) });

const idOf = (seed: number): Column => lineId(LINE_IDS[seed % LINE_IDS.length] as string);

/** Each line has an id of its own; lines are corrected, and the file may keep the last days only. */
export function lineIds(seed: number): readonly Step[] {
  const p = new Publisher(seed, { number: idOf(seed) });
  begin(p);
  const size = p.r.chance(0.5) ? 5 + p.r.below(5) : 1000;
  const shown = () => p.books.sales.filter(({ day }) => day > p.books.today - size);
  const firstMove = new FirstMove();
  p.step("first version", "ordinary", [p.version(shown())]);
  for (let n = 3 + p.r.below(3); n > 0; n--) {
    const before = shown();
    goOn(p);
    const clarity = firstMove.clarityOf(before, shown());
    const both = shown().filter(({ id }) => before.some((sale) => sale.id === id));
    const did =
      both.length > 0 && p.r.chance(0.5) ? `, the ${p.correct(p.r.pick(both))} of a line corrected` : "";
    p.step(`new lines${did}`, clarity, [p.version(shown())]);
  }
  return p.steps;
}

/** Each line has an id of its own, and a line is deleted from a file that holds all. */
export function lineIdsDeleted(seed: number): readonly Step[] {
  const p = new Publisher(seed, { number: idOf(seed) });
  begin(p);
  p.step("first version", "ordinary", [p.version(p.books.sales)]);
  for (let n = 3; n > 0; n--) {
    const [did, clarity] = edit(p, p.books.sales);
    if (p.r.chance(0.5)) goOn(p);
    const isDeleted = did.includes("deleted");
    p.step(did, isDeleted ? Publisher.worse("unusual", clarity) : clarity, [p.version(p.books.sales)]);
  }
  return p.steps;
}

/** The file only grows: a corrected line stands again at its end, under the id that it had. */
export function lineIdsCorrectedBelow(seed: number): readonly Step[] {
  const p = new Publisher(seed, { number: idOf(seed) });
  begin(p, 4);
  const lines: Line[] = [...p.version(p.books.sales).lines];
  const add = (sales: readonly Sale[]) => lines.push(...p.version(sales).lines);
  const publish = (did: string) => p.step(did, "ordinary", [{ ...p.version([]), lines: [...lines] }]);
  publish("first version");
  for (let n = 4; n > 0; n--) {
    const known = p.books.sales;
    goOn(p);
    const came = p.books.sales.slice(known.length);
    add(came);
    // Never the last line: at once behind it the correction would look like a line of the same document.
    const sale = p.r.pick(p.books.sales.slice(0, -1));
    p.correct(
      sale,
      p.style.fields.filter((field) => field !== "product" && field !== "shop"),
    );
    add(p.books.sales.filter(({ id }) => id === sale.id));
    publish("new lines, and a corrected one at the end");
  }
  return p.steps;
}

export const DOCUMENTS = [
  "order_id",
  "order_number",
  "ticket",
  "numero_ticket",
  "transaction_id",
  "num_commande",
  "invoice",
  "facture",
  "receipt",
  "bon",
  "Bestellnummer",
  "pedido",
] as const;

/** Enters receipts of one to `most` lines each. `repeats`: how often a receipt has its first line again. */
function receipts(p: Publisher, n: number, most: number, repeats: number): void {
  for (let i = 0; i < n; i++) {
    const first = p.books.enter({});
    for (let line = p.r.below(most); line > 0; line--) {
      const { day, minute, shop, seller, document } = first;
      const same = p.r.chance(repeats)
        ? { product: first.product, quantity: first.quantity, price: first.price }
        : {};
      p.books.enter({ day, minute, shop, seller, document, ...same });
    }
  }
}

/** Under the id of a sale nothing tells two equal lines of a receipt from a line that was written twice. */
function hasTwins(p: Publisher): boolean {
  const lines = p.books.sales.map((sale) => p.lineOf(sale));
  return new Set(lines).size < lines.length;
}

/** The number of a receipt stands on each of its lines, in a column that is named as such or as the id of a sale. */
export const documents =
  (names: readonly string[]) =>
  (seed: number): readonly Step[] => {
    const name = names[seed % names.length] as string;
    const isId = names === LINE_IDS;
    const clarity: Clarity = isId ? "unusual" : "ordinary";
    const repeats = isId ? 0 : 0.2;
    const prefix = seed % 3 === 0 ? "T-" : "";
    const p = new Publisher(seed, { number: { name, of: ({ document }) => `${prefix}${document}` } });
    // Sometimes every receipt of the first version has one line.
    const most = p.r.chance(0.3) ? 1 : 3;
    for (let day = 0; day < 4; day++) {
      p.books.trade(1, 0, 0);
      receipts(p, 1 + p.r.below(3), most, repeats);
    }
    p.step("first version", isId && hasTwins(p) ? "unclear" : clarity, [p.version(p.books.sales)]);
    for (let n = 3; n > 0; n--) {
      p.books.trade(1, 0, 0);
      receipts(p, 1 + p.r.below(2), 3, repeats);
      const shown = p.books.sales;
      const did = p.r.chance(0.3)
        ? `, the ${p.correct(p.r.pick(shown.slice(1, -4)))} of a line corrected`
        : "";
      const ofReceipts = most === 1 ? "unusual" : clarity;
      p.step(`new receipts${did}`, isId && hasTwins(p) ? "unclear" : ofReceipts, [p.version(p.books.sales)]);
    }
    return p.steps;
  };

/** The ticket of a sale, counted from 1 on each day and, if asked, in each shop. */
const restarting = (p: Publisher, name: string): Column => ({
  name,
  of: (sale) => String(p.books.sales.filter(({ day, id }) => day === sale.day && id <= sale.id).length),
});

/** A file a day, or one file of today that is written anew; the tickets begin with 1 each day. */
export const ticketsRestart =
  (isOneFile: boolean) =>
  (seed: number): readonly Step[] => {
    const p = new Publisher(seed);
    const name = ["ticket", "numero_ticket", "sale_id", "transaction_id"][seed % 4] as string;
    p.style = { ...p.style, columns: [restarting(p, name), ...p.style.columns] };
    for (let n = 4; n > 0; n--) {
      p.books.trade(1, 2, 5);
      const { today } = p.books;
      const shown = p.books.sales.filter(({ day }) => day === today);
      const file = isOneFile ? "today.csv" : `${isoDay(today)}.csv`;
      p.step(`the tickets of ${isoDay(today)}`, p.steps.length === 0 ? "ordinary" : "unusual", [
        p.version(shown, file),
      ]);
    }
    return p.steps;
  };

/** Two tills, a file each, that number their sales independently from 1. */
export function tillsWithSameIds(seed: number): readonly Step[] {
  const p = new Publisher(seed, { number: idOf(seed) });
  const tills = ["till-1.csv", "till-2.csv"];
  const tillOf = new Map<number, string>();
  const of = (file: string) => p.books.sales.filter(({ id }) => tillOf.get(id) === file);
  const sellAt = (file: string) => {
    for (const sale of p.books.sales) if (!tillOf.has(sale.id)) tillOf.set(sale.id, file);
  };
  const numbered = (file: string) => {
    const sales = of(file);
    const version = p.version(sales, file);
    return {
      ...version,
      lines: version.lines.map((line, at) => ({ ...line, cells: [String(at + 1), ...line.cells.slice(1)] })),
    };
  };
  for (const [n, till] of [...tills, ...tills, ...tills].entries()) {
    p.books.trade(1, 2, 4);
    sellAt(till);
    p.step(`new lines of ${till}`, n === 0 ? "ordinary" : "unusual", [numbered(till)]);
  }
  return p.steps;
}

/** The ids of all lines change while the sales stay, in so many versions: decimals, a prefix, or the number of the line. */
export const idsChange =
  (versions: number) =>
  (seed: number): readonly Step[] => {
    const how = ["decimals", "prefix", "line numbers"][seed % 3] as string;
    const number = idOf(seed);
    const p = new Publisher(seed, { number });
    begin(p);
    const rest = p.style.columns.slice(1);
    const publish = (did: string, clarity: Clarity, order: (sales: readonly Sale[]) => readonly Sale[]) =>
      p.step(did, clarity, [p.version(order(p.books.sales))]);
    const asEntered = (sales: readonly Sale[]) => sales;
    const newestFirst = (sales: readonly Sale[]) => sales.toReversed();
    const order = how === "line numbers" ? newestFirst : asEntered;
    if (how === "line numbers")
      p.style = { ...p.style, columns: [{ name: number.name, of: (_, n) => String(n) }, ...rest] };
    publish("first version", "ordinary", order);
    for (let n = 0; n < versions; n++) {
      const known = p.books.sales.length;
      while (!goOn(p));
      if (how === "decimals")
        p.style = {
          ...p.style,
          columns: [{ name: number.name, of: ({ id }) => (id === known + 1 ? "" : `${id}.0`) }, ...rest],
        };
      if (how === "prefix")
        p.style = { ...p.style, columns: [{ name: number.name, of: ({ id }) => `V${id}` }, ...rest] };
      publish(`new lines, and the ids change (${how})`, "unusual", order);
    }
    return p.steps;
  };

/** A till writes the same line for each of several equal sales, and no id. */
export function equalLines(seed: number): readonly Step[] {
  const p = new Publisher(seed, { time: false, seller: false, revenue: "list" });
  p.books.trade(3, 1, 3);
  const again = () => {
    const { day, product, shop, quantity, price } = p.books.sales.at(-1) as Sale;
    for (let n = 1 + p.r.below(3); n > 0; n--) p.books.enter({ day, product, shop, quantity, price });
  };
  again();
  p.step("first version", "ordinary", [p.version(p.books.sales)]);
  for (let n = 4; n > 0; n--) {
    if (p.r.chance(0.6)) p.books.trade(1, 1, 2);
    again();
    p.step(`equal lines of ${dayOf(p.books.sales.at(-1) as Sale)}`, "ordinary", [p.version(p.books.sales)]);
  }
  return p.steps;
}
