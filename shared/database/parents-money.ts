/** What other products, prices and shops make of the total revenue. */
import type { ChoiceEffect, ComingParent } from "../contract/doubt.ts";
import { millionthsOf } from "../contract/numbers.ts";
import {
  afterDatedPrice,
  afterUndatedPrice,
  afterWithdrawal,
  amountOf,
  listRevenue,
  type PricePoints,
} from "../contract/price-points.ts";
import { listSalesIn, repriced } from "./list-sales.ts";
import { pricePointsIn } from "./price-points.ts";
import type { Sqlite } from "./sqlite.ts";

const KEYS = {
  produits: { key: "id_produit", other: "id_magasin", others: "magasins" },
  magasins: { key: "id_magasin", other: "id_produit", others: "produits" },
} as const;

interface Waiting {
  readonly product: string;
  readonly day: string;
  readonly quantity: bigint;
  readonly amount: bigint | null;
  readonly price: bigint | null;
}

interface Change {
  /** Of the total revenue, in millionths. */
  amount: bigint;
  /** Sales that would wait. */
  waiting: number;
}

/** Prepares nothing before it is asked. `parents`: those of the effect, of one entity. */
export const parentsMoneyIn =
  (db: Sqlite) =>
  (source: string, effect: ChoiceEffect, parents: readonly ComingParent[]): Change => {
    const { entity, day = "" } = effect;
    const change: Change = { amount: 0n, waiting: 0 };
    if (entity === "ventes") return change;
    const table = tableIn(db, entity);
    const points = pricePointsIn(db);
    const sales = listSalesIn(db);
    for (const [id, said] of Map.groupBy(parents, (one) => one.id)) {
      const gone = said.filter((one) => one.gone === true);
      const claims = table.claims(id);
      const isGone = ({ source: of, from }: OneClaim) =>
        of === source && gone.some((one) => (one.from ?? "") === from);
      const left = claims.filter((claim) => !isGone(claim));
      const stays = said.some((one) => one.gone !== true) || left.length > 0;
      const now = entity === "produits" ? points(id) : [];
      const hasClaim = gone.length < said.length || left.some((claim) => claim.source === source);
      const then = entity === "produits" ? pointsAfter(now, source, said, { day, hasClaim }) : now;
      const pointsOf = (product: string): PricePoints => (entity === "produits" ? then : points(product));
      if (table.exists(id) && !stays) {
        const { amount, count } = table.counted(id);
        change.amount -= amount;
        change.waiting += Number(count);
      } else if (!table.exists(id) && stays)
        for (const one of table.waiting(id)) change.amount += worthOf(one, pointsOf) ?? 0n;
      else if (entity === "produits") {
        const { before, after } = repriced([...sales.priced(id), ...sales.waiting(id)], then);
        change.amount += after - before;
      }
    }
    return change;
  };

interface OneClaim {
  readonly source: string;
  /** "": it is not dated. */
  readonly from: string;
}

function tableIn(db: Sqlite, entity: keyof typeof KEYS) {
  const { key, other, others } = KEYS[entity];
  const exists = db.prepare(`SELECT 1 FROM ${entity} WHERE ${key} = ?`).pluck();
  const claims = db.prepare(
    `SELECT source, date_effet AS "from" FROM claims WHERE entity = '${entity}' AND key = ?`,
  );
  const counted = db
    .prepare(
      `SELECT IFNULL(SUM(ca_millioniemes), 0) AS amount, COUNT(*) AS count FROM ventes WHERE ${key} = ?`,
    )
    .safeIntegers();
  const waiting = db
    .prepare(
      `SELECT id_produit AS product, date_vente AS day, quantite_millioniemes AS quantity,
              ca_millioniemes AS amount, prix_millioniemes AS price
       FROM orphelins WHERE ${key} = ? AND ${other} IN (SELECT ${other} FROM ${others})`,
    )
    .safeIntegers();
  return {
    exists: (id: string) => exists.get(id) !== undefined,
    /** What several sources say; while one source names the row, nothing. */
    claims: (id: string) => claims.all(id) as OneClaim[],
    counted: (id: string) => counted.get(id) as { readonly amount: bigint; readonly count: bigint },
    waiting: (id: string) => waiting.all(id) as Waiting[],
  };
}

/** null: it would go on waiting. */
function worthOf(
  { product, day, quantity, amount, price }: Waiting,
  points: (id: string) => PricePoints,
): bigint | null {
  if (amount !== null) return amount;
  if (price !== null) return amountOf(quantity, price);
  return listRevenue(quantity, day, points(product));
}

/** The points after the events of the source (rule 13). `hasClaim`: the source still names the product. */
function pointsAfter(
  now: PricePoints,
  source: string,
  said: readonly ComingParent[],
  { day, hasClaim }: { readonly day: string; readonly hasClaim: boolean },
): PricePoints {
  let points = now;
  // Each event that comes is later than all that were.
  const first = Number.MAX_SAFE_INTEGER - said.length;
  for (const [i, { price: text, from, gone }] of said.entries()) {
    if (gone === true) {
      points = afterWithdrawal(points, source, from ?? "", (of) => of !== source || hasClaim);
      continue;
    }
    if (text === undefined) continue;
    const stated = { source, offset: first + i, text };
    if (from !== undefined) points = afterDatedPrice(points, stated, from);
    else {
      const last = points.findLast((p) => p.source === source && !p.dated);
      if (last?.price !== millionthsOf(text)) points = afterUndatedPrice(points, stated, day, undefined);
    }
  }
  return points;
}
