/** What a database would lose if all claims of some sources were deleted: their rows, and the money of the sales. */
import * as Effect from "effect/Effect";
import type { Language } from "../runtime/settings.ts";
import { OPERATOR_LIMITS, runSql, type SqlFailure, type SqlValue } from "./guarded-sql/run.ts";
import { type ListSales, repriced } from "./list-sales.ts";
import { pricePointsIn } from "./price-points.ts";
import type { Sqlite } from "./sqlite.ts";

/** Rows that these sources alone brought. Amounts are in the currency of the database. */
export interface Withdrawal {
  readonly ventes: number;
  readonly produits: number;
  readonly magasins: number;
  /** Sales that wait for their product or shop, and are in no figure: they go too. */
  readonly orphelins: number;
  /** Of the sales that go. */
  readonly amount: number;
  /** Sales of other sources that would wait, because their product or shop goes. */
  readonly waiting: number;
  /** Prices that go, and how many sales are computed with others then; absent: no sale that stays is computed with them, or it was not counted. */
  readonly prices?: number;
  readonly repriced?: number;
  /** Total revenue now, and afterwards. null: prices go that other sales are computed with, and it was not counted. */
  readonly total: number;
  readonly after: number | null;
}

/** Of which everything was counted. */
export interface WholeWithdrawal extends Withdrawal {
  readonly after: number;
}

/** The row is of one of the sources, and no other source has a claim on it (rule 8). `table`: where the rows of the entity are. */
const gone = (entity: string, key: string, table = entity): string => `
  SELECT ${key} FROM ${table} WHERE source IN (SELECT value FROM json_each(:sources))
    AND NOT EXISTS (SELECT 1 FROM claims WHERE claims.entity = '${entity}' AND claims.key = ${table}.${key}
                    AND claims.source NOT IN (SELECT value FROM json_each(:sources)))`;

const QUERY = `
  WITH v AS MATERIALIZED (${gone("ventes", "id_vente")}),
       p AS MATERIALIZED (${gone("produits", "id_produit")}),
       m AS MATERIALIZED (${gone("magasins", "id_magasin")}),
       others AS MATERIALIZED (
         SELECT ca_millioniemes, id_produit IN (SELECT id_produit FROM p) OR id_magasin IN (SELECT id_magasin FROM m) AS waits
         FROM ventes WHERE id_vente NOT IN (SELECT id_vente FROM v))
  SELECT (SELECT COUNT(*) FROM v) AS ventes, (SELECT COUNT(*) FROM p) AS produits, (SELECT COUNT(*) FROM m) AS magasins,
         (SELECT COUNT(*) FROM (${gone("ventes", "id_vente", "orphelins")})) AS orphelins,
         (SELECT IFNULL(SUM(ca_millioniemes), 0) FROM ventes) AS total,
         (SELECT IFNULL(SUM(ca_millioniemes), 0) FROM ventes WHERE id_vente IN (SELECT id_vente FROM v)) AS amount,
         (SELECT COUNT(*) FROM others WHERE waits) AS waiting,
         (SELECT IFNULL(SUM(ca_millioniemes), 0) FROM others WHERE NOT waits) AS after,
         EXISTS (SELECT 1 FROM prix JOIN ventes USING (id_produit)
                 WHERE prix.source IN (SELECT value FROM json_each(:sources)) AND origine = 2
                   AND id_produit NOT IN (SELECT id_produit FROM p)
                   AND id_vente NOT IN (SELECT id_vente FROM v)) AS reprices`;

/** `sources`: their ids. In one transaction. Costs a pass over the sales, during which its thread does nothing else. */
export const withdrawalOf = (db: Sqlite, sources: readonly string[]): WholeWithdrawal =>
  db.transaction((): WholeWithdrawal => {
    const row = db.prepare(QUERY).get({ sources: JSON.stringify(sources) }) as Row;
    const known = { ...asWithdrawal(row), after: row.after / 1e6 };
    if (row.reprices === 0) return known;
    const { prices, sales, difference } = repricedWithout(db, sources);
    return { ...known, prices, repriced: sales, after: (row.after + Number(difference)) / 1e6 };
  })();

const POINTS_GONE = `
  SELECT COUNT(*) FROM prix WHERE source IN (SELECT value FROM json_each(:sources))`;
const PRODUCTS = `
  SELECT DISTINCT id_produit FROM prix
  WHERE source IN (SELECT value FROM json_each(:sources)) AND id_produit NOT IN (${gone("produits", "id_produit")})`;
/** Of one product: those that go themselves, or would wait for their shop, are in the other counts. */
const STAYING = `
  SELECT date_vente AS day, quantite_millioniemes AS quantity, ca_millioniemes AS revenue, COUNT(*) AS sales
  FROM ventes
  WHERE origine = 2 AND id_produit = :id AND id_vente NOT IN (${gone("ventes", "id_vente")})
    AND id_magasin NOT IN (${gone("magasins", "id_magasin")})
  GROUP BY 1, 2, 3`;

/** What becomes of the sales that stay when the prices of these sources go: those of the others hold again. */
function repricedWithout(db: Sqlite, sources: readonly string[]) {
  const among = { sources: JSON.stringify(sources) };
  const [points, staying] = [pricePointsIn(db), db.prepare(STAYING).safeIntegers()];
  let [sales, difference] = [0, 0n];
  for (const id of db.prepare(PRODUCTS).pluck().all(among) as string[]) {
    const left = points(id).filter(({ source }) => !sources.includes(source));
    const found = repriced(staying.all({ ...among, id }) as ListSales[], left);
    sales += found.sales;
    difference += found.after - found.before;
  }
  return { prices: db.prepare(POINTS_GONE).pluck().get(among) as number, sales, difference };
}

/** As `withdrawalOf`, in another process, so that this one goes on. `file`: an existing database of ventes. */
export const withdrawalApart = Effect.fnUntraced(function* (
  file: string,
  sources: readonly string[],
  language: Language,
): Effect.fn.Return<Withdrawal, SqlFailure> {
  const literal = `'${JSON.stringify(sources).replaceAll("'", "''")}'`;
  const sql = QUERY.replaceAll(":sources", () => literal);
  let names: readonly string[] = [];
  let values: readonly SqlValue[] = [];
  yield* runSql(
    { file, sql, limits: OPERATOR_LIMITS, language },
    {
      columns: (columns) => {
        names = columns;
      },
      rows: ([row = []]) => {
        values = row;
      },
      end: () => {},
    },
  );
  return asWithdrawal(Object.fromEntries(names.map((name, i) => [name, Number(values[i])])) as Row);
});

/** A row of QUERY. Amounts are in millionths. */
type Row = Omit<Withdrawal, "after"> & { readonly after: number; readonly reprices: number };

function asWithdrawal({ reprices, amount, total, after, ...counts }: Row): Withdrawal {
  return {
    ventes: counts.ventes,
    produits: counts.produits,
    magasins: counts.magasins,
    orphelins: counts.orphelins,
    waiting: counts.waiting,
    amount: amount / 1e6,
    total: total / 1e6,
    after: reprices === 1 ? null : after / 1e6,
  };
}
