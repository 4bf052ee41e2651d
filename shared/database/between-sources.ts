/** What the sources of sales in a database have in common: ids that name different sales, and equal sales (rules 6 and 23). */
import type { Sqlite } from "./sqlite.ts";

/** Ids of sales that two sources state, and how many of these name another day, product or shop in each. source < other. */
export interface SharedIds {
  readonly source: string;
  readonly other: string;
  readonly ids: number;
  readonly differing: number;
}

/** Days on which two sources have as many sales, of equal products, shops and quantities under other ids. source < other. */
export interface EqualDays {
  readonly source: string;
  readonly other: string;
  readonly days: readonly string[];
  /** Sales of each of the two on these days. */
  readonly sales: number;
  /** Over all days that both have: the sales of the one that has fewer on that day. */
  readonly common: number;
}

/** Sales of some days of a source. */
export interface SalesOfDays {
  /** Those that count, not those that wait. */
  readonly sales: number;
  /** Different ones, by day, product, shop and quantity. */
  readonly kinds: number;
  /** Their revenue in millionths; null: of one of them it was not stated, but follows from a list of prices. */
  readonly stated: number | null;
  /** Their ids, the first of them. */
  readonly ids: readonly string[];
}

/** Queries of one database. Each throws the errors of SQLite. */
export interface BetweenSources {
  /** The pairs of sources that have ids in common which name different sales. */
  readonly sharedIds: () => readonly SharedIds[];
  /** Ids that name different sales in the two sources, at most `limit`. Reads all claims. */
  readonly differingIds: (source: string, other: string, limit: number) => readonly string[];
  readonly equalDays: () => readonly EqualDays[];
  /** How many sales a source has, those that wait too. */
  readonly salesOf: (source: string) => number;
  /** Reads all sales. `limit`: of the ids. */
  readonly salesOfDays: (source: string, days: readonly string[], limit: number) => SalesOfDays;
}

/** Until the consumer has filled the tables, at first and after a replay that found wrong rows, nothing is found. */
const IS_KEPT = "EXISTS (SELECT 1 FROM meta WHERE key = 'between sources' AND value = 'kept')";

const SHARED_IDS = `
  SELECT source, other, ids, differing FROM shared_ids WHERE differing > 0 AND ${IS_KEPT} ORDER BY source, other`;
const DIFFERING_IDS = `
  SELECT a.key FROM claims a JOIN claims b ON b.entity = a.entity AND b.key = a.key AND b.source = ?
  WHERE a.entity = 'ventes' AND a.source = ? AND (
    a.image ->> '$.date_vente' IS NOT b.image ->> '$.date_vente'
    OR a.image ->> '$.id_produit' IS NOT b.image ->> '$.id_produit'
    OR a.image ->> '$.id_magasin' IS NOT b.image ->> '$.id_magasin')
  ORDER BY a.key LIMIT ?`;
/** Days with equal sums come first, so that only sources with such days are paired. */
const EQUAL_DAYS = `
  WITH equal AS (
    SELECT day, sales, prints FROM sale_days WHERE ${IS_KEPT} GROUP BY day, sales, prints HAVING COUNT(*) > 1)
  SELECT a.source AS source, b.source AS other, json_group_array(a.day) AS days, SUM(a.sales) AS sales
  FROM equal JOIN sale_days a USING (day, sales, prints) JOIN sale_days b USING (day, sales, prints)
  WHERE a.source < b.source GROUP BY 1, 2 ORDER BY 1, 2`;
const COMMON = `
  SELECT SUM(MIN(a.sales, b.sales)) FROM sale_days a JOIN sale_days b ON b.day = a.day AND b.source = ?
  WHERE a.source = ?`;
const SALES_OF = "SELECT COALESCE(SUM(sales), 0) FROM sale_days WHERE source = ?";
const OF_DAYS = "source = :source AND date_vente IN (SELECT value FROM json_each(:days))";
const SALES_OF_DAYS = `
  SELECT COUNT(*) AS sales, COUNT(DISTINCT json_array(date_vente, id_produit, id_magasin, quantite_millioniemes)) AS kinds,
    CASE WHEN MAX(origine) < 2 THEN SUM(ca_millioniemes) END AS stated
  FROM ventes WHERE ${OF_DAYS}`;
const IDS_OF_DAYS = `SELECT id_vente FROM ventes WHERE ${OF_DAYS} ORDER BY date_vente, rowid LIMIT :limit`;

const NOTHING: BetweenSources = {
  sharedIds: () => [],
  differingIds: () => [],
  equalDays: () => [],
  salesOf: () => 0,
  salesOfDays: () => ({ sales: 0, kinds: 0, stated: 0, ids: [] }),
};

/** The file of a reader may lack the tables: no writer has migrated it yet. */
export function betweenSources(db: Sqlite): BetweenSources {
  if (db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'shared_ids'").get() === undefined) return NOTHING;
  return {
    sharedIds: () => db.prepare(SHARED_IDS).all() as SharedIds[],
    differingIds: (source, other, limit) =>
      db.prepare(DIFFERING_IDS).pluck().all(other, source, limit) as string[],
    equalDays: () => {
      const common = db.prepare(COMMON).pluck();
      const found = db.prepare(EQUAL_DAYS).all() as (Pick<EqualDays, "source" | "other" | "sales"> & {
        days: string;
      })[];
      return found.map((pair) => ({
        ...pair,
        days: (JSON.parse(pair.days) as string[]).sort(),
        common: common.get(pair.other, pair.source) as number,
      }));
    },
    salesOf: (source) => db.prepare(SALES_OF).pluck().get(source) as number,
    salesOfDays: (source, days, limit) => {
      const of = { source, days: JSON.stringify(days) };
      const sums = db.prepare(SALES_OF_DAYS).get(of) as Omit<SalesOfDays, "ids">;
      return {
        ...sums,
        ids: db
          .prepare(IDS_OF_DAYS)
          .pluck()
          .all({ ...of, limit }) as string[],
      };
    },
  };
}
