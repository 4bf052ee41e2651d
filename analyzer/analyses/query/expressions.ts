/** Expressions of a parsed query: which of them depend on their row alone, and their text with parts replaced. */
import { type AstNode, type Expr, type Span, VisitorKeys } from "sqlite3-parser";
import { NotLinear } from "./not-linear.ts";

/** Functions of SQLite whose result depends on their arguments alone. The argument 'now' is refused by checkPart. */
const PURE = new Set(
  `abs cast coalesce concat concat_ws date datetime format hex if ifnull iif instr json_extract julianday length like
   lower ltrim nullif printf replace round rtrim sign strftime substr substring time trim typeof unicode unixepoch
   upper`.split(/\s+/),
);
/** With two arguments or more they read one row. With one argument they are aggregates. */
const SCALAR_WITH_TWO = new Set(["max", "min"]);
const AGGREGATES = new Set(["avg", "count", "sum", "total"]);

/**
 * Node types that an expression may consist of. Subqueries, parameters, CURRENT_DATE and the like are not among them.
 */
const PARTS = new Set<AstNode["type"]>([
  "BetweenExpr",
  "BinaryExpr",
  "BlobLiteral",
  "CaseExpr",
  "CastExpr",
  "FunctionCallExpr",
  "FunctionCallStarExpr",
  "Id",
  "InListExpr",
  "IsNullExpr",
  "LikeExpr",
  "Name",
  "NotNullExpr",
  "NullLiteral",
  "NumericLiteral",
  "ParenthesizedExpr",
  "QualifiedExpr",
  "StringLiteral",
  "Type",
  "UnaryExpr",
  "WhenThen",
]);

/** Text that takes the place of a part of the query. */
export interface Edit {
  readonly span: Span;
  readonly text: string;
}

/** The parts of the query's text at `span`, with edits that lie within it. */
export function edited(sql: string, span: Span, edits: readonly Edit[] = []): string {
  let text = "";
  let at = span.offset;
  for (const edit of edits.toSorted((a, b) => a.span.offset - b.span.offset)) {
    text += sql.slice(at, edit.span.offset) + edit.text;
    at = edit.span.offset + edit.span.length;
  }
  return text + sql.slice(at, span.offset + span.length);
}

/** The expressions directly inside a node, without the name of a function. */
export function childrenOf(node: AstNode): readonly AstNode[] {
  const keys = (VisitorKeys as Readonly<Record<string, readonly string[]>>)[node.type] ?? [];
  return keys
    .filter((key) => !(key === "name" && node.type.startsWith("FunctionCall")))
    .flatMap(
      (key) => (node as unknown as Record<string, AstNode | readonly AstNode[] | undefined>)[key] ?? [],
    );
}

export type Call = Extract<Expr, { type: "FunctionCallExpr" | "FunctionCallStarExpr" }>;

export const functionName = (call: Call): string => call.name.name.toLowerCase();

/** SUM, COUNT, AVG or TOTAL over rows. */
export const isAggregate = (node: AstNode): node is Call =>
  (node.type === "FunctionCallExpr" || node.type === "FunctionCallStarExpr") &&
  AGGREGATES.has(functionName(node));

/** Throws NotLinear unless the value of the expression follows from one sale and its parents alone. */
export function checkScalar(node: AstNode): void {
  checkPart(node);
  if (isAggregate(node))
    throw new NotLinear("une fonction d'agrégat dans une autre", "an aggregate inside another expression");
  for (const child of childrenOf(node)) checkScalar(child);
}

/** Checks the node as checkScalar does, but not the expressions inside it, and allows an aggregate. Throws NotLinear. */
export function checkPart(node: AstNode): void {
  if (!PARTS.has(node.type)) {
    const what = /Select|Subquery|Exists|InTable/.test(node.type)
      ? ["une sous-requête", "a subquery"]
      : [node.type, node.type];
    throw new NotLinear(what[0] as string, what[1] as string);
  }
  if (node.type === "FunctionCallExpr" || node.type === "FunctionCallStarExpr") checkCall(node);
  if (node.type === "StringLiteral" && /^(?:now|localtime|utc)$/i.test(node.value.trim()))
    throw new NotLinear(`'${node.value}' dépend du moment`, `'${node.value}' depends on the moment`);
}

function checkCall(call: Call): void {
  const name = functionName(call);
  const args = call.type === "FunctionCallExpr" ? (call.args ?? []) : [];
  const { filterOver } = call;
  if (filterOver?.overClause !== undefined)
    throw new NotLinear("une fenêtre (OVER)", "a window function (OVER)");
  if (AGGREGATES.has(name)) {
    if (call.type === "FunctionCallExpr" && call.distinctness === "Distinct")
      throw new NotLinear(`${name.toUpperCase()}(DISTINCT)`, `${name.toUpperCase()}(DISTINCT)`);
    return;
  }
  const isPure = PURE.has(name) || (SCALAR_WITH_TWO.has(name) && args.length > 1);
  // A date function without an argument for the instant takes the present one.
  const least = name === "strftime" ? 2 : 1;
  if (!isPure || args.length < least)
    throw new NotLinear(
      `la fonction ${name.toUpperCase()} n'est pas une somme`,
      `the function ${name.toUpperCase()} is not a sum`,
    );
}
