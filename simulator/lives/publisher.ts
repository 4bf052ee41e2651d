/** A publisher: it writes sales as lines of a file in a style of its own, and records the steps of its life. */
import { type Random, randomOf } from "../../consumer/testing/random-history.ts";
import { Books, type Field, isoDay, type Sale } from "./company.ts";
import type { Clarity, FileVersion, Line, Step } from "./life.ts";

export interface Column {
  readonly name: string;
  /** The cell of a sale that stands on line `n` of the file, from 1. */
  readonly of: (sale: Sale, n: number) => string;
}

export interface Style {
  readonly delimiter: string;
  readonly columns: readonly Column[];
  /** What a correction may change so that the file shows it. */
  readonly fields: readonly Field[];
}

/** Where the revenue of a sale comes from: the price list, a unit price on the line, or an amount on the line. */
export type Revenue = "list" | "unit" | "amount";

export interface StyleWish {
  readonly revenue?: Revenue;
  /** A column of numbers before the others. */
  readonly number?: Column;
  readonly time?: boolean;
  readonly seller?: boolean;
}

const NAMES = {
  date: ["date", "date_vente", "sale_date"],
  product: ["product_id", "id_produit", "article"],
  shop: ["store_id", "id_magasin", "magasin"],
  quantity: ["qty", "quantité", "quantity"],
  unit: ["unit_price", "prix_unitaire"],
  amount: ["montant", "amount"],
  seller: ["seller", "vendeur"],
  time: ["time", "heure"],
} as const;

/** `4.50` of 450 cents, with this decimal sign. */
export const money = (cents: number, decimal: string): string =>
  (cents / 100).toFixed(2).replace(".", decimal);

export const dayOf = (sale: Sale): string => sale.mistyped ?? isoDay(sale.day);

const timeOf = ({ minute }: Sale): string =>
  `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;

/** A style at random, as wished. */
function styleOf(r: Random, { revenue, number, ...wish }: StyleWish): Style {
  const { time = r.chance(0.2), seller = r.chance(0.4) } = wish;
  const delimiter = r.pick([",", ",", ";"]);
  const decimal = delimiter === ";" ? r.pick([",", "."]) : ".";
  const columns: Column[] = [
    { name: r.pick(NAMES.date), of: dayOf },
    { name: r.pick(NAMES.product), of: ({ product }) => product },
    { name: r.pick(NAMES.shop), of: ({ shop }) => shop },
    { name: r.pick(NAMES.quantity), of: ({ quantity }) => String(quantity) },
  ];
  if (revenue === "unit")
    columns.push({ name: r.pick(NAMES.unit), of: ({ price }) => money(price, decimal) });
  if (revenue === "amount")
    columns.push({
      name: r.pick(NAMES.amount),
      of: ({ price, quantity }) => money(price * quantity, decimal),
    });
  if (time) columns.splice(1, 0, { name: r.pick(NAMES.time), of: timeOf });
  if (seller) columns.push({ name: r.pick(NAMES.seller), of: (sale) => sale.seller });
  return {
    delimiter,
    columns: number === undefined ? columns : [number, ...columns],
    fields: [
      "quantity",
      "product",
      "shop",
      ...(seller ? (["seller"] as const) : []),
      ...(revenue === "list" ? [] : (["price"] as const)),
    ],
  };
}

export interface PublisherWish extends StyleWish {
  readonly shops?: readonly string[];
}

export class Publisher {
  readonly r: Random;
  readonly books: Books;
  readonly steps: Step[] = [];
  style: Style;

  constructor(seed: number, wish: PublisherWish = {}) {
    this.r = randomOf(seed);
    const { revenue = this.r.pick(["list", "list", "unit", "amount"] as const), shops } = wish;
    this.books = new Books(this.r, { ownPrices: revenue !== "list", shops });
    this.style = styleOf(this.r, { ...wish, revenue });
  }

  /** What the line of a sale says. */
  lineOf(sale: Sale): string {
    return this.style.columns.map(({ of }) => of(sale, 0)).join();
  }

  /** The file with these sales, one a line, in this order. */
  version(sales: readonly Sale[], file = "ventes.csv", style = this.style): FileVersion {
    return {
      file,
      delimiter: style.delimiter,
      header: style.columns.map(({ name }) => name),
      lines: sales.map(
        (sale, at): Line => ({
          sale: sale.id,
          cells: style.columns.map((column) => column.of(sale, at + 1)),
        }),
      ),
    };
  }

  /** Records a step with these files and the books as they stand now. */
  step(
    did: string,
    clarity: Clarity,
    files: readonly FileVersion[],
    damaged: readonly (readonly number[])[] = [],
  ): void {
    this.steps.push({ did, clarity, files, books: this.books.sales, damaged });
  }

  /** The dearer of two clarities. */
  static worse(a: Clarity, b: Clarity): Clarity {
    const order: readonly Clarity[] = ["ordinary", "unusual", "unclear", "faulty"];
    return order.indexOf(a) > order.indexOf(b) ? a : b;
  }

  /** Corrects one field of a sale that the file shows. Returns the field. */
  correct(sale: Sale, fields: readonly Field[] = this.style.fields): Field {
    const field = this.r.pick(fields);
    this.books.correct(sale.id, field);
    return field;
  }
}
