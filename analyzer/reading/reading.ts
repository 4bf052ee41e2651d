/**
 * The read side: the questions of the API to a database. sqlite.ts answers them from SQLite; another database may.
 *
 * Each answer is of one snapshot, as of the commit that it names. `now` and `demo` are the server's.
 */
import * as Context from "effect/Context";
import type * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import type * as Scope from "effect/Scope";
import type { Language } from "#shared/runtime/settings.ts";
import type {
  ChangesAnswer,
  OverviewAnswer,
  PRODUCT_SORTS,
  ProductsAnswer,
  ResultAnswer,
  ResultsAnswer,
  SaleAnswer,
  SalesAnswer,
  WaitingAnswer,
} from "../api/figures.ts";
import type { Filter } from "../api/filters.ts";
import type { QueryAnswer, SchemaAnswer } from "../api/queries.ts";

/** A filter of the question names something that does not exist, or cannot be read. A sentence in each language. */
export class BadFilter extends Schema.TaggedError<BadFilter>()("BadFilter", {
  fr: Schema.String,
  en: Schema.String,
}) {}

/** There is no such sale. */
export class NoSuchSale extends Schema.TaggedError<NoSuchSale>()("NoSuchSale", { id: Schema.String }) {}

/** There is no such analysis. */
export class NoSuchAnalysis extends Schema.TaggedError<NoSuchAnalysis>()("NoSuchAnalysis", {
  name: Schema.String,
}) {}

/** There is no database yet, its figures are being prepared, or it cannot be read. The caller asks again later. */
export class NotReadable extends Schema.TaggedError<NotReadable>()("NotReadable", {
  fr: Schema.String,
  en: Schema.String,
}) {}

type Answer<A, E = never> = Effect.Effect<Plain<A>, NotReadable | E>;
/** Without what the server adds: the time, whether the figures are those of the demo, and the currency. */
type Plain<A> = Omit<A, "now" | "demo" | "currency">;

export interface ProductsQuestion extends Filter {
  readonly search?: string;
  /** Default: revenue. */
  readonly sort?: (typeof PRODUCT_SORTS)[number];
  /** Default: the highest figure first; names and ids from A. */
  readonly order?: "asc" | "desc";
  readonly limit?: number;
  readonly offset?: number;
}

export interface SalesQuestion extends Filter {
  readonly limit?: number;
  readonly after?: string;
}

export interface QueryQuestion {
  /** One SELECT. */
  readonly sql: string;
  readonly limit?: number;
}

export type SaleLine = SalesAnswer["rows"][number];
type WaitingLine = WaitingAnswer["rows"][number];

/** A record that cannot be read. */
export interface RejectLine {
  readonly entity: string;
  readonly source: string;
  readonly line: number | null;
  readonly code: string;
  readonly sentence: string;
  /** The whole text of the record. */
  readonly raw: string;
}

export type WholeResult = Pick<ResultAnswer, "analysis" | "columns"> & {
  readonly rows: Iterable<ResultAnswer["rows"]>;
};

/** Rows of one snapshot, about a thousand at a time, until the scope closes. */
type All<A, E = never> = Effect.Effect<Iterable<readonly A[]>, NotReadable | E, Scope.Scope>;

export class Reading extends Context.Service<
  Reading,
  {
    readonly overview: (
      question: Filter & { readonly by?: OverviewAnswer["by"] },
    ) => Answer<OverviewAnswer, BadFilter>;
    readonly products: (question: ProductsQuestion) => Answer<ProductsAnswer, BadFilter>;
    readonly sales: (question: SalesQuestion) => Answer<SalesAnswer, BadFilter>;
    /** Without its event, which is in the topic. */
    readonly sale: (id: string) => Answer<Omit<SaleAnswer, "event" | "missing">, NoSuchSale>;
    readonly changes: (question: {
      readonly source?: string;
      readonly limit?: number;
      readonly before?: number;
    }) => Answer<ChangesAnswer, BadFilter>;
    readonly waiting: (question: {
      readonly limit?: number;
      readonly after?: string;
    }) => Answer<WaitingAnswer>;
    readonly results: () => Answer<ResultsAnswer>;
    readonly result: (question: {
      readonly name: string;
      readonly limit?: number;
      readonly offset?: number;
    }) => Answer<ResultAnswer, NoSuchAnalysis>;
    /** The tables and columns that a query may read. */
    readonly schema: () => Answer<SchemaAnswer>;
    /** The answer to SQL of a reader; without `limit` more than 10,000 rows are an error. */
    readonly query: (question: QueryQuestion) => Answer<QueryAnswer, BadFilter>;
    /** The whole result, from one snapshot, until the scope closes. */
    readonly allOfResult: (
      name: string,
    ) => Effect.Effect<WholeResult, NotReadable | NoSuchAnalysis, Scope.Scope>;
    /** All sales that meet the filter, in the order in which they came. */
    readonly allSales: (question: Filter) => All<SaleLine, BadFilter>;
    readonly allWaiting: () => All<WaitingLine>;
    /** Sentences in this language. */
    readonly allRejects: (language: Language) => All<RejectLine>;
  }
>()("ventes/analyzer/reading/Reading") {}
