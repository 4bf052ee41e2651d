/**
 * Adds up new sales by day, by shop and by product, each in a temporary table. An analysis that needs nothing else of a
 * sale reads one of them, so that the sales are read and grouped once for several analyses, not once for each.
 */

import type { SaleRow } from "#shared/database/sale-rows.ts";
import type { Sqlite, Statement } from "#shared/database/sqlite.ts";
import { ADDED_UP, HALF } from "../analyses/query/measures.ts";

/** The tables, each with the column that groups its sales. An analysis reads the first one that has its columns. */
export const ADDED_UP_TABLES = ["sales_by_day", "sales_by_shop", "sales_by_product"] as const;
type Table = (typeof ADDED_UP_TABLES)[number];
const KEYS: Readonly<Record<Table, string>> = {
  sales_by_day: "date_vente",
  sales_by_shop: "id_magasin",
  sales_by_product: "id_produit",
};

/** The numbers of a group. */
const WIDTH = 1 + ADDED_UP.size;

/** Sums of so many sales are exact in doubles. */
const EXACT_SALES = 2 ** 20;

export interface AddedUp {
  /** Empties the tables. */
  readonly begin: () => void;
  readonly add: (sale: SaleRow) => void;
  /** Call it after the last sale: the tables then have the sums of all sales. */
  readonly end: () => void;
}

/** Creates the temporary tables, empty. Before its caller has succeeded, it may be called again on the same connection. */
export function prepareAddedUp(db: Sqlite, exactSales = EXACT_SALES): AddedUp {
  const byDay = new Sums(db, "sales_by_day");
  const byShop = new Sums(db, "sales_by_shop");
  const byProduct = new Sums(db, "sales_by_product");
  const all = [byDay, byShop, byProduct];
  /** What one sale adds: 1 to the number of sales, then to the sums of ADDED_UP, in their order. */
  const amounts = new Float64Array(WIDTH).fill(1, 0, 1);
  let added = 0;
  const store = () => {
    for (const sums of all) sums.store();
    added = 0;
  };
  return {
    begin: () => {
      for (const sums of all) sums.clear();
      added = 0;
    },
    add: ([, day, product, shop, , revenue, quantity]) => {
      amounts[1] = highHalf(revenue);
      amounts[2] = lowHalf(revenue);
      amounts[3] = highHalf(quantity);
      amounts[4] = lowHalf(quantity);
      amounts[5] = isFraction(quantity) ? 1 : 0;
      byDay.add(day, amounts);
      byShop.add(shop, amounts);
      byProduct.add(product, amounts);
      if (++added === exactSales) store();
    },
    end: store,
  };
}

// As SQLite divides: towards zero.
const highHalf = (value: number | bigint): number =>
  typeof value === "number" ? Math.trunc(value / HALF) : Number(value / BigInt(HALF));
const lowHalf = (value: number | bigint): number =>
  typeof value === "number" ? value % HALF : Number(value % BigInt(HALF));
const isFraction = (value: number | bigint): boolean =>
  typeof value === "number" ? value % 1_000_000 !== 0 : value % 1_000_000n !== 0n;

/** Sums by one column. Those that are not stored yet are in memory. */
class Sums {
  readonly #groups = new Map<string, number>();
  #sums = new Float64Array(64 * WIDTH);
  readonly #put: Statement;
  readonly #clear: Statement;

  constructor(db: Sqlite, table: Table) {
    const key = KEYS[table];
    const names = ["_n", ...ADDED_UP.values()];
    db.exec(`DROP TABLE IF EXISTS temp.${table}`);
    // Without rowids, so that a query of rowids is refused.
    db.exec(`
      CREATE TEMP TABLE ${table} (${key} TEXT NOT NULL PRIMARY KEY,
        ${names.map((name) => `${name} INTEGER NOT NULL`).join(", ")}) WITHOUT ROWID`);
    this.#put = db.prepare(`
      INSERT INTO temp.${table} VALUES (?, ${names.map(() => "CAST(? AS INTEGER)").join(", ")})
      ON CONFLICT (${key}) DO UPDATE SET ${names.map((name) => `${name} = ${name} + excluded.${name}`).join(", ")}`);
    this.#clear = db.prepare(`DELETE FROM temp.${table}`);
  }

  add(key: string, amounts: Float64Array): void {
    let at = this.#groups.get(key);
    if (at === undefined) {
      at = this.#groups.size * WIDTH;
      this.#groups.set(key, at);
      if (at === this.#sums.length) {
        const larger = new Float64Array(2 * at);
        larger.set(this.#sums);
        this.#sums = larger;
      }
    }
    const sums = this.#sums;
    for (let i = 0; i < WIDTH; i++) sums[at + i] = (sums[at + i] as number) + (amounts[i] as number);
  }

  /** Adds those in memory to the table. */
  store(): void {
    for (const [key, at] of this.#groups) this.#put.run(key, ...this.#sums.subarray(at, at + WIDTH));
    this.#forget();
  }

  clear(): void {
    this.#forget();
    this.#clear.run();
  }

  #forget(): void {
    this.#sums.fill(0, 0, this.#groups.size * WIDTH);
    this.#groups.clear();
  }
}
