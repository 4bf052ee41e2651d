/**
 * The API as one HttpApi: every path with its question, its answer and its errors. The server answers it, and makes
 * /api/openapi.json of it.
 */

import * as HttpApi from "effect/http-api/HttpApi";
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint";
import * as HttpApiGroup from "effect/http-api/HttpApiGroup";
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware";
import * as HttpApiSchema from "effect/http-api/HttpApiSchema";
import * as OpenApi from "effect/http-api/OpenApi";
import * as Schema from "effect/Schema";
import { ownAnalyses } from "./analysis-writes.ts";
import { error } from "./errors.ts";
import {
  ChangesAnswer,
  OverviewAnswer,
  PRODUCT_SORTS,
  ProductsAnswer,
  ResultAnswer,
  ResultsAnswer,
  SaleAnswer,
  SalesAnswer,
  WaitingAnswer,
} from "./figures.ts";
import { After, Filters, Lang, limit, numberBetween, Offset } from "./filters.ts";
import { HistoryAnswer } from "./history.ts";
import { QueryAnswer, SchemaAnswer } from "./queries.ts";
import { session, sources } from "./writes.ts";

const BadQuestion = error(
  400,
  "A parameter cannot be read, or names something that does not exist: the sentence names it.",
);
const NotFound = error(404, "The sale, the analysis or the file does not exist.");
const NoDatabase = error(
  503,
  "There is no database yet, it cannot be read now, or too many exports run: ask again.",
);

const OtherSite = error(403, "Another web site asks for SQL: a reader must ask for it.");

const errors = [BadQuestion, NoDatabase];

/** Turns the error of a parameter that cannot be decoded into a sentence. */
export class Sentences extends HttpApiMiddleware.Service<Sentences>()("ventes/analyzer/api/Sentences", {
  error: BadQuestion,
}) {}

const figures = HttpApiGroup.make("figures").add(
  HttpApiEndpoint.get("overview", "/api/overview", {
    query: { ...Filters, by: Schema.optionalKey(Schema.Literals(["day", "week", "month"])) },
    success: OverviewAnswer,
    error: errors,
  }).annotate(OpenApi.Description, "Totals, the periods to compare with, a series, cities and shops."),
  HttpApiEndpoint.get("products", "/api/products", {
    query: {
      ...Filters,
      search: Schema.optionalKey(
        Schema.String.annotate({
          description: "A part of the name or the id; case and accents do not count.",
        }),
      ),
      sort: Schema.optionalKey(Schema.Literals(PRODUCT_SORTS)),
      order: Schema.optionalKey(Schema.Literals(["asc", "desc"])),
      ...limit(1_000),
      ...Offset,
    },
    success: ProductsAnswer,
    error: errors,
  }).annotate(OpenApi.Description, "The products that were sold, sorted, searched and paged."),
  HttpApiEndpoint.get("sales", "/api/sales", {
    query: { ...Filters, ...limit(1_000), ...After },
    success: SalesAnswer,
    error: errors,
  }).annotate(
    OpenApi.Description,
    "The sales behind a figure, with the price applied, the file and the line.",
  ),
  HttpApiEndpoint.get("sale", "/api/sale", {
    query: { id: Schema.String, ...Lang },
    success: SaleAnswer,
    error: [...errors, NotFound],
  }).annotate(
    OpenApi.Description,
    "One sale: its file and line, what its sources say of it, and its event in the topic.",
  ),
  HttpApiEndpoint.get("changes", "/api/changes", {
    query: {
      source: Filters.source,
      ...limit(1_000),
      before: Schema.optionalKey(numberBetween(1, Number.MAX_SAFE_INTEGER)),
    },
    success: ChangesAnswer,
    error: errors,
  }).annotate(OpenApi.Description, "What changed: the changes of each source, with rows and money."),
  HttpApiEndpoint.get("history", "/api/history", {
    query: { source: Schema.String },
    success: HistoryAnswer,
    error: errors,
  }).annotate(
    OpenApi.Description,
    "What became of the versions of a source: applied, held, not readable, decided by a person.",
  ),
  HttpApiEndpoint.get("waiting", "/api/waiting", {
    query: { ...limit(1_000), ...After },
    success: WaitingAnswer,
    error: errors,
  }).annotate(OpenApi.Description, "Sales that do not count yet: their product, shop or price is missing."),
);

/** These names never change, because a workbook may refresh its data from their addresses. */
export const EXPORT_TABLES = [
  "sales",
  "by-day",
  "by-week",
  "by-month",
  "by-city",
  "by-shop",
  "by-product",
  "analysis",
  "query",
  "waiting",
  "rejects",
] as const;
export const EXPORT_FORMATS = ["csv", "excel.csv", "json", "xlsx"] as const;

const exports = HttpApiGroup.make("exports").add(
  HttpApiEndpoint.get("export", "/export/:file", {
    params: {
      file: Schema.String.annotate({
        description: `A table and a format, such as by-city.xlsx. Tables: ${EXPORT_TABLES.join(", ")}. Formats: ${EXPORT_FORMATS.join(", ")}; a French Excel opens excel.csv as it is.`,
      }),
    },
    query: {
      ...Filters,
      ...Lang,
      name: Schema.optionalKey(
        Schema.String.annotate({ description: "For the table analysis: the name of one." }),
      ),
      sql: Schema.optionalKey(
        Schema.String.annotate({ description: "For the table query: a SELECT, of at most 10,000 rows." }),
      ),
    },
    success: HttpApiSchema.StreamUint8Array(),
    error: [...errors, NotFound, OtherSite],
  }).annotate(OpenApi.Description, "A whole table as a file. Filters count for sales and the tables by-..."),
);

const results = HttpApiGroup.make("results").add(
  HttpApiEndpoint.get("results", "/api/results", { success: ResultsAnswer, error: errors }).annotate(
    OpenApi.Description,
    "The analyses.",
  ),
  HttpApiEndpoint.get("result", "/api/result", {
    query: { name: Schema.String, ...limit(1_000), ...Offset },
    success: ResultAnswer,
    error: [...errors, NotFound],
  }).annotate(OpenApi.Description, "The result of one analysis."),
);

const queries = HttpApiGroup.make("queries").add(
  HttpApiEndpoint.get("schema", "/api/schema", { success: SchemaAnswer, error: errors }).annotate(
    OpenApi.Description,
    "The tables and columns that a query may read.",
  ),
  HttpApiEndpoint.get("query", "/api/query", {
    query: { sql: Schema.String, ...limit(1_000), ...Lang },
    success: QueryAnswer,
    error: [...errors, OtherSite],
  }).annotate(
    OpenApi.Description,
    "The answer to one SELECT, read-only, within 5 s, 10,000 rows and 128 MiB.",
  ),
);

export const Api = HttpApi.make("ventes")
  .add(results, figures, queries, exports, session, sources, ownAnalyses)
  .middleware(Sentences)
  .annotateMerge(
    OpenApi.annotations({
      title: "ventes",
      version: "1",
      description:
        "The figures of the database, each answer from one snapshot, as of `commit`; and what the page changes.",
    }),
  );
