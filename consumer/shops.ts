/** Shops: their row in SQL, and the sales that name them. */
import type { BatchState } from "./batch-state.ts";
import { claimOfShop, type KeyState, type Shop, shopOf } from "./rules/index.ts";
import { beginPlacing } from "./sale-parents.ts";
import { type EntityTable, sameRow } from "./table.ts";

const readShop = ({ sql }: BatchState, id: string): Shop | undefined => sql.shop.get(id) as Shop | undefined;

/** Deletes the row, and parks the sales in the same commit: no sale names a parent that is gone (rule 18). */
function removeShop(batch: BatchState, id: string): void {
  batch.sql.logOldShop.run(batch.commit, id);
  batch.sql.dropShop.run(id);
  batch.parentCache.dropShop(id);
  beginPlacing(batch, { parent: "magasins", id, step: "park" });
}

/** The row of a shop holds everything of an only claim, because a shop has no price points from other sources. */
function write(batch: BatchState, id: string, _: KeyState, after: KeyState): boolean {
  const { sql } = batch;
  const shop = shopOf(after);
  if (shop === undefined) {
    removeShop(batch, id);
    return true;
  }
  const isNew = sql.hasShop.get(id) === undefined;
  if (!isNew) sql.logOldShop.run(batch.commit, id);
  const { ville, extras, source, line, offset } = shop;
  sql.putShop.run(id, ville, extras, source, line, offset);
  if (isNew) beginPlacing(batch, { parent: "magasins", id, step: "promote" });
  return after.claims.length === 1;
}

export const SHOPS: EntityTable = {
  claimOfRow: (batch, id) => {
    const shop = readShop(batch, id);
    return shop && claimOfShop(shop);
  },
  write,
  rowSays: (batch, id, state) => {
    const shop = readShop(batch, id);
    const should = shopOf(state);
    return shop !== undefined && should !== undefined && sameRow(should, shop);
  },
};
