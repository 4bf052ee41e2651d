/**
 * The tables `sale_days` and `shared_ids`: what sources have in common (rules 6 and 23). They follow the rows in the same
 * transaction. When a replay finds a row that differs from the topics, nothing tells whether the row was counted. The
 * consumer then marks both tables as stale, and fills them from the rows when the replay is over.
 */
import {
  type Claim,
  namesOtherSale,
  parseImage,
  type Sale,
  type SaleNames,
  salePrint,
} from "./rules/index.ts";
import type { Statements } from "./statements.ts";

interface DaySum {
  readonly day: string;
  readonly source: string;
  sales: number;
  prints: number;
}

interface PairSum {
  readonly source: string;
  readonly other: string;
  ids: number;
  differing: number;
}

type Counted = Pick<Sale, "day" | "source" | "idProduit" | "idMagasin" | "quantity">;
type Stated = Pick<Claim, "source"> & { readonly image: SaleNames };

/** One object for each transaction. Call `save` before it ends. */
export class BetweenSources {
  readonly #sql: Statements;
  #isStale: boolean;
  readonly #days = new Map<string, DaySum>();
  readonly #pairs = new Map<string, PairSum>();
  /** Events that follow each other mostly have the same source and day. */
  #last: DaySum = { day: "", source: "", sales: 0, prints: 0 };

  constructor(sql: Statements) {
    this.#sql = sql;
    this.#isStale = sql.betweenSources.get() === "stale";
  }

  /** Counts a sale that came into `ventes` or `orphelins`, or with -1 one that left them. */
  count(sale: Counted, by: 1 | -1): void {
    if (this.#isStale) return;
    const sum = this.#dayOf(sale);
    sum.sales += by;
    sum.prints += by * salePrint(sale);
  }

  /** Counts what the sources state of the id of a sale. An event changes the claim of one source. */
  claims(before: readonly Stated[], after: readonly Stated[]): void {
    if (this.#isStale) return;
    this.#pairsOf(
      before.find((claim) => !after.includes(claim)),
      before,
      -1,
    );
    this.#pairsOf(
      after.find((claim) => !before.includes(claim)),
      after,
      1,
    );
  }

  /** Writes what was counted. `isRepaired`: a replay found rows that differ from the topics. */
  save(isRepaired: boolean): void {
    const sql = this.#sql;
    if (isRepaired && !this.#isStale) {
      sql.putBetweenSources.run("stale");
      this.#isStale = true;
    }
    if (this.#isStale) {
      if (sql.isReplaying.get() === 1) return;
      this.#isStale = false;
      this.#countRows();
      sql.putBetweenSources.run("kept");
    }
    for (const { day, source, sales, prints } of this.#days.values()) {
      if (sales === 0 && prints === 0) continue;
      sql.addToSaleDay.run(day, source, sales, prints);
      if (sales < 0) sql.dropEmptySaleDay.run(day, source);
    }
    for (const { source, other, ids, differing } of this.#pairs.values()) {
      if (ids === 0 && differing === 0) continue;
      sql.addToSharedIds.run(source, other, ids, differing);
      if (ids < 0) sql.dropUnsharedIds.run(source, other);
    }
  }

  #countRows(): void {
    const sql = this.#sql;
    sql.dropSaleDays.run();
    sql.dropSharedIds.run();
    this.#days.clear();
    this.#pairs.clear();
    this.#last = { day: "", source: "", sales: 0, prints: 0 };
    for (const sale of sql.salesToCount.iterate() as Iterable<Counted>) this.count(sale, 1);
    let key = "";
    let stated: Stated[] = [];
    for (const row of sql.claimsOfSales.iterate() as Iterable<Record<"key" | "source" | "image", string>>) {
      if (row.key !== key) stated = [];
      key = row.key;
      const claim = { source: row.source, image: parseImage(row.image) };
      const before = stated;
      stated = [...before, claim];
      this.claims(before, stated);
    }
  }

  #dayOf({ day, source }: Counted): DaySum {
    if (this.#last.day === day && this.#last.source === source) return this.#last;
    const name = `${day} ${source}`;
    let sum = this.#days.get(name);
    if (sum === undefined) {
      sum = { day, source, sales: 0, prints: 0 };
      this.#days.set(name, sum);
    }
    this.#last = sum;
    return sum;
  }

  /** Counts `claim` with each other claim of its key. */
  #pairsOf(claim: Stated | undefined, all: readonly Stated[], by: 1 | -1): void {
    if (claim === undefined) return;
    for (const one of all) {
      if (one === claim) continue;
      const [a, b] = one.source < claim.source ? [one, claim] : [claim, one];
      const name = `${a.source}\n${b.source}`;
      let sum = this.#pairs.get(name);
      if (sum === undefined) {
        sum = { source: a.source, other: b.source, ids: 0, differing: 0 };
        this.#pairs.set(name, sum);
      }
      sum.ids += by;
      if (namesOtherSale(a.image, b.image)) sum.differing += by;
    }
  }
}
