/**
 * Runs the analyses' SQL over one chunk of sales and collects the results by cle, added or subtracted, in integers of
 * millionths. SQL sums in doubles: each result of a chunk is rounded to the integer that it stands for, which is exact
 * as long as the chunk sums to less than MAX_CHUNK_SUM. A larger chunk is halved. A single sale beyond it (1.1
 * billion) is as exact as a double.
 */
import type { Sqlite } from "#shared/database/sqlite.ts";
import type { Analysis } from "../analyses/analyses.ts";
import type { ChangedParents } from "./changed-parents.ts";
import type { Chunk, Images } from "./changed-sales.ts";
import type { Change, Changes } from "./changes.ts";

/** Millionths. Sums of doubles below it, in units, round to the right integer. */
const MAX_CHUNK_SUM = 2 ** 50;

/** Which images of a chunk count for which analyses, with the parents as of which commit, and with which sign. */
export interface Counted {
  readonly images: Images;
  readonly commit: number;
  readonly sign: 1 | -1;
  readonly analyses: ReadonlySet<Analysis>;
}

/** The results of the chunks that were added. */
export interface ChunkSums {
  readonly add: (chunk: Chunk, counted: Counted) => void;
  readonly changes: Changes;
}

/** Prepares the statements: `collect` starts with no chunk. The connection has the temporary tables. */
export function prepareChunkSums(
  db: Sqlite,
  analyses: readonly Analysis[],
  parents: readonly ChangedParents[],
): { readonly collect: () => ChunkSums; readonly clear: () => void } {
  const clear = db.prepare("DELETE FROM temp.ventes");
  const size = db
    .prepare("SELECT MAX(TOTAL(ABS(ca_millioniemes)), TOTAL(ABS(quantite_millioniemes))) FROM temp.ventes")
    .pluck();
  const queries = analyses.map((analysis) => ({ analysis, query: db.prepare(analysis.sql).raw() }));

  const collect = (): ChunkSums => {
    const changes = new Map(analyses.map((a) => [a.nom, new Map<string, Change>()]));
    const add: ChunkSums["add"] = ([lo, hi], counted) => {
      clear.run();
      let rows = 0;
      for (const statement of counted.images) rows += statement.run(lo, hi).changes;
      if (rows === 0) return;
      if (hi - lo > 1 && (size.get() as number) > MAX_CHUNK_SUM) {
        const middle = lo + Math.floor((hi - lo) / 2);
        add([lo, middle], counted);
        add([middle, hi], counted);
        return;
      }
      for (const parent of parents) parent.copy(counted.commit);
      for (const { analysis, query } of queries)
        if (counted.analyses.has(analysis))
          addRows(changes.get(analysis.nom) as Map<string, Change>, query.all() as unknown[][], counted.sign);
    };
    return { add, changes };
  };
  return { collect, clear: () => clear.run() };
}

/** `rows`: [cle,] valeur in units, NULL for the sum of no rows. */
function addRows(to: Map<string, Change>, rows: readonly (readonly unknown[])[], sign: 1 | -1): void {
  for (const row of rows) {
    const cle = row.length === 1 ? "" : String(row[0] ?? "");
    const before = to.get(cle);
    const sum = BigInt(sign * Math.round(((row.at(-1) as number | null) ?? 0) * 1e6));
    to.set(cle, { sum: (before?.sum ?? 0n) + sum, lost: sign < 0 || before?.lost === true });
  }
}
