/**
 * What each analysis gained and lost between two commits: the core of its query over the new images of the sales that
 * changed, minus the same over their old images. New sales are read where they are, by their range of rowids. The cost
 * is that of the changed rows, not of the table, with one exception: a parent that changed (a shop whose town is
 * another) concerns all of its sales, and one scan of ventes finds them.
 */
import type { Sqlite } from "#shared/database/sqlite.ts";
import type { Analysis } from "../analyses/analyses.ts";
import { mentionsTable, type Query } from "../analyses/mentions.ts";
import { PARENTS, TABLES } from "../tables/tables.ts";
import { type AddedUp, prepareAddedUp } from "./added-up.ts";
import { prepareChangedParents } from "./changed-parents.ts";
import { type Chunk, type Images, prepareChangedSales } from "./changed-sales.ts";
import type { Changes, Span } from "./changes.ts";
import { analysisReader, type Kept, keptReader, type Reader } from "./readers.ts";
import { prepareStoredSales } from "./stored-sales.ts";
import { createTempTables } from "./temp-tables.ts";

/** Sales that a chunk holds. */
const CHUNK_ROWS = 100_000;

export interface Delta {
  /** Adds up the new sales of a span for `between`. A caller that reads all of them anyway passes each one to it. */
  readonly newSales: AddedUp;
  /**
   * Runs inside the caller's transaction. `areAddedUp`: `newSales` has the new sales of this span. Returns the changes
   * of the analyses; those of the kept ones are in their tables.
   */
  readonly between: (span: Span, areAddedUp: boolean) => Changes;
  /** Adds the sales from rowid `lo` to `hi` (excluded), as they stand, to the tables of kept analyses. */
  readonly fill: (noms: readonly string[], lo: number, hi: number) => void;
}

interface DeltaOptions {
  readonly analyses: readonly Analysis[];
  readonly kept?: readonly Kept[];
  /** The table of a kept analysis has the sales below this rowid; default: all. */
  readonly limitOf?: (nom: string) => number;
  readonly chunkRows?: number | undefined;
}

/** One pass over a chunk: the readers add these images of its sales, or take them away. */
interface Counted {
  readonly images: Images;
  /** The images are joined to their products and shops as of this commit. */
  readonly commit: number;
  readonly sign: 1 | -1;
  readonly readers: readonly Reader[];
}

/** Prepares a connection, once: its names ventes, produits and magasins mean temporary tables from here on. */
export function makeDelta(
  db: Sqlite,
  { analyses, kept = [], limitOf, chunkRows = CHUNK_ROWS }: DeltaOptions,
): Delta {
  createTempTables(db);
  const sales = prepareChangedSales(db, chunkRows);
  const queries = [...analyses, ...kept];
  const parents = prepareParents(db, queries);
  const newSales = prepareAddedUp(db);
  const addStored = prepareStoredSales(db, newSales);
  const clear = db.prepare("DELETE FROM temp.ventes");
  const changedLater = prepareChangedLater(db);
  let changes: Changes = new Map();
  const readers = [
    ...analyses.map((analysis) => analysisReader(db, analysis, () => changes)),
    ...kept.map((one) => keptReader(db, one, () => limitOf?.(one.nom) ?? Number.MAX_SAFE_INTEGER)),
  ];

  /** Finds the sales of changed parents. Returns the readers of a column of these that changed. */
  function findMoved(span: Span, nEnd: number): readonly Reader[] {
    const moves = parents
      .map((parent) => ({ parent, ids: parent.moved(span) }))
      .filter(({ ids }) => ids.size > 0);
    sales.noteLater(span, nEnd, moves.length > 0 ? "all" : "touched");
    for (const { parent, ids } of moves) parent.touchSales(ids.keys(), span.rowFirst);
    const seeing = new Set(moves.flatMap(({ ids }) => [...ids.values()].flatMap((seen) => [...seen])));
    return readers.filter(({ of }) => seeing.has(of));
  }

  function add([lo, hi]: Chunk, { images, commit, sign, readers }: Counted): void {
    clear.run();
    let rows = 0;
    for (const statement of images) rows += statement.run(lo, hi).changes;
    if (rows === 0) return;
    for (const parent of parents) parent.copy(commit);
    for (const reader of readers) reader.read(sign, lo, hi);
  }

  function addNew({ to, rowFirst, rowEnd }: Span, areAddedUp: boolean): void {
    if (rowFirst === rowEnd) return;
    if (!changedLater(to)) {
      // An analysis that is being filled takes only the new sales below its limit.
      const { whole = [], part = [] } = Object.groupBy(readers, ({ limit }) =>
        limit() >= rowEnd ? "whole" : "part",
      );
      addStored(whole, { lo: rowFirst, hi: rowEnd, areAddedUp });
      for (const { fill, limit } of part) fill(rowFirst, limit());
      return;
    }
    for (let lo = rowFirst; lo < rowEnd; lo += chunkRows)
      add([lo, Math.min(lo + chunkRows, rowEnd)], { images: sales.newSales, commit: to, sign: 1, readers });
  }

  return {
    newSales,
    fill: (noms, lo, hi) =>
      addStored(
        readers.filter(({ of }) => noms.includes(of.nom)),
        { lo, hi, areAddedUp: false },
      ),
    between: (span, areAddedUp) => {
      const { from, to, rowFirst } = span;
      changes = new Map(analyses.map(({ nom }) => [nom, new Map()]));
      sales.clear();
      const moving = findMoved(span, sales.touch(span));

      for (const chunk of sales.chunksOf("touched", rowFirst)) {
        add(chunk, { images: sales.touchedBefore, commit: from, sign: -1, readers });
        add(chunk, { images: sales.touchedAfter, commit: to, sign: 1, readers });
      }
      if (moving.length > 0)
        for (const chunk of sales.chunksOf("moved", rowFirst)) {
          add(chunk, { images: sales.moved, commit: from, sign: -1, readers: moving });
          add(chunk, { images: sales.moved, commit: to, sign: 1, readers: moving });
        }
      addNew(span, areAddedUp);
      sales.clear();
      clear.run();
      for (const reader of readers) reader.end();
      return changes;
    },
  };
}

const prepareParents = (db: Sqlite, queries: readonly Query[]) =>
  PARENTS.filter((parent) => queries.some((query) => mentionsTable(query, parent))).map((parent) =>
    prepareChangedParents(db, parent, queries),
  );

/** Whether a row of the tables that analyses read was changed or deleted after a commit: the newest old image tells. */
function prepareChangedLater(db: Sqlite): (commit: number) => boolean {
  const newest = TABLES.map((table) =>
    db.prepare(`SELECT commit_id FROM main.old_${table} ORDER BY n DESC LIMIT 1`).pluck(),
  );
  return (commit) => newest.some((statement) => ((statement.get() as number | undefined) ?? 0) > commit);
}
