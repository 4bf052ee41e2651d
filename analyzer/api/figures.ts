/**
 * The answers about sales (totals, series, cities, shops, products, lines) and about analyses. Amounts are in units of
 * `currency`.
 */
import * as Schema from "effect/Schema";
import { AsOf } from "./as-of.ts";

/** The sums over some sales. */
const Sums = {
  revenue: Schema.Finite,
  quantity: Schema.Finite,
  /** The number of sales: lines of the files, returns included. */
  sales: Schema.Int,
};
export const Figures = Schema.Struct(Sums);
export type Figures = typeof Figures.Type;

/** The sales of other days under the same filters. */
const OtherPeriod = Schema.Struct({ from: Schema.String, to: Schema.String, ...Sums });

/**
 * The first and the last day of a period, both included. Null: no sale meets the filters, and the question names no
 * day.
 */
const Period = Schema.Struct({ from: Schema.NullOr(Schema.String), to: Schema.NullOr(Schema.String) });

export const OverviewAnswer = Schema.Struct({
  ...AsOf,
  currency: Schema.String,
  /** The days that the figures are of. */
  period: Period,
  /** The first and the last day with a sale, whatever the filters. */
  known: Period,
  total: Figures,
  /** As many days, just before `from`. Null when the question has no `from`: nothing is before the first sale; or when they would begin before the year 0000. */
  before: Schema.NullOr(OtherPeriod),
  /** The same days one year before. Null when the question has no `from`. */
  yearBefore: Schema.NullOr(OtherPeriod),
  /** The step of `series`. */
  by: Schema.Literals(["day", "week", "month"]),
  /** One entry for each step that has a sale, in order. `from`: its first day; a week begins on Monday. */
  series: Schema.Array(Schema.Struct({ from: Schema.String, ...Sums })),
  /** The highest revenue first. */
  cities: Schema.Array(Schema.Struct({ city: Schema.String, ...Sums })),
  /** The highest revenue first. */
  shops: Schema.Array(Schema.Struct({ shop: Schema.String, city: Schema.String, ...Sums })),
});
export type OverviewAnswer = typeof OverviewAnswer.Type;

export const PRODUCT_SORTS = ["revenue", "quantity", "sales", "change", "name", "id"] as const;

export const ProductsAnswer = Schema.Struct({
  ...AsOf,
  currency: Schema.String,
  period: Period,
  /** How many products have a sale under the filters and meet `search`. */
  count: Schema.Int,
  rows: Schema.Array(
    Schema.Struct({
      product: Schema.String,
      name: Schema.NullOr(Schema.String),
      ...Sums,
      /** Its sales in the period before, of as many days. Null when the question has no `from`. */
      before: Schema.NullOr(Figures),
    }),
  ),
});
export type ProductsAnswer = typeof ProductsAnswer.Type;

/** In the order of their numbers in the table ventes. */
export const ORIGINS = ["ligne", "prix de la ligne", "liste"] as const;

/** A sale that counts. */
const Sale = {
  id: Schema.String,
  date: Schema.String,
  product: Schema.String,
  name: Schema.NullOr(Schema.String),
  shop: Schema.String,
  city: Schema.String,
  quantity: Schema.Finite,
  revenue: Schema.Finite,
  /**
   * Where its revenue comes from. `ligne`: an amount on the line; `prix de la ligne`: a unit price on the line;
   * `liste`: the price of the product on that day.
   */
  origin: Schema.Literals(ORIGINS),
  /** The unit price on the line or of the list. Null: the line has an amount alone. */
  price: Schema.NullOr(Schema.Finite),
  /** For `liste`: the day from which this price holds. */
  priceFrom: Schema.NullOr(Schema.String),
  /** For `liste`: the source of the price; `ventes:prix` is a price set by hand. */
  priceSource: Schema.NullOr(Schema.String),
  /** The file, and the line where the record begins, from 1. */
  source: Schema.String,
  line: Schema.Int,
};

export const SalesAnswer = Schema.Struct({
  ...AsOf,
  currency: Schema.String,
  period: Period,
  /** All sales that meet the filters. */
  total: Figures,
  /** The newest day first. */
  rows: Schema.Array(Schema.Struct(Sale)),
  /** The value of `?after=` for the next page; null: there is none. */
  next: Schema.NullOr(Schema.String),
});
export type SalesAnswer = typeof SalesAnswer.Type;

/** The values of a row as published. Null: the field was empty. */
const Published = Schema.Record(Schema.String, Schema.NullOr(Schema.String));

export const SaleAnswer = Schema.Struct({
  ...AsOf,
  currency: Schema.String,
  sale: Schema.Struct({
    ...Sale,
    /** Of its event, in its partition of the topic ventes. */
    offset: Schema.Int,
    /** The columns of the file that the table does not have. */
    extras: Published,
  }),
  /** What each source says of this sale, when several do, or when the source says it otherwise than the row. */
  claims: Schema.Array(Schema.Struct({ source: Schema.String, line: Schema.Int, image: Schema.String })),
  /**
   * The event that the row rests on, as the topic has it. Null: the topic holds it no longer, or cannot be read now.
   */
  event: Schema.NullOr(
    Schema.Struct({
      /** The number of the version of the source with this row. */
      version: Schema.Int,
      /** When it was published to the topic, ISO 8601. */
      published: Schema.String,
      row: Published,
      extras: Published,
    }),
  ),
  /** A sentence: earlier values are not in the database, and where they are. In the language of the answer. */
  missing: Schema.String,
});
export type SaleAnswer = typeof SaleAnswer.Type;

export const ChangesAnswer = Schema.Struct({
  ...AsOf,
  currency: Schema.String,
  /** Changes are noted from this instant on, ISO 8601: older ones are not known. Null: all of them are noted. */
  since: Schema.NullOr(Schema.String),
  /**
   * The newest first. One entry for each time that sales of one source changed; a large version may take several
   * commits.
   */
  rows: Schema.Array(
    Schema.Struct({
      id: Schema.Int,
      source: Schema.String,
      /** When the database took the first and the last of these changes, ISO 8601. */
      from: Schema.String,
      to: Schema.String,
      /** The last commit of these changes. */
      commit: Schema.Int,
      added: Schema.Int,
      changed: Schema.Int,
      removed: Schema.Int,
      /** By how much they changed total revenue and total quantity. */
      revenue: Schema.Finite,
      quantity: Schema.Finite,
      /** The first and the last day of these sales. */
      firstDay: Schema.String,
      lastDay: Schema.String,
    }),
  ),
  /** The value of `?before=` for the next page; null: there is none. */
  next: Schema.NullOr(Schema.Int),
});
export type ChangesAnswer = typeof ChangesAnswer.Type;

export const WaitingAnswer = Schema.Struct({
  ...AsOf,
  currency: Schema.String,
  count: Schema.Int,
  rows: Schema.Array(
    Schema.Struct({
      id: Schema.String,
      date: Schema.String,
      product: Schema.String,
      shop: Schema.String,
      quantity: Schema.Finite,
      /** The amount that it will add: on the line, or its price times its quantity. Null: only the list can say it. */
      amount: Schema.NullOr(Schema.Finite),
      /** What it waits for. */
      waitsFor: Schema.Array(Schema.Literals(["product", "shop", "price"])),
      source: Schema.String,
      line: Schema.Int,
    }),
  ),
  next: Schema.NullOr(Schema.String),
});
export type WaitingAnswer = typeof WaitingAnswer.Type;

/** A value of the result of an analysis. */
export const Cell = Schema.Union([Schema.String, Schema.Finite, Schema.Null]);

const Result = {
  name: Schema.String,
  title: Schema.Struct({ fr: Schema.String, en: Schema.String }),
  /** It is a file of the user, not one of the program. */
  own: Schema.Boolean,
  /** So many columns, from the first on, are keys. */
  keys: Schema.Int,
  /** Of the other columns, in their order: montant (in `currency`), quantité, nombre, pourcentage, jour, texte. */
  units: Schema.Array(Schema.String),
  /** How a page may draw it: courbe, barres, tableau, chiffre. */
  chart: Schema.String,
  /** incremental: kept with every commit. plain: run again after commits. */
  kind: Schema.Literals(["incremental", "plain"]),
  rows: Schema.Int,
  /** When its result was computed, ISO 8601. Null: it is being computed for the first time, or its file is wrong; there are no rows. */
  computed: Schema.NullOr(Schema.String),
  /**
   * What is wrong with its file, or why the last run failed; null: nothing. The rows, if any, are those of the run
   * before.
   */
  error: Schema.NullOr(Schema.Struct({ fr: Schema.String, en: Schema.String })),
};

export const ResultsAnswer = Schema.Struct({
  ...AsOf,
  currency: Schema.String,
  analyses: Schema.Array(Schema.Struct(Result)),
});
export type ResultsAnswer = typeof ResultsAnswer.Type;

export const ResultAnswer = Schema.Struct({
  ...AsOf,
  currency: Schema.String,
  analysis: Schema.Struct(Result),
  columns: Schema.Array(Schema.String),
  rows: Schema.Array(Schema.Array(Cell)),
});
export type ResultAnswer = typeof ResultAnswer.Type;
