/**
 * Recognizes queries that are linear in ventes: each sale adds to their sums and counts, and without that sale they are
 * lower by the same. Such a query is split in two. The core groups sales by the keys and counts and sums them as integers; its results are added
 * up in a table. The view computes the query's own columns, HAVING, ORDER BY and LIMIT from that table.
 */
import type { AstNode, Expr, ResultColumn, Select, SelectFrom } from "sqlite3-parser";
import {
  checkPart,
  checkScalar,
  childrenOf,
  type Edit,
  edited,
  functionName,
  isAggregate,
} from "./expressions.ts";
import { ADDED_UP, shownAggregate } from "./measures.ts";
import { NotLinear, type Words } from "./not-linear.ts";
import { type Source, sourcesOf } from "./sources.ts";

/**
 * Which tables the core reads. `main`: those of the database file. `named`: the temporary tables or views that have
 * their names on the connection.
 */
export type Where = "named" | "main";

export interface Linear {
  /** Columns of the table of kept results: the keys, then _n (the number of sales), then sums and counts. */
  readonly keys: readonly string[];
  readonly counts: readonly string[];
  /** It has one row, also when there is no sale. */
  readonly keyless: boolean;
  /** Over the sales whose rowid is at least the first parameter and below the second; `sign` -1 takes them away. */
  readonly core: (where: Where, sign?: 1 | -1) => string;
  /**
   * The core over a temporary table of added up sales. The table has the column that the sales were grouped by, _n, and
   * the columns of ADDED_UP. SQLite refuses the core when the query needs another column. Undefined: the query needs
   * another sum.
   */
  readonly coreOfAddedUp: ((table: string) => string) | undefined;
  /** The query's result, from the table with this name. */
  readonly view: (table: string) => string;
  /** The names of the result's columns, and how many of them, from the first on, are keys. */
  readonly columns: readonly string[];
  readonly keyColumns: number;
  /**
   * The result is [key,] value, and the value is a sum or the number of sales. Then the first counts are _n and, of a
   * sum, its two halves (sumOfHalves).
   */
  readonly single: "sum" | "count" | undefined;
}

/** Stands for a key that is NULL, because columns of a primary key hold no NULL. No text and no number is equal to it. */
const NULL_KEY = "x''";

/** How the query is kept by delta, or why it cannot be. */
export function linearOf(sql: string, query: Select): Linear | Words {
  try {
    return split(sql, query);
  } catch (error) {
    if (error instanceof NotLinear) return error.words;
    throw error;
  }
}

export const isLinear = (made: Linear | Words): made is Linear => "core" in made;

function split(sql: string, query: Select): Linear {
  const from = plainSelect(query);
  const sources = sourcesOf(sql, from.from);
  const columns = from.columns.map((column) => columnOf(sql, column));
  const grouped = from.groupBy !== undefined;
  const keys = (from.groupBy ?? []).map((term) => groupTerm(term, columns));
  if (!grouped && from.having !== undefined)
    throw new NotLinear("HAVING sans GROUP BY", "HAVING without GROUP BY");
  for (const key of keys) checkScalar(key);
  if (from.whereClause !== undefined) checkScalar(from.whereClause);

  const kept = new Map<string, string>();
  const keep = {
    column: (text: string): string => {
      const name = kept.get(text) ?? `_a${kept.size + 1}`;
      kept.set(text, name);
      return name;
    },
  };
  const keyTexts = keys.map((key) => spaced(edited(sql, key.span)));
  const show = (node: AstNode, aliases: ReadonlySet<string> = new Set()): string =>
    edited(sql, node.span, shownEdits(node, aliases));
  function shownEdits(node: AstNode, aliases: ReadonlySet<string>): readonly Edit[] {
    const key = keyTexts.indexOf(spaced(edited(sql, node.span)));
    if (key >= 0) return [{ span: node.span, text: `NULLIF(_k${key + 1}, ${NULL_KEY})` }];
    if (isAggregate(node)) {
      checkPart(node);
      return [{ span: node.span, text: shownAggregate(sql, node, keep, grouped) }];
    }
    if (node.type === "Id" && aliases.has(node.name.toLowerCase())) return [];
    if (node.type === "Id" || node.type === "QualifiedExpr")
      throw new NotLinear(
        `la colonne ${edited(sql, node.span)} n'est ni dans GROUP BY ni dans une somme`,
        `the column ${edited(sql, node.span)} is neither in GROUP BY nor in a sum`,
      );
    checkPart(node);
    return childrenOf(node).flatMap((child) => shownEdits(child, aliases));
  }

  const aliases = new Set(columns.map(({ name }) => name.toLowerCase()));
  const shown = columns.map(({ expr, name }) => `${show(expr)} AS ${quoted(name)}`);
  const having = from.having === undefined ? "" : ` WHERE ${show(from.having, aliases)}`;
  const order = (query.orderBy ?? []).map(({ expr, order, nulls }) =>
    [
      show(expr, aliases),
      ...(order === "Desc" ? ["DESC"] : []),
      ...(nulls === undefined ? [] : [`NULLS ${nulls}`]),
    ].join(" "),
  );
  const ordered = order.length === 0 ? "" : ` ORDER BY ${order.join(", ")}`;
  const limit = limitOf(sql, query);
  const isKey = columns.map(({ expr }) => !hasAggregate(expr));
  const keyColumns = isKey.indexOf(false) < 0 ? isKey.length : isKey.indexOf(false);
  return {
    keys: keys.length === 0 ? ["_k1"] : keys.map((_, i) => `_k${i + 1}`),
    counts: ["_n", ...kept.values()],
    keyless: !grouped,
    ...coresOf(sql, from, { sources, keys, sums: [...kept.keys()] }),
    view: (table) => `SELECT ${shown.join(", ")} FROM ${quoted(table)}${having}${ordered}${limit}`,
    columns: columns.map(({ name }) => name),
    keyColumns,
    single:
      [having, ordered, limit].join("") === "" ? singleOf(columns, keyColumns, [...kept.keys()]) : undefined,
  };
}

function singleOf(columns: readonly Column[], keyColumns: number, sums: readonly string[]): Linear["single"] {
  const value = columns[keyColumns]?.expr;
  if (keyColumns > 1 || columns.length !== keyColumns + 1 || value === undefined || !isAggregate(value))
    return undefined;
  if (functionName(value) === "count") return sums.length === 0 ? "count" : undefined;
  const isOfAll = sums.every((sum) => sum.startsWith("IFNULL(SUM(") && !sum.includes(" FILTER "));
  return functionName(value) === "sum" && isOfAll ? "sum" : undefined;
}

interface CoreParts {
  readonly sources: readonly Source[];
  readonly keys: readonly Expr[];
  /** The SQL of each sum and count beside _n. */
  readonly sums: readonly string[];
}

function coresOf(
  sql: string,
  from: SelectFrom,
  { sources, keys, sums }: CoreParts,
): Pick<Linear, "core" | "coreOfAddedUp"> {
  const clause = from.from as NonNullable<SelectFrom["from"]>;
  const start = sources[0]?.at.offset ?? 0;
  const stop = clauseEnd(sql, start);
  const keySql = keys.map((key) => edited(sql, key.span));
  const shownKeys = keys.length === 0 ? [`''`] : keySql.map((key) => `IFNULL(${key}, ${NULL_KEY})`);
  const tables = (nameOf: (source: Source) => string, edits: readonly Edit[] = []) =>
    edited(sql, { ...clause.span, offset: start, length: stop - start }, [
      ...sources.map((source) => ({ span: source.at, text: nameOf(source) })),
      ...edits,
    ]);
  const condition = from.whereClause === undefined ? "" : `(${edited(sql, from.whereClause.span)}) AND `;
  const sales = sources[0]?.name ?? "";

  const core: Linear["core"] = (where, sign = 1) => {
    const minus = sign === 1 ? "" : "-";
    const from = tables(({ at, table }) => (where === "main" ? `main.${table}` : edited(sql, at)));
    const group = keys.length === 0 ? "" : ` GROUP BY ${keys.map((_, i) => i + 1).join(", ")}`;
    const selected = [...shownKeys, `${minus}COUNT(*)`, ...sums.map((sum) => minus + sum)];
    const range = `${sales}.rowid >= ? AND ${sales}.rowid < ?`;
    return `SELECT ${selected.join(", ")} FROM ${from} WHERE ${condition}${range}${group}`;
  };

  const added = sums.map((sum) => ADDED_UP.get(sum.replaceAll(`${sales}.`, "")));
  if (added.includes(undefined)) return { core, coreOfAddedUp: undefined };
  return {
    core,
    coreOfAddedUp: (addedUp) => {
      const nameOf = ({ table, name, hasAlias }: Source) =>
        table === "ventes" ? `temp.${addedUp}${hasAlias ? "" : ` AS ${name}`}` : `main.${table}`;
      // SQLite reads the tables of a CROSS JOIN in their order: otherwise it might read all products for one sale.
      const joins = sources.flatMap(({ join }) =>
        join === undefined ? [] : [{ span: join, text: "CROSS JOIN" }],
      );
      const from = tables(nameOf, joins);
      // By the keys as they are written: the order of the table can serve then, without a sort.
      const group = keys.length === 0 ? "" : ` GROUP BY ${keySql.join(", ")}`;
      const selected = [...shownKeys, ...["_n", ...added].map((column) => `IFNULL(SUM(${column}), 0)`)];
      return `SELECT ${selected.join(", ")} FROM ${from} WHERE ${condition}TRUE${group}`;
    },
  };
}

/** Where FROM ends: at the next clause, or at the end of the query. No name of a table or key contains these words. */
function clauseEnd(sql: string, start: number): number {
  const tail = /\b(?:WHERE|GROUP\s+BY|HAVING|ORDER\s+BY|LIMIT)\b/i.exec(sql.slice(start));
  return tail === null ? sql.length : start + tail.index;
}

function plainSelect(query: Select): SelectFrom {
  if (query.with !== undefined) throw new NotLinear("WITH", "WITH");
  if (query.compounds !== undefined) throw new NotLinear("UNION et les siens", "UNION and the like");
  const { select } = query;
  if (select.type !== "SelectFrom") throw new NotLinear("VALUES", "VALUES");
  if (select.distinctness === "Distinct") throw new NotLinear("DISTINCT", "DISTINCT");
  if (select.windowClause !== undefined) throw new NotLinear("une fenêtre (WINDOW)", "a window (WINDOW)");
  return select;
}

interface Column {
  readonly expr: Expr;
  readonly name: string;
  readonly hasAlias: boolean;
}

/** A column of the result, with the name that SQLite gives it. */
function columnOf(sql: string, column: ResultColumn): Column {
  if (column.type !== "ExprResultColumn") throw new NotLinear("SELECT *", "SELECT *");
  const { expr, alias } = column;
  if (alias !== undefined) return { expr, name: unquoted(edited(sql, alias.name.span)), hasAlias: true };
  if (expr.type === "Id") return { expr, name: expr.name, hasAlias: false };
  if (expr.type === "QualifiedExpr") return { expr, name: expr.column.text, hasAlias: false };
  return { expr, name: edited(sql, expr.span), hasAlias: false };
}

/** A term of GROUP BY: the number of a column, its alias, or an expression. */
function groupTerm(term: Expr, columns: readonly Column[]): Expr {
  if (term.type === "NumericLiteral") {
    const column = columns[Number(term.value) - 1];
    if (column !== undefined) return column.expr;
  }
  // SQLite takes a column of a table before an alias: an alias of another name means its expression.
  const named = columns.find(({ hasAlias, name }) => hasAlias && term.type === "Id" && name === term.name);
  return named === undefined || TABLE_COLUMNS.has(named.name.toLowerCase()) ? term : named.expr;
}

/** Names of columns of ventes, produits and magasins, which an alias of the same name does not hide in GROUP BY. */
const TABLE_COLUMNS = new Set(
  `id_vente id_produit id_magasin date_vente quantité chiffre_affaires prix quantite_millioniemes ca_millioniemes
   prix_millioniemes origine origine_ca extras source line offset nom date_effet ville`.split(/\s+/),
);

function limitOf(sql: string, { limit }: Select): string {
  if (limit === undefined) return "";
  for (const part of [limit.expr, limit.offset])
    if (part !== undefined && part.type !== "NumericLiteral") throw new NotLinear("LIMIT", "LIMIT");
  const offset = limit.offset === undefined ? "" : ` OFFSET ${edited(sql, limit.offset.span)}`;
  return ` LIMIT ${edited(sql, limit.expr.span)}${offset}`;
}

const hasAggregate = (node: AstNode): boolean => isAggregate(node) || childrenOf(node).some(hasAggregate);

const spaced = (text: string): string => text.replace(/\s+/g, " ").trim();

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

const unquoted = (name: string): string =>
  /^["'`[]/.test(name) ? name.slice(1, -1).replaceAll('""', '"') : name;
