/**
 * A company and its books: the sales as they truly stand. The generator changes the books, publishes files of them, and
 * knows therefore what each figure must be.
 */
import type { Random } from "../../consumer/testing/random-history.ts";

/** One sale as the books have it. `id` is the generator's own name for it, in no file. */
export interface Sale {
  readonly id: number;
  /** Days since DAY_ZERO. */
  readonly day: number;
  /** The minute of the day. */
  readonly minute: number;
  readonly product: string;
  readonly shop: string;
  /** Whole units. */
  readonly quantity: number;
  /** Cents for one unit. */
  readonly price: number;
  readonly seller: string;
  /** The number of its receipt: the lines of one receipt have the same. */
  readonly document: number;
  /** The date as it was mistyped, until it is mended. */
  readonly mistyped?: string;
}

/** Prices of the list, in cents. */
export const PRICES: Readonly<Record<string, number>> = { A: 500, B: 700, C: 250, D: 1290, E: 395, F: 1875 };
export const CITIES: Readonly<Record<string, string>> = { S1: "Rennes", S2: "Brest", S3: "Rennes" };
const PRODUCTS = Object.keys(PRICES);
const SHOPS = Object.keys(CITIES);
const SELLERS = ["Ana", "Bob", "Zoe"];

const DAY_ZERO = Date.UTC(2026, 0, 1);
const DAY_MS = 86_400_000;

/** `2026-01-31` of a number of days since DAY_ZERO. */
export const isoDay = (day: number): string => new Date(DAY_ZERO + day * DAY_MS).toISOString().slice(0, 10);

/** The year and month of a day, `2026-01`. */
export const monthOf = (day: number): string => isoDay(day).slice(0, 7);

/** A field of a sale that a correction changes. */
export type Field = "quantity" | "product" | "shop" | "seller" | "price";

export interface BooksOptions {
  readonly ownPrices: boolean;
  readonly shops?: readonly string[] | undefined;
}

/** The books, in the order in which the sales were entered. */
export class Books {
  readonly r: Random;
  sales: readonly Sale[] = [];
  /** The last day with sales. */
  today = 0;
  /** Whether a sale may have another price than the list: only where files name prices or amounts. */
  readonly ownPrices: boolean;
  readonly shops: readonly string[];
  #nextId = 1;
  #document = 1000;

  constructor(r: Random, { ownPrices, shops = SHOPS }: BooksOptions) {
    this.r = r;
    this.ownPrices = ownPrices;
    this.shops = shops;
  }

  /** Enters `n` sales of today, each with a receipt of its own. */
  sell(n: number): void {
    for (let i = 0; i < n; i++) this.enter({});
  }

  /** Lets `days` days pass, and sells `least` to `most` times on each. */
  trade(days: number, least: number, most: number): void {
    for (let i = 0; i < days; i++) {
      this.today++;
      this.sell(least + this.r.below(most - least + 1));
    }
  }

  /** Enters one sale, at the end or before the sale at `at`. */
  enter(given: Partial<Sale>, at = this.sales.length): Sale {
    const { r } = this;
    const product = r.pick(PRODUCTS);
    const last = this.sales.findLast(({ day }) => day === this.today)?.minute ?? 480;
    const sale: Sale = {
      id: this.#nextId++,
      day: this.today,
      minute: Math.min(1400, last + 1 + r.below(40)),
      product,
      shop: r.pick(this.shops),
      quantity: 1 + r.below(9),
      price: (PRICES[product] as number) - (this.ownPrices ? 5 * r.below(20) : 0),
      seller: r.pick(SELLERS),
      document: given.document ?? ++this.#document,
      ...given,
    };
    this.sales = this.sales.toSpliced(at, 0, sale);
    return sale;
  }

  /** Puts another state of a sale in its place. */
  change(id: number, to: Partial<Sale>): void {
    this.sales = this.sales.map((sale) => (sale.id === id ? { ...sale, ...to } : sale));
  }

  /** Corrects one field of a sale to another value. */
  correct(id: number, field: Field): void {
    const sale = this.sales.find((one) => one.id === id) as Sale;
    const other = <A>(values: readonly A[], now: A): A =>
      this.r.pick(values.filter((value) => value !== now));
    if (field === "quantity")
      this.change(id, { quantity: other([1, 2, 3, 4, 5, 6, 10, 12, 20, 30], sale.quantity) });
    if (field === "product") {
      const product = other(PRODUCTS, sale.product);
      this.change(id, { product, ...(this.ownPrices ? {} : { price: PRICES[product] as number }) });
    }
    if (field === "shop") this.change(id, { shop: other(this.shops, sale.shop) });
    if (field === "seller") this.change(id, { seller: other(SELLERS, sale.seller) });
    if (field === "price") this.change(id, { price: other([100, 450, 620, 999, 1500], sale.price) });
  }

  remove(id: number): void {
    this.sales = this.sales.filter((sale) => sale.id !== id);
  }
}
