/**
 * Sums as exact integers. The database stores amounts, prices and quantities as integers of millionths, and the sums of
 * a query are rewritten to read these. A sum is kept as two halves, SUM(x / 2^31) and SUM(x % 2^31). Neither overflows
 * 64 bits below four billion sales, and subtracting a sale undoes its addition exactly.
 */
import type { Expr } from "sqlite3-parser";
import { type Call, checkScalar, edited, functionName } from "./expressions.ts";
import { NotLinear } from "./not-linear.ts";

const STORED: Readonly<Record<string, string>> = {
  quantité: "quantite_millioniemes",
  chiffre_affaires: "ca_millioniemes",
  prix: "prix_millioniemes",
};

/**
 * The type of the sum in SQL. `amount`: a double. `quantity`: an integer, or a double when a value has a fraction.
 * `integer`: an integer.
 */
type Kind = "amount" | "quantity" | "integer";

interface Measure {
  /** Its value in millionths, as SQL. */
  readonly sql: string;
  readonly kind: Kind;
  /** It is never NULL. */
  readonly always: boolean;
}

/** A low half is below it. */
export const HALF = 2_147_483_648;

/** The sum in millionths, from its two halves. */
export const sumOfHalves = (high: bigint, low: bigint): bigint => high * BigInt(HALF) + low;

const sumSql = (value: string, filter = ""): string => `IFNULL(SUM(${value})${filter}, 0)`;
const highHalf = (value: string): string => `${value} / ${HALF}`;
const lowHalf = (value: string): string => `${value} % ${HALF}`;
const isFraction = (value: string): string => `${value} % 1000000 <> 0`;

/** The sums in the tables of added up sales: by the SQL over sales that fills a column, the name of the column. */
export const ADDED_UP: ReadonlyMap<string, string> = new Map([
  [sumSql(highHalf("ca_millioniemes")), "_ca_high"],
  [sumSql(lowHalf("ca_millioniemes")), "_ca_low"],
  [sumSql(highHalf("quantite_millioniemes")), "_quantite_high"],
  [sumSql(lowHalf("quantite_millioniemes")), "_quantite_low"],
  [sumSql(isFraction("quantite_millioniemes")), "_fractions"],
]);

/** Collects the columns of the table of kept results, each with the SQL over sales that fills it. */
interface Accumulators {
  /** The name of the column for this SQL, which gives an integer. */
  readonly column: (sql: string) => string;
}

/** The SQL that computes an aggregate of the query from the table of kept results. Throws NotLinear. */
export function shownAggregate(sql: string, call: Call, keep: Accumulators, grouped: boolean): string {
  const name = functionName(call);
  const filter = call.filterOver?.filterClause;
  if (filter !== undefined) checkScalar(filter);
  const only = filter === undefined ? "" : ` FILTER (WHERE ${edited(sql, filter.span)})`;
  const args = call.type === "FunctionCallExpr" ? (call.args ?? []) : [];
  const [arg] = args;
  if (name === "count" && arg === undefined) return only === "" ? "_n" : keep.column(`COUNT(*)${only}`);
  if (arg === undefined || args.length > 1)
    throw new NotLinear(`${name} sans argument`, `${name} without an argument`);
  checkScalar(arg);
  if (name === "count") return keep.column(`COUNT(${edited(sql, arg.span)})${only}`);

  const measure = measureOf(sql, arg);
  const sum = (value: string) => keep.column(sumSql(value, only));
  const millionths = `(${sum(highHalf(measure.sql))} * ${HALF} + ${sum(lowHalf(measure.sql))})`;
  const count = measure.always && only === "" ? "_n" : keep.column(`COUNT(${measure.sql})${only}`);
  if (name === "total") return `(${millionths} / 1e6)`;
  const orNull = (value: string, certain: boolean) =>
    certain ? `(${value})` : `(CASE WHEN ${count} > 0 THEN ${value} END)`;
  if (name === "avg") return orNull(`${millionths} / 1e6 / ${count}`, false);
  const whole = `${millionths} / 1000000`;
  const isCertain = count === "_n" && grouped;
  if (measure.kind === "amount") return orNull(`${millionths} / 1e6`, isCertain);
  if (measure.kind === "integer") return orNull(whole, isCertain);
  const fractions = sum(isFraction(measure.sql));
  return orNull(`CASE ${fractions} WHEN 0 THEN ${whole} ELSE ${millionths} / 1e6 END`, isCertain);
}

/** The argument of a SUM, AVG or TOTAL in millionths. Throws NotLinear when it cannot be computed in integers. */
function measureOf(sql: string, expr: Expr): Measure {
  switch (expr.type) {
    case "Id":
      return columnOf(expr.name, "");
    case "QualifiedExpr":
      return columnOf(expr.column.text, `${edited(sql, expr.table.span)}.`);
    case "NumericLiteral":
      return literalOf(expr.value);
    case "NullLiteral":
      return { sql: "NULL", kind: "integer", always: false };
    case "ParenthesizedExpr":
      if (expr.exprs.length !== 1) break;
      return measureOf(sql, expr.exprs[0] as Expr);
    case "UnaryExpr": {
      const inner = measureOf(sql, expr.expr);
      if (expr.op === "Negative") return { ...inner, sql: `(-${inner.sql})` };
      if (expr.op === "Positive") return inner;
      break;
    }
    case "CaseExpr": {
      const base = expr.base === undefined ? "" : ` ${edited(sql, expr.base.span)}`;
      const then = expr.whenThenPairs.map((pair) => measureOf(sql, pair.then));
      const otherwise = expr.elseExpr === undefined ? undefined : measureOf(sql, expr.elseExpr);
      const whens = expr.whenThenPairs.map(
        ({ when }, i) => ` WHEN ${edited(sql, when.span)} THEN ${then[i]?.sql}`,
      );
      const last = otherwise === undefined ? "" : ` ELSE ${otherwise.sql}`;
      return {
        sql: `(CASE${base}${whens.join("")}${last} END)`,
        ...joined([...then, otherwise ?? { kind: "integer", always: false }]),
      };
    }
    default:
  }
  throw new NotLinear(
    `la somme de « ${edited(sql, expr.span)} » n'est pas celle d'une colonne`,
    `the sum of "${edited(sql, expr.span)}" is not that of a column`,
  );
}

function columnOf(name: string, qualifier: string): Measure {
  const folded = name.normalize("NFC").toLowerCase();
  const stored = STORED[folded];
  if (stored === undefined)
    throw new NotLinear(
      `la somme de ${name} : seuls quantité, chiffre_affaires et prix se tiennent en entiers`,
      `the sum of ${name}: only quantité, chiffre_affaires and prix are kept as integers`,
    );
  return {
    sql: `${qualifier}${stored}`,
    kind: folded === "quantité" ? "quantity" : "amount",
    always: folded !== "prix",
  };
}

function literalOf(text: string): Measure {
  const [, whole, fraction = ""] = /^(\d{1,9})(?:\.(\d{1,6}))?$/.exec(text) ?? [];
  if (whole === undefined) throw new NotLinear(`le nombre ${text}`, `the number ${text}`);
  return {
    sql: `${whole}${fraction.padEnd(6, "0")}`,
    kind: text.includes(".") ? "amount" : "integer",
    always: true,
  };
}

const KINDS: readonly Kind[] = ["integer", "quantity", "amount"];

/** The kind of a CASE from the kinds of its branches, and whether it is never NULL. */
const joined = (measures: readonly Pick<Measure, "kind" | "always">[]): Pick<Measure, "kind" | "always"> => ({
  kind: KINDS[Math.max(...measures.map(({ kind }) => KINDS.indexOf(kind)))] ?? "amount",
  always: measures.every(({ always }) => always),
});
