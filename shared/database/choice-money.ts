/** What the choices about a held version make of the total revenue: the evidence of its producer with prices and amounts of now. */
import type { ChoiceEffect, ChoiceMoney, ComingSales } from "../contract/doubt.ts";
import { millionthsOf } from "../contract/numbers.ts";
import { listRevenue } from "../contract/price-points.ts";
import { parentsMoneyIn } from "./parents-money.ts";
import { pricePointsIn } from "./price-points.ts";
import type { Sqlite } from "./sqlite.ts";

/** Another source has a claim on the sale too, so it stays when this one deletes its own (rule 8). */
const OF_OTHERS = `EXISTS (SELECT 1 FROM claims
  WHERE claims.entity = 'ventes' AND claims.key = ventes.id_vente
    AND claims.source NOT IN (SELECT value FROM json_each(:sources)))`;
const IN_SOURCES = "source IN (SELECT value FROM json_each(:sources))";
const SUM = "SELECT IFNULL(SUM(ca_millioniemes), 0) FROM ventes";
const REPLACED = `${SUM} WHERE id_vente IN (SELECT value FROM json_each(:ids))`;
const DELETED = `${REPLACED} AND ${IN_SOURCES} AND NOT ${OF_OTHERS}`;
const WITHOUT = `${SUM} WHERE ${IN_SOURCES} AND NOT ${OF_OTHERS}`;
const OTHERS_THAN = `${SUM} WHERE ${IN_SOURCES} AND id_vente NOT IN (SELECT value FROM json_each(:ids))`;
const HAS_CLAIMS = "SELECT EXISTS (SELECT 1 FROM claims WHERE entity = 'ventes' AND source = ?)";
const HAS_WAITING = "SELECT EXISTS (SELECT 1 FROM orphelins)";

/** Prepares the statements. The function returns undefined where the evidence does not tell it. Amounts of `total`: millionths. */
export function choiceMoneyIn(
  db: Sqlite,
): (source: string, effect: ChoiceEffect, total: bigint) => ChoiceMoney | undefined {
  const sum = (sql: string) => {
    const statement = db.prepare(sql).safeIntegers().pluck();
    return (sources: readonly string[], ids: readonly string[] = []): bigint =>
      statement.get({
        sources: JSON.stringify(sources),
        ...(sql.includes(":ids") ? { ids: JSON.stringify(ids) } : {}),
      }) as bigint;
  };
  const [deleted, without, othersThan] = [sum(DELETED), sum(WITHOUT), sum(OTHERS_THAN)];
  const ofIds = db.prepare(REPLACED).safeIntegers().pluck();
  const replaced = (ids: readonly string[] = []) => ofIds.get({ ids: JSON.stringify(ids) }) as bigint;
  const hasClaims = db.prepare(HAS_CLAIMS).pluck();
  const hasWaiting = db.prepare(HAS_WAITING).pluck();
  const worthOf = worthIn(db);
  const parentsMoney = parentsMoneyIn(db);
  return (source, effect, total) => {
    if (effect.unpriced !== undefined) return undefined;
    const { parents } = effect;
    if (parents !== undefined) {
      const change = parentsMoney(source, effect, parents);
      return {
        now: Number(total) / 1e6,
        after: Number(total + change.amount) / 1e6,
        waiting: change.waiting,
      };
    }
    if (effect.coming === undefined) return undefined;
    const { kept, coming, brings = [] } = effect;
    // Products and shops of a wide file may let sales of other sources count.
    if (brings.length > 0 && hasWaiting.get() === 1) return undefined;
    // Of a sale that several sources name, the ids that stay do not tell what becomes of it.
    if (kept !== undefined && hasClaims.get(source) === 1) return undefined;
    let going =
      kept === undefined
        ? replaced(effect.replaced) + deleted([source], effect.deleted)
        : othersThan([source], kept);
    if (effect.without !== undefined) going += without(effect.without);
    let [worth, waiting] = [0n, 0];
    for (const sales of coming) {
      const value = worthOf(sales, brings);
      if (value === null) waiting += sales.sales;
      else worth += value;
    }
    return { now: Number(total) / 1e6, after: Number(total - going + worth) / 1e6, waiting };
  };
}

/** The amount of coming sales in millionths; null: they would wait (rule 18). */
function worthIn(db: Sqlite): (sales: ComingSales, brings: readonly string[]) => bigint | null {
  const points = pricePointsIn(db);
  const product = db.prepare("SELECT 1 FROM produits WHERE id_produit = ?").pluck();
  const shop = db.prepare("SELECT 1 FROM magasins WHERE id_magasin = ?").pluck();
  return (sales, brings) => {
    if (!brings.includes("produits") && product.get(sales.product) === undefined) return null;
    if (!brings.includes("magasins") && shop.get(sales.shop) === undefined) return null;
    const sum = millionthsOf(sales.sum) ?? 0n;
    if (sales.day === undefined) return sum;
    return listRevenue(sum, sales.day, points(sales.product));
  };
}
