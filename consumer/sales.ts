/**
 * Sales in SQL: a sale is in `ventes` when its product, shop and revenue are known, and waits in `orphelins` until then
 * (rule 18).
 */
import type { BatchState } from "./batch-state.ts";
import {
  claimOfSale,
  firstSaleOf,
  type KeyState,
  layClaims,
  type Origin,
  type Placement,
  placementOf,
  type RowEvent,
  type Sale,
  type Stored,
  saleOf,
} from "./rules/index.ts";
import { type EntityTable, sameRow } from "./table.ts";

/** A row of `ventes` or of `orphelins`. */
export interface StoredSale {
  /** Absent in a row of `orphelins`. */
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
  // The amount of an orphan is always that of its line: an orphan has no other one yet.
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

/** The column `origine` of `ventes`. */
const ORIGINS: Readonly<Record<Origin, number>> = { ligne: 0, "prix de la ligne": 1, liste: 2 };

/** What the statements that insert sales take for each. */
export const saleValues = (rowId: number, id: string, sale: Sale, { value, origin }: Stored) => [
  rowId,
  id,
  sale.idProduit,
  sale.idMagasin,
  sale.day,
  sale.quantity,
  value,
  sale.unitPrice,
  ORIGINS[origin],
  sale.extras,
  sale.source,
  sale.line,
  sale.offset,
];

/** Inserts a sale into `ventes` or `orphelins`. Returns false, and changes nothing, when its id is in `ventes` already. */
export function insertSale(batch: BatchState, id: string, sale: Sale, placement: Placement): boolean {
  const { sql } = batch;
  if (placement.value === null) {
    if (sql.hasSale.get(id) !== undefined) return false;
    putOrphan(batch, id, sale);
    return true;
  }
  const { changes } = sql.insertSale.run(saleValues(batch.nextRowId, id, sale, placement));
  if (changes === 0) return false;
  batch.nextRowId++;
  return true;
}

/** Whether a key has an orphan or a withdrawal. */
export const isWaitingOrWithdrawn = (
  { sql, orphansExist, withdrawnExist }: BatchState,
  id: string,
): boolean =>
  (orphansExist && sql.orphan.get(id) !== undefined) ||
  (withdrawnExist && sql.withdrawals.get("ventes", id) !== undefined);

/**
 * Inserts the sale of a key that has no state yet. Returns false, and changes nothing, when the key has a row, an orphan
 * or a withdrawal.
 */
export function insertFirst(batch: BatchState, id: string, event: RowEvent, offset: number): boolean {
  if (isWaitingOrWithdrawn(batch, id)) return false;
  const sale = firstSaleOf(event, offset);
  if (!insertSale(batch, id, sale, placementOf(sale, batch.parentCache))) return false;
  batch.between.count(sale, 1);
  return true;
}

/** Logs the old image of a sale, unless this commit inserted it. */
export function logOldSale(batch: BatchState, rowId: bigint): void {
  if (rowId < batch.firstRowId) batch.sql.logOldSale.run(batch.commit, rowId);
}

/** Replaces the row of an id in `ventes` or `orphelins` by this sale; undefined deletes it. */
function placeSale(batch: BatchState, id: string, sale: Sale | undefined): void {
  const { sql, parentCache } = batch;
  const placement = sale && placementOf(sale, parentCache);
  const stored = sql.sale.get(id) as StoredSale | undefined;
  if (stored?.rowId === undefined) {
    if (batch.orphansExist) sql.dropOrphan.run(id);
    if (sale !== undefined && placement !== undefined) insertSale(batch, id, sale, placement);
    return;
  }
  logOldSale(batch, stored.rowId);
  if (sale === undefined || placement === undefined || placement.value === null) {
    sql.dropSale.run(stored.rowId);
    if (sale !== undefined) putOrphan(batch, id, sale);
    return;
  }
  sql.updateSale.run(
    sale.idProduit,
    sale.idMagasin,
    sale.day,
    sale.quantity,
    placement.value,
    sale.unitPrice,
    ORIGINS[placement.origin],
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
  /** The row of a sale holds everything of an only claim: origine_ca tells the amount on the line from a computed one. */
  write: (batch, id, before, after) => {
    const [old, sale] = [saleOfState(before), saleOfState(after)];
    placeSale(batch, id, sale);
    if (old !== undefined) batch.between.count(old, -1);
    if (sale !== undefined) batch.between.count(sale, 1);
    return after.claims.length === 1;
  },
  /** Also checks that the sale is in the right table. */
  rowSays: ({ sql, parentCache }, id, state) => {
    const sale = saleOfState(state);
    if (sale === undefined) return true;
    const placement = placementOf(sale, parentCache);
    const row = (placement.value === null ? sql.orphan.get(id) : sql.sale.get(id)) as StoredSale | undefined;
    if (row === undefined) return false;
    if (
      placement.value !== null &&
      (row.ca_millioniemes !== placement.value || row.origine_ca !== placement.origin)
    )
      return false;
    return sameRow(sale, saleOfRow(row));
  },
};
