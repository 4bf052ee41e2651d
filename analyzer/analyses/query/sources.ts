/** The tables behind FROM, when each sale is joined to its own product and shop and to nothing else. */
import type { Expr, FromClause, JoinConstraint, SelectTable, Span } from "sqlite3-parser";
import { edited } from "./expressions.ts";
import { NotLinear } from "./not-linear.ts";

/** The tables that a sale refers to, by the key of the reference. */
const KEYS: Readonly<Record<string, string>> = { produits: "id_produit", magasins: "id_magasin" };

/** INNER, and LEFT [OUTER]. A sale always has its product and its shop, so that both mean the same here. */
const JOINS: ReadonlySet<number | undefined> = new Set([undefined, 1, 8, 40]);

export interface Source {
  readonly table: string;
  /** What the query calls it. */
  readonly name: string;
  readonly hasAlias: boolean;
  /** Where its name stands in the text. */
  readonly at: Span;
  /** Where JOIN, INNER JOIN or LEFT JOIN stands before it; undefined: it is the first. */
  readonly join: Span | undefined;
}

/** The sales first. Throws NotLinear. */
export function sourcesOf(sql: string, from: FromClause | undefined): readonly Source[] {
  if (from?.select === undefined) throw new NotLinear("pas de table ventes", "no table ventes");
  const sales = sourceOf(sql, from.select, undefined);
  if (sales.table !== "ventes")
    throw new NotLinear(
      `la requête part de ${sales.table} et non de ventes`,
      `the query starts from ${sales.table} and not from ventes`,
    );
  const sources = [sales];
  for (const { operator, table, constraint } of from.joins ?? []) {
    const parent = sourceOf(sql, table, operator.span);
    const key = KEYS[parent.table];
    if (key === undefined || sources.some((one) => one.table === parent.table))
      throw new NotLinear(`une jointure avec ${parent.table}`, `a join with ${parent.table}`);
    const isPlain = operator.type === "TypedJoinJoinOperator" && JOINS.has(operator.joinType);
    if (!isPlain || !isByKey(sql, constraint, key, [sales.name, parent.name]))
      throw new NotLinear(
        `${parent.table} n'est pas joint par ${key} seul`,
        `${parent.table} is not joined by ${key} alone`,
      );
    sources.push(parent);
  }
  return sources;
}

function sourceOf(sql: string, table: SelectTable, join: Span | undefined): Source {
  if (table.type !== "TableSelectTable")
    throw new NotLinear("une sous-requête dans FROM", "a subquery in FROM");
  const { objName, dbName } = table.tblName;
  const at =
    dbName === undefined
      ? objName.span
      : {
          ...objName.span,
          offset: dbName.span.offset,
          length: objName.span.offset + objName.span.length - dbName.span.offset,
        };
  if (dbName !== undefined)
    throw new NotLinear(
      `${edited(sql, at)} : écrivez la table sans main.`,
      `${edited(sql, at)}: write the table without main.`,
    );
  const alias = table.alias === undefined ? objName.span : table.alias.name.span;
  const hasAlias = table.alias !== undefined;
  return { table: objName.text.toLowerCase(), name: edited(sql, alias), hasAlias, at, join };
}

/** USING (key), or ON with the equality of both keys. */
function isByKey(
  sql: string,
  constraint: JoinConstraint | undefined,
  key: string,
  names: readonly [sales: string, parent: string],
): boolean {
  if (constraint === undefined) return false;
  if (constraint.type === "UsingJoinConstraint")
    return constraint.columns.length === 1 && constraint.columns[0]?.text.toLowerCase() === key;
  const { expr } = constraint;
  if (expr.type !== "BinaryExpr" || expr.op !== "Equals") return false;
  const text = (side: Expr): string => edited(sql, side.span).toLowerCase().replace(/\s+/g, "");
  const sides = new Set([text(expr.left), text(expr.right)]);
  return names.every((name) => sides.has(`${name}.${key}`.toLowerCase()));
}
