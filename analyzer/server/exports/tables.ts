/** The tables that can be exported, each from the read side. */
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import type { Language } from "#shared/runtime/settings.ts";
import type { EXPORT_TABLES } from "../../api/api.ts";
import type { Filter } from "../../api/filters.ts";
import type { BadFilter, NoSuchAnalysis, NotReadable, Reading, WholeResult } from "../../reading/reading.ts";
import { type Cell, type Column, day, number, type Table, tableOf, text } from "./table.ts";

type TableName = (typeof EXPORT_TABLES)[number];

const SUMS: readonly Column[] = [
  number("revenue", "Chiffre d'affaires", "Revenue"),
  number("quantity", "Quantité", "Quantity"),
  number("sales", "Ventes", "Sales"),
];

const SALES: readonly Column[] = [
  text("id", "Vente", "Sale"),
  day("date", "Date", "Date"),
  text("product", "Produit", "Product"),
  text("name", "Nom du produit", "Name of the product"),
  text("shop", "Magasin", "Shop"),
  text("city", "Ville", "City"),
  number("quantity", "Quantité", "Quantity"),
  number("price", "Prix unitaire", "Unit price"),
  number("revenue", "Chiffre d'affaires", "Revenue"),
  text("origin", "Origine du montant", "Origin of the amount"),
  day("priceFrom", "Prix depuis le", "Price since"),
  text("source", "Fichier", "File"),
  number("line", "Ligne", "Line"),
];

const WAITING: readonly Column[] = [
  text("id", "Vente", "Sale"),
  day("date", "Date", "Date"),
  text("product", "Produit", "Product"),
  text("shop", "Magasin", "Shop"),
  number("quantity", "Quantité", "Quantity"),
  number("amount", "Montant", "Amount"),
  text("waits", "Attend", "Waits for"),
  text("source", "Fichier", "File"),
  number("line", "Ligne", "Line"),
];

const REJECTS: readonly Column[] = [
  text("entity", "Contenu", "Entity"),
  text("source", "Fichier", "File"),
  number("line", "Ligne", "Line"),
  text("code", "Code", "Code"),
  text("sentence", "Raison", "Reason"),
  text("raw", "Texte", "Text"),
];

export interface TableQuestion {
  readonly table: TableName;
  readonly filter: Filter;
  readonly language: Language;
  /** Of the analysis, for the table of one. */
  readonly name: string;
  /** For the table of a query. */
  readonly sql: string;
}

/** Opens a table; it can be read until the scope closes. */
export function openTable(
  reading: Reading["Service"],
  { table, filter, language, name, sql }: TableQuestion,
): Effect.Effect<Table, NotReadable | BadFilter | NoSuchAnalysis, Scope.Scope> {
  switch (table) {
    case "sales":
      return reading.allSales(filter).pipe(Effect.map((rows) => tableOf(SALES, rows)));
    case "by-product":
      return reading
        .products({ ...filter, limit: Number.MAX_SAFE_INTEGER })
        .pipe(
          Effect.map(({ rows }) =>
            tableOf(
              [text("product", "Produit", "Product"), text("name", "Nom", "Name"), ...SUMS],
              inParts(rows.filter(({ sales }) => sales > 0)),
            ),
          ),
        );
    case "by-day":
    case "by-week":
    case "by-month": {
      const by = table === "by-day" ? "day" : table === "by-week" ? "week" : "month";
      return reading
        .overview({ ...filter, by })
        .pipe(
          Effect.map(({ series }) => tableOf([day("from", "À partir du", "From"), ...SUMS], inParts(series))),
        );
    }
    case "by-city":
      return reading
        .overview(filter)
        .pipe(Effect.map(({ cities }) => tableOf([text("city", "Ville", "City"), ...SUMS], inParts(cities))));
    case "by-shop":
      return reading
        .overview(filter)
        .pipe(
          Effect.map(({ shops }) =>
            tableOf(
              [text("shop", "Magasin", "Shop"), text("city", "Ville", "City"), ...SUMS],
              inParts(shops),
            ),
          ),
        );
    case "analysis":
      return reading
        .allOfResult(name)
        .pipe(Effect.map(({ analysis, columns, rows }) => ({ columns: columnsOf(analysis, columns), rows })));
    case "query":
      return reading.query({ sql }).pipe(
        Effect.map(({ columns, rows }) => ({
          columns: columns.map((name, i) =>
            columnOf(
              name,
              rows.map((row) => row[i] ?? null),
            ),
          ),
          rows: inParts(rows),
        })),
      );
    case "waiting":
      return reading.allWaiting().pipe(Effect.map((pages) => tableOf(WAITING, withWords(pages))));
    case "rejects":
      return reading.allRejects(language).pipe(Effect.map((rows) => tableOf(REJECTS, rows)));
  }
}

/** The columns of an analysis: its keys are texts or days, its values what their units say. */
function columnsOf({ keys, units }: WholeResult["analysis"], names: readonly string[]): readonly Column[] {
  return names.map((name, i) => {
    const unit = units[i - keys] ?? (/^(?:jour|date)(?:_|$)/.test(name) ? "jour" : "texte");
    const column = unit === "jour" ? day : unit === "texte" ? text : number;
    return column(name, name, name);
  });
}

const DAY = /^\d{4}-\d\d-\d\d$/;

/** The column of a query, by its values. */
function columnOf(name: string, values: readonly Cell[]): Column {
  const known = values.filter((value) => value !== null);
  if (known.length > 0 && known.every((value) => typeof value === "number")) return number(name, name, name);
  const areDays = known.length > 0 && known.every((value) => DAY.test(String(value)));
  return areDays ? day(name, name, name) : text(name, name, name);
}

/** Rows of a table that are written at a time. */
const PART = 1_000;

function* inParts<A>(rows: readonly A[]): Generator<readonly A[], void, void> {
  for (let i = 0; i < rows.length; i += PART) yield rows.slice(i, i + PART);
}

function* withWords<A extends { readonly waitsFor: readonly string[] }>(pages: Iterable<readonly A[]>) {
  for (const page of pages) yield page.map((row) => ({ ...row, waits: row.waitsFor.join(", ") }));
}
