/**
 * What the sales of a chunk add to the results of each analysis, or take away: the core of its query over them, in
 * exact integers. An analysis of the table `analyses` collects its changes by cle. Another one has a table of its own,
 * and adds to it at once.
 */
import type { Sqlite } from "#shared/database/sqlite.ts";
import { type Analysis, sumOf } from "../analyses/analyses.ts";
import { type Linear, quoted, type Where } from "../analyses/query/linear.ts";
import type { Change, Changes } from "./changes.ts";

/** An analysis with a table of its own, which exists: the keys and counts of its core. */
export interface Kept {
  readonly nom: string;
  readonly sql: string;
  readonly linear: Linear;
  /** The name of its table. */
  readonly table: string;
}

/** Sales whose rowid is at least `lo` and below `hi`, in the tables that `where` says. */
export interface Reader {
  readonly of: Pick<Analysis, "nom" | "sql">;
  readonly read: (where: Where, sign: 1 | -1, lo: number, hi: number) => void;
  /** Called when all chunks of a delta are read. */
  readonly end: () => void;
  /** Adds sales that the table of the analysis does not have yet, from the tables of the file. */
  readonly fill?: (lo: number, hi: number) => void;
}

/** Collects into `changes`, of which each delta has a new one. */
export function analysisReader(db: Sqlite, analysis: Analysis, changes: () => Changes): Reader {
  const core = {
    named: db.prepare(analysis.linear.core("named")).safeIntegers().raw(),
    main: db.prepare(analysis.linear.core("main")).safeIntegers().raw(),
  };
  return {
    of: analysis,
    read: (where, sign, lo, hi) => {
      const to = changes().get(analysis.nom) as Map<string, Change>;
      for (const row of core[where].all(lo, hi) as unknown[][]) {
        const [cle, sum] = sumOf(analysis, row) ?? [];
        if (cle === undefined || sum === undefined) continue;
        const before = to.get(cle);
        to.set(cle, {
          sum: (before?.sum ?? 0n) + BigInt(sign) * sum,
          lost: sign < 0 || before?.lost === true,
        });
      }
    },
    end: () => {},
  };
}

/** Adds to the table of the analysis. `limit`: only sales whose rowid is below it are in that table yet. */
export function keptReader(db: Sqlite, kept: Kept, limit: () => number): Reader {
  const { linear } = kept;
  const table = `main.${quoted(kept.table)}`;
  const columns = [...linear.keys, ...linear.counts].join(", ");
  const added = linear.counts.map((name) => `${name} = ${name} + excluded.${name}`).join(", ");
  const adding = (where: Where, sign: 1 | -1) =>
    db.prepare(`
      INSERT INTO ${table} (${columns}) ${linear.core(where, sign)}
      ON CONFLICT (${linear.keys.join(", ")}) DO UPDATE SET ${added}`);
  const add = {
    named: { 1: adding("named", 1), [-1]: adding("named", -1) },
    main: { 1: adding("main", 1), [-1]: adding("main", -1) },
  };
  const dropEmpty = linear.keyless ? undefined : db.prepare(`DELETE FROM ${table} WHERE _n = 0`);
  return {
    of: kept,
    read: (where, sign, lo, hi) => {
      const end = Math.min(hi, limit());
      if (lo < end) add[where][sign].run(lo, end);
    },
    end: () => dropEmpty?.run(),
    fill: (lo, hi) => {
      add.main[1].run(lo, hi);
    },
  };
}
