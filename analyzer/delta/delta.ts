/**
 * What each row of the analyses gained and lost between two commits: the analyses' own SQL over the new images of the
 * sales that changed, minus the same SQL over their old images. The cost is that of the changed rows, not of the
 * table, with one exception: a parent that changed (a shop whose town is another) concerns all of its sales, and one
 * scan of ventes finds them.
 */
import type { Sqlite } from "#shared/database/sqlite.ts";
import type { Analysis } from "../analyses/analyses.ts";
import { mentionsTable } from "../analyses/mentions.ts";
import { PARENTS } from "../tables/tables.ts";
import { prepareChangedParents } from "./changed-parents.ts";
import { prepareChangedSales } from "./changed-sales.ts";
import type { Changes, Span } from "./changes.ts";
import { prepareChunkSums } from "./chunk-sums.ts";
import { createTempTables } from "./temp-tables.ts";

/** Sales that a chunk holds. */
const CHUNK_ROWS = 100_000;

export interface Delta {
  /** Runs inside the caller's transaction. Writes to temporary tables alone. */
  readonly between: (span: Span) => Changes;
}

/** Prepares a connection, once: its names ventes, produits and magasins mean temporary tables from here on. */
export function makeDelta(db: Sqlite, analyses: readonly Analysis[], chunkRows = CHUNK_ROWS): Delta {
  createTempTables(db);
  const sales = prepareChangedSales(db, chunkRows);
  const parents = PARENTS.filter((parent) => analyses.some((a) => mentionsTable(a, parent))).map((parent) =>
    prepareChangedParents(db, parent, analyses),
  );
  const sums = prepareChunkSums(db, analyses, parents);
  const all = new Set(analyses);

  /** Finds the sales of changed parents. Returns the analyses that read a column of these that changed. */
  function findMoved(span: Span, nEnd: number): ReadonlySet<Analysis> {
    const moves = parents
      .map((parent) => ({ parent, ids: parent.moved(span) }))
      .filter(({ ids }) => ids.size > 0);
    sales.noteLater(span, nEnd, moves.length > 0 ? "all" : "touched");
    for (const { parent, ids } of moves) parent.touchSales(ids.keys(), span.rangFirst);
    return new Set(moves.flatMap(({ ids }) => [...ids.values()].flatMap((seeing) => [...seeing])));
  }

  return {
    between: (span) => {
      const { from, to, rangFirst, rangEnd } = span;
      const { add, changes } = sums.collect();
      sales.clear();
      const moving = findMoved(span, sales.touch(span));

      for (const chunk of sales.chunksOf("touched", rangFirst)) {
        add(chunk, { images: sales.touchedBefore, commit: from, sign: -1, analyses: all });
        add(chunk, { images: sales.touchedAfter, commit: to, sign: 1, analyses: all });
      }
      if (moving.size > 0)
        for (const chunk of sales.chunksOf("moved", rangFirst)) {
          add(chunk, { images: sales.moved, commit: from, sign: -1, analyses: moving });
          add(chunk, { images: sales.moved, commit: to, sign: 1, analyses: moving });
        }
      for (let lo = rangFirst; lo < rangEnd; lo += chunkRows)
        add([lo, Math.min(lo + chunkRows, rangEnd)], {
          images: sales.newSales,
          commit: to,
          sign: 1,
          analyses: all,
        });
      sales.clear();
      sums.clear();
      return changes;
    },
  };
}
