/** Publishers of several files: daily and monthly ones that hold the same sales, and tills whose sales are alike. */
import { isoDay, monthOf } from "../company.ts";
import type { FileVersion, Step } from "../life.ts";
import { type Column, Publisher } from "../publisher.ts";

const CASHIER: Column = { name: "cashier", of: ({ id }) => ["Ali", "Eve", "Max"][id % 3] as string };

/** Daily files, and then the file of the month with the same sales: with other columns, names or another order. */
export function dailyAndMonthly(seed: number): readonly Step[] {
  const p = new Publisher(seed, { time: false });
  const { r } = p;
  const monthly = {
    ...p.style,
    columns: r.chance(0.7) ? [...p.style.columns, CASHIER] : p.style.columns,
  };
  if (r.chance(0.4)) monthly.columns = monthly.columns.toReversed();
  const month = (): FileVersion => {
    const sales = p.books.sales.filter(({ day }) => monthOf(day) === monthOf(p.books.today));
    return p.version(r.chance(0.3) ? sales.toReversed() : sales, "month.csv", monthly);
  };
  const days = 3 + r.below(3);
  for (let n = 0; n < days; n++) {
    p.books.trade(1, 2, 5);
    const { today } = p.books;
    const file = `${isoDay(today)}.csv`;
    p.step(`the sales of ${isoDay(today)}`, "ordinary", [
      p.version(
        p.books.sales.filter(({ day }) => day === today),
        file,
      ),
    ]);
  }
  p.step("the file of the month", "unusual", [month()]);
  if (r.chance(0.5)) {
    p.books.trade(1, 2, 4);
    p.step("the file of the month grows", "unusual", [month()]);
  }
  return p.steps;
}

const PLAIN_SHOP = { time: false, seller: false, shops: ["S1"] } as const;

/** Two tills without ids, a file each, of one shop, on the same days: some of their sales are alike. */
export function twins(seed: number): readonly Step[] {
  const p = new Publisher(seed, PLAIN_SHOP);
  const tills: [number[], number[]] = [[], []];
  const sellAlike = (): void => {
    p.books.trade(1, 0, 0);
    for (let n = 2 + p.r.below(3); n > 0; n--) {
      const one = p.books.enter({});
      tills[0].push(one.id);
      const { product, quantity, price } = one;
      const other = p.books.enter(p.r.chance(0.5) ? { product, quantity, price } : {});
      tills[1].push(other.id);
    }
  };
  const till = (n: 0 | 1) =>
    p.version(
      p.books.sales.filter(({ id }) => tills[n].includes(id)),
      `till-${n + 1}.csv`,
    );
  const linesOf = (n: 0 | 1) =>
    till(n)
      .lines.map(({ cells }) => cells.join())
      .sort()
      .join("\n");
  /** Two files with the same lines may as well be one file twice: nothing tells. */
  const clarity = () => (linesOf(0) === linesOf(1) ? "unclear" : "unusual");
  for (let n = 0; n < 3; n++) sellAlike();
  p.step("the first till", "ordinary", [till(0)]);
  p.step("the second till", clarity(), [till(1)]);
  for (let n = 0; n < 2; n++) {
    sellAlike();
    p.step("both grow", clarity(), [till(0), till(1)]);
  }
  return p.steps;
}

/** Two tills as above. The second one opens later: its file begins with one sale, and grows sale by sale. */
export function twinOpens(seed: number): readonly Step[] {
  const p = new Publisher(seed, PLAIN_SHOP);
  const opened: number[] = [];
  const isSecond = (id: number) => opened.includes(id);
  const file = (n: 1 | 2) =>
    p.version(
      p.books.sales.filter(({ id }) => isSecond(id) === (n === 2)),
      `till-${n}.csv`,
    );
  p.books.trade(4, 2, 4);
  p.step("the first till", "ordinary", [file(1)]);
  p.books.trade(1, 2, 4);
  p.step("it grows", "ordinary", [file(1)]);
  for (let n = 0; n < 3; n++) {
    const first = p.books.sales.filter(({ id, day }) => !isSecond(id) && day === p.books.today);
    const { product, quantity, price } = p.r.pick(first);
    opened.push(p.books.enter(p.r.chance(0.5) ? { product, quantity, price } : {}).id);
    p.step("a sale of the second till", "unusual", [file(2)]);
  }
  return p.steps;
}

/** A file under two names: one is copied from the other now and then, and lags behind it. */
export function copies(seed: number): readonly Step[] {
  const p = new Publisher(seed, PLAIN_SHOP);
  p.books.trade(3, 2, 4);
  const file = (name: string) => p.version(p.books.sales, name);
  p.step("the file", "ordinary", [file("ventes.csv")]);
  p.step("its copy", "ordinary", [file("copie.csv")]);
  for (let n = 0; n < 4; n++) {
    p.books.trade(1, 1, 3);
    p.step("the file grows", "ordinary", [file("ventes.csv")]);
    if (p.r.chance(0.5)) p.step("its copy follows", "ordinary", [file("copie.csv")]);
  }
  return p.steps;
}
