/** Hands sales to the analyses straight from the table of the file, where no old image of them is needed. */

import { prepareSaleRows } from "#shared/database/sale-rows.ts";
import type { Sqlite } from "#shared/database/sqlite.ts";
import type { AddedUp } from "./added-up.ts";
import type { Reader } from "./readers.ts";

/** Sales whose rowid is at least `lo` and below `hi`. `areAddedUp`: they are in the tables of added up sales already. */
interface Range {
  readonly lo: number;
  readonly hi: number;
  readonly areAddedUp: boolean;
}

/** The result hands sales to readers: added up once for those that need no more of them. */
export function prepareStoredSales(db: Sqlite, sums: AddedUp): (to: readonly Reader[], range: Range) => void {
  const rows = prepareSaleRows(db);
  return (to, { lo, hi, areAddedUp }) => {
    // For one analysis, adding up the sales first costs more than reading them.
    const fromSums = areAddedUp || to.filter((reader) => reader.addedUp !== undefined).length > 1;
    if (fromSums && !areAddedUp) {
      sums.begin();
      rows.each(lo, hi, sums.add);
      sums.end();
    }
    for (const { addedUp, fill } of to)
      if (fromSums && addedUp !== undefined) addedUp.read();
      else fill(lo, hi);
  };
}
