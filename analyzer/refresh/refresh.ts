/**
 * Keeps `analyses` equal to the result of the analyses' SQL over the rows as of `progress`. One refresh is one BEGIN
 * IMMEDIATE transaction over the next commits: all of them, or as many whole commits as have `sliceRows` changed rows,
 * so that a long backlog does not hold the lock and the event loop for long. All its state is in the file, so any number
 * of analyzers may refresh one database, and a killed one loses nothing.
 */
import type { Sqlite } from "#shared/database/sqlite.ts";
import { type Analysis, keylessOf, SHIPPED } from "../analyses/analyses.ts";
import type { BadFile, Definition } from "../analyses/definition.ts";
import { type AsOf, openAsOf } from "../as-of/as-of.ts";
import type { Columns } from "../columns/write.ts";
import { type Delta, makeDelta } from "../delta/delta.ts";
import { applyChanges } from "./apply-changes.ts";
import { prepareChangedTables } from "./changed-tables.ts";
import { openFilling } from "./filling.ts";
import { install } from "./installed.ts";
import { prepareLateDates } from "./late-dates.ts";
import { openProgress } from "./progress.ts";
import { openStoredResults, type StoredResults } from "./stored-results.ts";

/**
 * Changed rows of one transaction, which then takes some 0.3 s. An analysis by product writes each product once in each
 * transaction, so smaller ones cost more.
 */
const SLICE_ROWS = 100_000;

export interface Refreshed {
  /** The commit that `analyses` reflected before; now it reflects `to`. Equal: no commit was pending. */
  readonly from: number;
  readonly to: number;
  /** The number of changed rows of `analyses`. */
  readonly changed: number;
  /** True when commits after `to` are still pending. */
  readonly more: boolean;
  /** Another process has changed the analyses of the file: this call did nothing, and the caller must make a new refresher. */
  readonly isReplaced?: true;
}

export interface Refresher {
  /**
   * One transaction. The rows that it writes get the date `now`. After `sliceRows` changed rows it stops; the next
   * call takes the other commits. Throws the errors of SQLite; after SQLITE_BUSY the caller tries again.
   */
  readonly refresh: (now: Date, sliceRows?: number) => Refreshed;
  readonly put: StoredResults["put"];
  readonly analyses: readonly Analysis[];
  readonly close: () => void;
}

export interface RefresherOptions {
  /** What the files of the analyses say. Default: the program's own. The database is brought in line with them. */
  readonly files?: readonly (Definition | BadFile)[];
  readonly chunkRows?: number;
  /** Kept in step with the analyses. Default: none. */
  readonly columns?: Columns;
}

/**
 * Prepares a connection of openVentes. Only the refresher may use it afterwards: on it the names ventes, produits and
 * magasins mean temporary tables. `close` does not close it.
 */
export function makeRefresher(db: Sqlite, options: RefresherOptions = {}): Refresher {
  const { analyses, kept } = install(db, options.files ?? SHIPPED);
  // While the program runs, only install changes the schema: it creates and drops tables and views of analyses.
  const schemaVersion = () => db.pragma("main.schema_version", { simple: true });
  const installed = schemaVersion();
  const progress = openProgress(db);
  const stored = openStoredResults(db);
  const keyless = keylessOf(analyses);
  const delta: Delta = makeDelta(db, {
    analyses,
    kept,
    chunkRows: options.chunkRows,
    limitOf: (nom) => filling.limitOf(nom),
  });
  const filling = openFilling(db, delta.fill);
  const noteLateDates = prepareLateDates(db);
  const noteChangedTables = prepareChangedTables(db);
  let asOf: AsOf | undefined;
  const wholeTables = () => {
    asOf ??= openAsOf(db.name);
    return asOf;
  };
  const target = { analyses, keyless, stored, wholeTables };
  /** The keyless analyses that have no row yet. */
  const missing = () => [...keyless].filter((analysis) => stored.value(analysis, "") === undefined);

  const slice = db.transaction((now: Date, sliceRows: number): Refreshed => {
    const from = progress.reached();
    if (schemaVersion() !== installed) return { from, to: from, changed: 0, more: false, isReplaced: true };
    const started = missing();
    for (const analysis of started) stored.put(analysis, "", null, from, now);
    const { to, more } = progress.nextSlice(from, sliceRows);
    filling.begin();
    if (to === from) return { from, to, changed: started.length, more: filling.step() };

    const span = progress.span(from, to);
    delta.newSales.begin();
    const areAddedUp = options.columns?.apply(span, now, delta.newSales.add) ?? false;
    delta.newSales.end();
    const changed = applyChanges(target, delta.between(span, areAddedUp), to, now);
    noteLateDates(span);
    noteChangedTables(span);
    progress.advance(to, now);
    progress.dropImages(to);
    return { from, to, changed: started.length + changed, more: more || filling.step() };
  });

  return {
    refresh: (now, sliceRows = SLICE_ROWS) => {
      // Reads first without the write lock, because most of the time nothing is pending.
      const from = progress.reached();
      const isPending = missing().length > 0 || filling.isNeeded() || progress.newest() > from;
      if (!isPending && schemaVersion() === installed) return { from, to: from, changed: 0, more: false };
      return slice.immediate(now, sliceRows);
    },
    put: stored.put,
    analyses,
    close: () => asOf?.close(),
  };
}
