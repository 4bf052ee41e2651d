/** What notifications read of DIR/ventes.db: how fresh the figures are, and new sales of a large amount. */
import { existsSync } from "node:fs";
import type { Sqlite } from "#shared/database/sqlite.ts";
import { databaseId, openVentesReader, ventesFile } from "#shared/database/ventes-db.ts";
import type { Memory } from "./memory.ts";

export interface Seen {
  /** When the analyses changed last, ISO 8601; null: there are none yet. */
  readonly changed: string | null;
  /** When the oldest commit that is in no analysis was made; null: there is none. */
  readonly waitingSince: string | null;
  readonly sales: readonly LargeSale[];
  /** How many large sales there are besides `sales`. */
  readonly moreSales: number;
  /** The last sale that was looked at. */
  readonly sale: Memory["sale"];
}

export interface LargeSale {
  readonly id: string;
  readonly day: string;
  readonly product: string;
  readonly shop: string;
  readonly amount: number;
  readonly source: string;
  readonly line: number;
}

const MOST_SALES = 5;
/** A file of a million sales is looked at in parts: one takes about 10 ms. */
const ROWS_AT_A_TIME = 50_000;

const FRESHNESS = `
  SELECT IIF(commit_id = 0, NULL, progressed_at) AS changed,
    (SELECT MIN(committed_at) FROM commits WHERE commits.commit_id > progress.commit_id) AS waitingSince
  FROM progress`;
const NEWEST = "SELECT IFNULL(MAX(rowid), 0) FROM ventes";
const LARGE = "FROM ventes WHERE rowid > @after AND rowid <= @to AND ca_millioniemes >= @least";
const LARGE_SALES = `
  SELECT id_vente AS id, date_vente AS day, id_produit AS product, id_magasin AS shop, chiffre_affaires AS amount, source,
    line ${LARGE} ORDER BY rowid LIMIT ${MOST_SALES}`;

/**
 * Null while there is no database. With `least`, an amount in units of the currency, it looks at the sales after `last`; at
 * the first time only at those that come from then on. Throws DatabaseError.
 */
export function seeDatabase(dir: string, least: number | null, last: Memory["sale"]): Seen | null {
  if (!existsSync(ventesFile(dir))) return null;
  const db = openVentesReader(dir);
  try {
    return db.transaction(() => ({
      ...(db.prepare(FRESHNESS).get() as Pick<Seen, "changed" | "waitingSince">),
      ...(least === null ? { sales: [], moreSales: 0, sale: null } : salesAfter(db, least, last)),
    }))();
  } finally {
    db.close();
  }
}

function salesAfter(
  db: Sqlite,
  least: number,
  last: Memory["sale"],
): Pick<Seen, "sales" | "moreSales" | "sale"> {
  const database = databaseId(db);
  const newest = db.prepare(NEWEST).pluck().get() as number;
  if (last?.database !== database) return { sales: [], moreSales: 0, sale: { database, row: newest } };
  const to = Math.min(newest, last.row + ROWS_AT_A_TIME);
  const range = { after: last.row, to, least: Math.round(least * 1e6) };
  const sales = db.prepare(LARGE_SALES).all(range) as LargeSale[];
  const count = db.prepare(`SELECT COUNT(*) ${LARGE}`).pluck().get(range) as number;
  return { sales, moreSales: count - sales.length, sale: { database, row: Math.max(to, last.row) } };
}
