/** Products: their row and price points in SQL, and the sales that name them. */
import type { BatchState } from "./batch-state.ts";
import {
  claimOfProduct,
  type KeyState,
  type PricePoints,
  type Product,
  productOf,
  sameClaim,
  samePrices,
} from "./rules/index.ts";
import { beginPlacing } from "./sale-parents.ts";
import { type EntityTable, sameRow } from "./table.ts";

interface StoredProduct {
  readonly nom: string | null;
  readonly prix_millioniemes: bigint | null;
  readonly date_effet: string | null;
  readonly extras: string;
  readonly source: string;
  readonly line: bigint;
  readonly offset: bigint;
}

function readProduct({ sql }: BatchState, id: string): Product | undefined {
  const row = sql.product.get(id) as StoredProduct | undefined;
  return row === undefined
    ? undefined
    : {
        nom: row.nom,
        price: row.prix_millioniemes,
        dateEffet: row.date_effet,
        extras: row.extras,
        source: row.source,
        line: Number(row.line),
        offset: Number(row.offset),
      };
}

/** Writes the points that changed: a product may have one of each of a thousand sources. */
function putPricePoints(
  { sql, parentCache }: BatchState,
  id: string,
  before: PricePoints,
  points: PricePoints,
): void {
  const kept = new Set(before);
  const now = new Set(points);
  for (const p of before) if (!now.has(p)) sql.dropPricePoint.run(id, p.dateEffet, p.offset);
  for (const p of points)
    if (!kept.has(p)) sql.putPricePoint.run(id, p.dateEffet, p.offset, p.price, p.dated ? 1 : 0, p.source);
  parentCache.setPricePoints(id, points);
}

/** Deletes the row, and parks the sales in the same commit: no sale names a parent that is gone (rule 18). */
function removeProduct(batch: BatchState, id: string): void {
  batch.sql.logOldProduct.run(batch.commit, id);
  batch.sql.dropProduct.run(id);
  batch.parentCache.dropProduct(id);
  beginPlacing(batch, { parent: "produits", id, step: "park" });
}

function write(batch: BatchState, id: string, before: KeyState, after: KeyState): boolean {
  const { sql } = batch;
  const { claims, points } = after;
  if (points !== before.points) putPricePoints(batch, id, before.points, points);
  const product = productOf(after);
  if (product === undefined) {
    removeProduct(batch, id);
    return true;
  }
  const isNew = sql.hasProduct.get(id) === undefined;
  if (!isNew) sql.logOldProduct.run(batch.commit, id);
  const { nom, price, dateEffet, extras, source, line, offset } = product;
  sql.putProduct.run(id, nom, price, dateEffet, extras, source, line, offset);
  if (isNew) beginPlacing(batch, { parent: "produits", id, step: "promote" });
  else if (!samePrices(before.points, points))
    beginPlacing(batch, { parent: "produits", id, step: "reprice" });
  const [only] = claims;
  return claims.length === 1 && only !== undefined && sameClaim(claimOfProduct(product), only);
}

export const PRODUCTS: EntityTable = {
  claimOfRow: (batch, id) => {
    const product = readProduct(batch, id);
    return product && claimOfProduct(product);
  },
  write,
  rowSays: (batch, id, state) => {
    const product = readProduct(batch, id);
    const should = productOf(state);
    return product !== undefined && should !== undefined && sameRow(should, product);
  },
};
