/** What the sales are worth that `--rekey` would delete and publish, by the database and the lines of the file. */
import type { EntityName } from "#shared/contract/entities/index.ts";
import { pricePointsIn } from "#shared/database/price-points.ts";
import type { Sqlite } from "#shared/database/sqlite.ts";
import { firstSaleOf, type Parents, placementOf, type RowEvent } from "../../consumer/rules/index.ts";
import type { RekeyListener } from "../../producer/admin/index.ts";
import { totalRevenue } from "./product-prices.ts";

/** Amounts are in the currency of the database. */
export interface RekeyFigures {
  /** Of the published sales. null: there is no database here. */
  readonly before: {
    readonly amount: number;
    /** Sales that other sources have too: they stay, and are not in the amount. */
    readonly shared: number;
    /** Sales that wait, so that they count in no amount. */
    readonly waiting: number;
    /** Sales that the database does not have yet: nothing tells their amount. */
    readonly missing: number;
  } | null;
  readonly after: {
    readonly amount: number;
    /** Sales whose new ids other sources have already: they count once, and are not in the amount. */
    readonly shared: number;
    /** Sales that would wait for their product, shop or price. */
    readonly waiting: number;
    /** Sales without an amount or a price on their line, where no database tells the price of the product. */
    readonly unpriced: number;
  };
  /** Total revenue now, and afterwards. null: it is not known. */
  readonly total: { readonly now: number; readonly after: number } | null;
}

const OTHERS = `
  (source <> :source OR EXISTS (SELECT 1 FROM claims
    WHERE claims.entity = 'ventes' AND claims.key = id_vente AND claims.source <> :source))`;
const AMONG = "id_vente IN (SELECT value FROM json_each(:ids))";
const REPLACED = `
  SELECT IFNULL(SUM(CASE WHEN ${OTHERS} THEN 0 ELSE ca_millioniemes END), 0) AS amount,
         IFNULL(SUM(${OTHERS}), 0) AS shared, COUNT(*) AS found FROM ventes WHERE ${AMONG}`;
const WAITING = `SELECT COUNT(*) FROM orphelins WHERE ${AMONG}`;
const SHARED = `SELECT id_vente FROM ventes WHERE ${AMONG} AND ${OTHERS}`;

interface Counted {
  readonly amount: bigint;
  readonly shared: bigint;
  readonly found: bigint;
}

/** `db`: null where there is no database; then the lines alone tell. Throws the errors of SQLite. */
export class RekeyCounter implements RekeyListener {
  readonly #db: Sqlite | null;
  readonly #source: string;
  readonly #before = { amount: 0n, shared: 0, waiting: 0, missing: 0 };
  readonly #after = { amount: 0n, shared: 0, waiting: 0, unpriced: 0 };
  #isWide = false;

  constructor(db: Sqlite | null, source: string) {
    this.#db = db;
    this.#source = source;
  }

  onReplaced = (ids: readonly string[]): void => {
    if (this.#db === null) return;
    const among = { ids: JSON.stringify(ids) };
    const sum = this.#db
      .prepare(REPLACED)
      .safeIntegers()
      .get({ ...among, source: this.#source }) as Counted;
    const waiting = this.#db.prepare(WAITING).pluck().get(among) as number;
    this.#before.amount += sum.amount;
    this.#before.shared += Number(sum.shared);
    this.#before.waiting += waiting;
    this.#before.missing += ids.length - Number(sum.found) - waiting;
  };

  onPublished = (events: readonly string[], entities: readonly EntityName[]): void => {
    this.#isWide = entities.length > 1;
    const rows = events.map((event) => JSON.parse(event) as RowEvent);
    const shared = this.#sharedOf(rows.map(({ row }) => row.id_vente ?? ""));
    const parents = this.#parentsIn(entities);
    for (const event of rows) {
      if (shared.has(event.row.id_vente ?? "")) {
        this.#after.shared++;
        continue;
      }
      const { value } = placementOf(firstSaleOf(event, 0), parents);
      if (value !== null) this.#after.amount += value;
      else if (this.#db === null) this.#after.unpriced++;
      else this.#after.waiting++;
    }
  };

  /** After the last sale. */
  get figures(): RekeyFigures {
    const before = { ...this.#before, amount: Number(this.#before.amount) / 1e6 };
    const after = { ...this.#after, amount: Number(this.#after.amount) / 1e6 };
    return { before: this.#db === null ? null : before, after, total: this.#total };
  }

  get #total(): RekeyFigures["total"] {
    // A wide file may change products and shops with which other sales are computed.
    if (this.#db === null || this.#before.missing > 0 || this.#isWide) return null;
    const now = totalRevenue(this.#db);
    const after = now - this.#before.amount + this.#after.amount;
    return { now: Number(now) / 1e6, after: Number(after) / 1e6 };
  }

  #sharedOf(ids: readonly string[]): ReadonlySet<string> {
    if (this.#db === null) return new Set();
    const found = this.#db
      .prepare(SHARED)
      .pluck()
      .all({ ids: JSON.stringify(ids), source: this.#source });
    return new Set(found as string[]);
  }

  /** The file itself brings the products and shops of a wide file. Without a database nothing tells which exist. */
  #parentsIn(entities: readonly EntityName[]): Parents {
    const db = this.#db;
    if (db === null) return { productExists: () => true, shopExists: () => true, pricePoints: () => [] };
    const has = (entity: "produits" | "magasins", key: string) => {
      const one = db.prepare(`SELECT 1 FROM ${entity} WHERE ${key} = ?`);
      return (id: string) => entities.includes(entity) || one.get(id) !== undefined;
    };
    return {
      productExists: has("produits", "id_produit"),
      shopExists: has("magasins", "id_magasin"),
      pricePoints: pricePointsIn(db),
    };
  }
}
