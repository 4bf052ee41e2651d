/**
 * Sales in SQL: a sale is in `ventes` when the rules store it, in `orphelins` when it waits (rule 18: until its
 * product, shop and revenue are known).
 */
import type { BatchState } from "./batch-state.ts";
import {
  claimOfSale,
  firstSaleOf,
  type KeyState,
  layClaims,
  type RowEvent,
  type Sale,
  type SourceEntry,
  saleOf,
  standingOf,
} from "./rules/index.ts";
import { type EntityTable, sameRow } from "./table.ts";

/** A row of `ventes` or of `orphelins`. */
export interface StoredSale {
  /** Not in `orphelins`. */
  readonly rowId?: bigint;
  readonly origine_ca?: string;
  readonly id_produit: string;
  readonly id_magasin: string;
  readonly date_vente: string;
  readonly quantite_millioniemes: bigint;
  readonly ca_millioniemes: bigint | null;
  readonly prix_millioniemes: bigint | null;
  readonly extras: string;
  readonly source: string;
  readonly line: bigint;
  readonly offset: bigint;
}

export const saleOfRow = (row: StoredSale): Sale => ({
  idProduit: row.id_produit,
  idMagasin: row.id_magasin,
  day: row.date_vente,
  quantity: row.quantite_millioniemes,
  unitPrice: row.prix_millioniemes,
  // The amount of an orphan is always the line's own: it has no other one yet.
  ownRevenue: row.origine_ca === undefined || row.origine_ca === "ligne" ? row.ca_millioniemes : null,
  extras: row.extras,
  source: row.source,
  line: Number(row.line),
  offset: Number(row.offset),
});

export function putOrphan(batch: BatchState, id: string, sale: Sale): void {
  batch.sql.putOrphan.run(
    id,
    sale.idProduit,
    sale.idMagasin,
    sale.day,
    sale.quantity,
    sale.ownRevenue,
    sale.unitPrice,
    sale.extras,
    sale.source,
    sale.line,
    sale.offset,
  );
  batch.orphansExist = true;
}

/** Inserts a sale where it stands, unless its id is in `ventes` already: then false. */
export function insertSale(batch: BatchState, id: string, sale: Sale, standing: SourceEntry): boolean {
  const { sql } = batch;
  if (standing.value === null) {
    if (sql.hasSale.get(id) !== undefined) return false;
    putOrphan(batch, id, sale);
    return true;
  }
  const { changes } = sql.insertSale.run(
    batch.nextRowId,
    id,
    sale.idProduit,
    sale.idMagasin,
    sale.day,
    sale.quantity,
    standing.value,
    sale.unitPrice,
    standing.origin,
    sale.extras,
    sale.source,
    sale.line,
    sale.offset,
  );
  if (changes === 0) return false;
  batch.nextRowId++;
  return true;
}

/** A sale never heard of, by far the most common event: false when it has been heard of. */
export function insertUnheard(batch: BatchState, id: string, event: RowEvent, offset: number): boolean {
  const { sql } = batch;
  if (batch.orphansExist && sql.orphan.get(id) !== undefined) return false;
  if (batch.withdrawnExist && sql.withdrawals.get("ventes", id) !== undefined) return false;
  const sale = firstSaleOf(event, offset);
  return insertSale(batch, id, sale, standingOf(sale, batch.known));
}

/** New rows of this very commit have no old image: they did not exist before it. */
export function logOldSale(batch: BatchState, rowId: bigint): void {
  if (rowId < batch.firstRowId) batch.sql.logOldSale.run(batch.commit, rowId);
}

/** Writes a sale over what stands for its id, in `ventes` or `orphelins`; undefined removes it. */
function placeSale(batch: BatchState, id: string, sale: Sale | undefined): void {
  const { sql, known } = batch;
  const standing = sale && standingOf(sale, known);
  const stored = sql.sale.get(id) as StoredSale | undefined;
  if (stored?.rowId === undefined) {
    if (batch.orphansExist) sql.dropOrphan.run(id);
    if (sale !== undefined && standing !== undefined) insertSale(batch, id, sale, standing);
    return;
  }
  logOldSale(batch, stored.rowId);
  if (sale === undefined || standing === undefined || standing.value === null) {
    sql.dropSale.run(stored.rowId);
    if (sale !== undefined) putOrphan(batch, id, sale);
    return;
  }
  sql.updateSale.run(
    sale.idProduit,
    sale.idMagasin,
    sale.day,
    sale.quantity,
    standing.value,
    sale.unitPrice,
    standing.origin,
    sale.extras,
    sale.source,
    sale.line,
    sale.offset,
    stored.rowId,
  );
}

function saleOfState({ claims }: KeyState): Sale | undefined {
  const laid = layClaims(claims);
  return laid && saleOf(laid);
}

export const SALES: EntityTable = {
  claimOfRow: ({ sql, orphansExist }, id) => {
    const row = (sql.sale.get(id) ?? (orphansExist ? sql.orphan.get(id) : undefined)) as
      | StoredSale
      | undefined;
    return row && claimOfSale(saleOfRow(row));
  },
  /** The row of a sale says all of an only claim: its revenue and where that comes from are told apart. */
  write: (batch, id, _, after) => {
    placeSale(batch, id, saleOfState(after));
    return after.claims.length === 1;
  },
  /** Whether the sale stands where it should, too. */
  rowSays: ({ sql, known }, id, state) => {
    const sale = saleOfState(state);
    if (sale === undefined) return true;
    const standing = standingOf(sale, known);
    const row = (standing.value === null ? sql.orphan.get(id) : sql.sale.get(id)) as StoredSale | undefined;
    if (row === undefined) return false;
    if (
      standing.value !== null &&
      (row.ca_millioniemes !== standing.value || row.origine_ca !== standing.origin)
    )
      return false;
    return sameRow(sale, saleOfRow(row));
  },
};
