/**
 * Keeps `analyses` equal to what the analyses' SQL answers over the rows as of `avancement`. One call is one
 * BEGIN IMMEDIATE transaction over the next commits: all of them, or as many as have `sliceRows` changed rows
 * (always whole commits), so that a long backlog never holds the lock or the event loop. What it reads and
 * writes is in the file alone: any number of analyzers may call it, and a killed one loses nothing.
 */

import { MAX_MILLIONTHS } from "#shared/contract/numbers.ts";
import type { Sqlite } from "#shared/database/sqlite.ts";
import { ANALYSES, type Analysis } from "./analyses/index.ts";
import { type AsOf, openAsOf } from "./as-of.ts";
import { type Change, type Changes, makeDelta, NO_END } from "./delta.ts";
import { PARENTS } from "./shape.ts";

/** Changed rows a transaction: some 50 ms. */
export const SLICE_ROWS = 25_000;

export interface Refreshed {
  /** `analyses` reflected this commit before, and reflects `to` now. Equal: nothing was pending. */
  readonly from: number;
  readonly to: number;
  /** Rows of analyses that changed. */
  readonly changed: number;
  /** Commits after `to` were waiting when it ended. */
  readonly more: boolean;
}

export interface RefreshOptions {
  readonly sliceRows?: number;
  readonly now?: Date;
}

export interface Refresher {
  readonly refresh: (options?: RefreshOptions) => Refreshed;
  /** Writes one row of analyses and its history, or withdraws it (undefined), inside the caller's transaction. */
  readonly put: (
    analysis: Analysis,
    cle: string,
    value: bigint | null | undefined,
    commit: number,
    now: Date,
  ) => void;
  readonly analyses: readonly Analysis[];
  readonly close: () => void;
}

export interface RefresherOptions {
  readonly analyses?: readonly Analysis[];
  readonly chunkRows?: number;
}

/** A value of analyses as the file has it. undefined: no row; null: the sum of no rows. */
export type Stored = bigint | number | null | undefined;

/** A sum beyond 64 bits (a column of barcodes taken for quantities) is stored as the nearest double. */
export const asStored = (value: bigint | null | undefined): Stored =>
  typeof value === "bigint" && (value > MAX_MILLIONTHS || value < -MAX_MILLIONTHS) ? Number(value) : value;

/** undefined when only the table knows: sales and returns that sum to zero, or none left; sums beyond 64 bits. */
function add(before: Stored, change: Change): bigint | undefined {
  if (typeof before === "number") return undefined;
  const sum = (before ?? 0n) + change.sum;
  const isDoubtful = (sum === 0n && change.lost) || typeof asStored(sum) === "number";
  return isDoubtful ? undefined : sum;
}

/** Prepares a connection of openVentes. It belongs to the refresher from here on: names in it are shadowed. */
export function makeRefresher(db: Sqlite, options: RefresherOptions = {}): Refresher {
  const analyses = options.analyses ?? ANALYSES;
  const sql = {
    reached: db.prepare("SELECT commit_id FROM avancement").pluck(),
    newest: db.prepare("SELECT IFNULL(MAX(commit_id), 0) FROM commits").pluck(),
    pending: db.prepare(`
      SELECT commit_id AS id, MAX(changed, rang_a - rang_de + 1) AS rows
      FROM commits WHERE commit_id > ? ORDER BY commit_id`),
    rangAfter: db
      .prepare("SELECT rang_de FROM commits WHERE commit_id > ? ORDER BY commit_id LIMIT 1")
      .pluck(),
    /** Rowids grow in the order of commits, so the newest row bounds a range without an end. */
    rangLast: db.prepare("SELECT valeur + 1 FROM compteurs WHERE nom = 'rang'").pluck(),
    value: db.prepare("SELECT millioniemes FROM analyses WHERE nom = ? AND cle = ?").safeIntegers().pluck(),
    put: db.prepare(`
      INSERT INTO analyses (nom, cle, millioniemes, unite, commit_id, date_analyse) VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET millioniemes = excluded.millioniemes, unite = excluded.unite,
        commit_id = excluded.commit_id, date_analyse = excluded.date_analyse`),
    withdraw: db.prepare("DELETE FROM analyses WHERE nom = ? AND cle = ?"),
    history: db.prepare(`
      INSERT INTO analyses_historique (nom, cle, minute, millioniemes, commit_id, date_analyse)
      VALUES (@nom, @cle, substr(@at, 1, 16), @value, @commit, @at)
      ON CONFLICT DO UPDATE SET millioniemes = excluded.millioniemes, commit_id = excluded.commit_id,
        date_analyse = excluded.date_analyse`),
    advance: db.prepare("UPDATE avancement SET commit_id = ?, date_avancement = ?"),
    // n grows with commit_id: the images after it are found without reading them all.
    dropImages: ["ventes", ...PARENTS].map((table) =>
      db.prepare(`
        DELETE FROM old_${table} WHERE n < IFNULL(
          (SELECT n FROM old_${table} WHERE commit_id > ? ORDER BY n LIMIT 1), ${NO_END})`),
    ),
  };
  const keyless = analyses.filter((a) => db.prepare(a.sql).columns().length === 1);
  const delta = makeDelta(db, analyses, options.chunkRows);
  let asOf: AsOf | undefined;
  const wholeTables = () => {
    asOf ??= openAsOf(db.name);
    return asOf;
  };

  const put: Refresher["put"] = (analysis, cle, value, commit, now) => {
    const at = now.toISOString();
    if (value === undefined) sql.withdraw.run(analysis.nom, cle);
    else sql.put.run(analysis.nom, cle, asStored(value), analysis.unite, commit, at);
    sql.history.run({ nom: analysis.nom, cle, value: asStored(value) ?? null, commit, at });
  };

  /** Adds the changes to their rows of analyses. How many of these are not what they were. */
  function apply(changes: Changes, commit: number, now: Date): number {
    let changed = 0;
    const replace = (analysis: Analysis, cle: string, before: Stored, after: bigint | null | undefined) => {
      if (asStored(after) === before) return;
      put(analysis, cle, after, commit, now);
      changed++;
    };
    const asked = new Map<Analysis, Map<string, Stored>>();
    for (const analysis of analyses) {
      const doubtful = new Map<string, Stored>();
      for (const [cle, change] of changes.get(analysis.nom) ?? []) {
        const before = sql.value.get(analysis.nom, cle) as Stored;
        const after = add(before, change);
        if (after === undefined) doubtful.set(cle, before);
        else replace(analysis, cle, before, after);
      }
      if (doubtful.size > 0) asked.set(analysis, doubtful);
    }
    if (asked.size === 0) return changed;
    const sums = wholeTables().sums(
      new Map([...asked].map(([a, cles]) => [a, new Set(cles.keys())])),
      commit,
    );
    for (const [analysis, doubtful] of asked)
      for (const [cle, before] of doubtful)
        replace(
          analysis,
          cle,
          before,
          sums.get(analysis)?.get(cle) ?? (keyless.includes(analysis) ? null : undefined),
        );
    return changed;
  }

  /** Takes whole commits until they have `rows` changed rows. */
  function nextSlice(from: number, rows: number): { readonly to: number; readonly more: boolean } {
    let to = from;
    let taken = 0;
    for (const commit of sql.pending.iterate(from) as IterableIterator<{ id: number; rows: number }>) {
      if (to > from && taken + commit.rows > rows) return { to, more: true };
      to = commit.id;
      taken += commit.rows;
    }
    return { to, more: false };
  }

  const slice = db.transaction(({ sliceRows = SLICE_ROWS, now = new Date() }: RefreshOptions): Refreshed => {
    const from = sql.reached.get() as number;
    let changed = 0;
    for (const analysis of keyless)
      if (sql.value.get(analysis.nom, "") === undefined) {
        put(analysis, "", null, from, now);
        changed++;
      }
    const { to, more } = nextSlice(from, sliceRows);
    if (to === from) return { from, to, changed, more };

    const changes = delta.between({
      from,
      to,
      rangFirst: sql.rangAfter.get(from) as number,
      rangEnd: (sql.rangAfter.get(to) as number | undefined) ?? (sql.rangLast.get() as number),
    });
    changed += apply(changes, to, now);
    sql.advance.run(to, now.toISOString());
    for (const statement of sql.dropImages) statement.run(to);
    return { from, to, changed, more };
  });

  return {
    refresh: (options = {}) => {
      // Looks without the write lock first: most looks find nothing.
      const from = sql.reached.get() as number;
      const started = keyless.every((a) => sql.value.get(a.nom, "") !== undefined);
      if (started && (sql.newest.get() as number) <= from) return { from, to: from, changed: 0, more: false };
      return slice.immediate(options);
    },
    put,
    analyses,
    close: () => asOf?.close(),
  };
}
