/**
 * What the sales of a chunk add to the results of each analysis, or take away: the core of its query over them, in
 * exact integers. An analysis of the table `analyses` collects its changes by cle. Another one has a table of its own,
 * and adds to it at once.
 */
import { isRefused, type Sqlite, type Statement } from "#shared/database/sqlite.ts";
import { type Analysis, sumOf } from "../analyses/analyses.ts";
import { type Linear, quoted } from "../analyses/query/linear.ts";
import { ADDED_UP_TABLES } from "./added-up.ts";
import type { Change, Changes } from "./changes.ts";

/** An analysis with a table of its own, which exists: the keys and counts of its core. */
export interface Kept {
  readonly nom: string;
  readonly sql: string;
  readonly linear: Linear;
  /** The name of its table. */
  readonly table: string;
}

/** Sales whose rowid is at least `lo` and below `hi`. */
export interface Reader {
  readonly of: Pick<Analysis, "nom" | "sql">;
  /** Adds the sales of the temporary tables, or takes them away. */
  readonly read: (sign: 1 | -1, lo: number, hi: number) => void;
  /** Called when all chunks of a delta are read. */
  readonly end: () => void;
  /** The analysis has only the sales whose rowid is below it: `read` leaves the others aside. */
  readonly limit: () => number;
  /** Adds the sales of the file, whatever `limit` says. */
  readonly fill: (lo: number, hi: number) => void;
  /** Adds the sales that a table of added up sales holds. Undefined: the analysis needs more of a sale than they have. */
  readonly addedUp: { readonly table: string; readonly read: () => void } | undefined;
}

interface Prepared {
  readonly table: string;
  readonly statement: Statement;
}

/** The statement that reads the first table of added up sales that has all columns that the core needs. */
function prepareAddedUp(
  db: Sqlite,
  { coreOfAddedUp }: Linear,
  statementOf: (core: string) => string,
): Prepared | undefined {
  if (coreOfAddedUp === undefined) return undefined;
  for (const table of ADDED_UP_TABLES) {
    try {
      return { table, statement: db.prepare(statementOf(coreOfAddedUp(table))) };
    } catch (error) {
      // "no such column"
      if (!isRefused(error)) throw error;
    }
  }
  return undefined;
}

/** Collects into `changes`, of which each delta has a new one. */
export function analysisReader(db: Sqlite, analysis: Analysis, changes: () => Changes): Reader {
  const core = {
    named: db.prepare(analysis.linear.core("named")).safeIntegers().raw(),
    main: db.prepare(analysis.linear.core("main")).safeIntegers().raw(),
  };
  const addedUp = prepareAddedUp(db, analysis.linear, (sql) => sql);
  addedUp?.statement.safeIntegers().raw();
  const collect = (sign: 1 | -1, rows: readonly unknown[]) => {
    const to = changes().get(analysis.nom) as Map<string, Change>;
    for (const row of rows as unknown[][]) {
      const [cle, sum] = sumOf(analysis, row) ?? [];
      if (cle === undefined || sum === undefined) continue;
      const before = to.get(cle);
      to.set(cle, {
        sum: (before?.sum ?? 0n) + BigInt(sign) * sum,
        lost: sign < 0 || before?.lost === true,
      });
    }
  };
  return {
    of: analysis,
    read: (sign, lo, hi) => collect(sign, core.named.all(lo, hi)),
    end: () => {},
    limit: () => Number.MAX_SAFE_INTEGER,
    fill: (lo, hi) => collect(1, core.main.all(lo, hi)),
    addedUp: addedUp && { table: addedUp.table, read: () => collect(1, addedUp.statement.all()) },
  };
}

/** Adds to the table of the analysis. `limit`: only sales whose rowid is below it are in that table yet. */
export function keptReader(db: Sqlite, kept: Kept, limit: () => number): Reader {
  const { linear } = kept;
  const table = `main.${quoted(kept.table)}`;
  const columns = [...linear.keys, ...linear.counts].join(", ");
  const added = linear.counts.map((name) => `${name} = ${name} + excluded.${name}`).join(", ");
  const adding = (core: string) => `
    INSERT INTO ${table} (${columns}) ${core}
    ON CONFLICT (${linear.keys.join(", ")}) DO UPDATE SET ${added}`;
  const named = {
    1: db.prepare(adding(linear.core("named", 1))),
    [-1]: db.prepare(adding(linear.core("named", -1))),
  };
  const main = db.prepare(adding(linear.core("main")));
  const addedUp = prepareAddedUp(db, linear, adding);
  const dropEmpty = linear.keyless ? undefined : db.prepare(`DELETE FROM ${table} WHERE _n = 0`);
  return {
    of: kept,
    read: (sign, lo, hi) => {
      const end = Math.min(hi, limit());
      if (lo < end) named[sign].run(lo, end);
    },
    end: () => dropEmpty?.run(),
    limit,
    fill: (lo, hi) => {
      main.run(lo, hi);
    },
    addedUp: addedUp && {
      table: addedUp.table,
      read: () => {
        addedUp.statement.run();
      },
    },
  };
}
