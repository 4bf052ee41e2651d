/** Hands sales to the analyses straight from the table of the file, where no old image of them is needed. */
import type { Sqlite } from "#shared/database/sqlite.ts";
import { createAddedUp } from "./added-up.ts";
import type { Reader } from "./readers.ts";

/**
 * Prepares the statements, before the readers. The result hands the sales whose rowid is at least `lo` and below `hi` to
 * readers: added up once for those that need no more of them.
 */
export function prepareStoredSales(db: Sqlite): (to: readonly Reader[], lo: number, hi: number) => void {
  const tables = createAddedUp(db);
  return (to, lo, hi) => {
    for (const [table, readers] of Map.groupBy(to, ({ addedUp }) => addedUp?.table)) {
      const addedUp = tables.find((one) => one.table === table);
      // For one analysis, adding up the sales first costs more than reading them.
      if (addedUp === undefined || readers.length === 1) for (const { fill } of readers) fill(lo, hi);
      else {
        addedUp.fill(lo, hi);
        for (const reader of readers) reader.addedUp?.read();
        addedUp.clear();
      }
    }
  };
}
