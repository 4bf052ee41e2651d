/** Shops: their row, and the sales that name them. */
import type { BatchState } from "./batch-state.ts";
import { type Claim, extrasJson, type Laid, parseImage } from "./image.ts";
import type { Sales } from "./sales.ts";

export const SHOP_COLUMNS = ["ville"];

interface StoredShop {
  readonly ville: string;
  readonly extras: string;
  readonly source: string;
  readonly line: number;
  readonly offset: number;
}

export function makeShops(batch: BatchState, sales: Sales) {
  const { sql, known } = batch;
  const stored = (id: string) => sql.shop.get(id) as StoredShop | undefined;
  return {
    write: (id: string, laid: Laid | undefined): void => {
      if (laid === undefined) {
        sales.parkForShop(id);
        sql.logOldShop.run(batch.commit, id);
        sql.dropShop.run(id);
        known.dropShop(id);
        return;
      }
      const isNew = sql.hasShop.get(id) === undefined;
      if (!isNew) sql.logOldShop.run(batch.commit, id);
      const { image, last } = laid;
      sql.putShop.run(
        id,
        image.ville ?? "",
        extrasJson(image, SHOP_COLUMNS),
        last.source,
        last.line,
        last.offset,
      );
      if (isNew) sales.promoteForShop(id);
    },

    claimOfRow: (id: string): Claim | undefined => {
      const row = stored(id);
      if (row === undefined) return undefined;
      const { ville, extras, source, line, offset } = row;
      return { source, dateEffet: "", image: { ...parseImage(extras), ville }, line, offset };
    },

    rowSays: (id: string, { image, last }: Laid): boolean => {
      const row = stored(id);
      return (
        row !== undefined &&
        row.ville === image.ville &&
        row.extras === extrasJson(image, SHOP_COLUMNS) &&
        row.source === last.source &&
        row.line === last.line &&
        row.offset === last.offset
      );
    },
  };
}
