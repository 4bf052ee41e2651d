/**
 * Rebuild: fills a new database from the first event, beside the running one, compares the two, and makes the running one
 * equal to the new one in one transaction (docs/adr/0013-rebuild.md). What the topics do not tell stays as it is: the
 * history of the analyses, saved analyses, the id, the numbers of commits. Components that run go on; a reader sees the
 * tables as before or as after.
 */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import { partitionOf } from "#shared/contract/partitioner.ts";
import { EVENT_TOPICS, type EventTopic } from "#shared/contract/topics.ts";
import { applyingIn } from "#shared/database/applying.ts";
import { onFile, onFileWhenFree, withErrorsOf } from "#shared/database/attempt.ts";
import { brokenIn, problemsOf } from "#shared/database/copy.ts";
import { missedEvents } from "#shared/database/log-of-database.ts";
import { whileSameFile } from "#shared/database/same-file.ts";
import { DatabaseError, openPlain, type Sqlite } from "#shared/database/sqlite.ts";
import { VENTES_DB, ventesFile, ventesReaderOf } from "#shared/database/ventes-db.ts";
import { Settings } from "#shared/runtime/settings.ts";
import { elapsedMsOf, isoOf } from "#shared/runtime/time.ts";
import { offsetsByPartition, partitionKey } from "#shared/topic-log/by-partition.ts";
import { type LogFailure, LogUnavailable } from "#shared/topic-log/errors.ts";
import { type OffsetRange, type Position, TopicLog } from "#shared/topic-log/topic-log.ts";
import { applyRanges } from "./apply-ranges.ts";
import { openBoundDatabase } from "./bound-database.ts";
import { type Comparison, compare, forgetDifferences, putRight } from "./differences.ts";
import { finishEvent } from "./finish-event.ts";
import { furthestRead, storedPositions } from "./log-binding.ts";

/** read: events into the new database; check: both files; compare; write: differences into the running database. */
export type RebuildPhase = "read" | "check" | "compare" | "write";

export interface RebuildOptions {
  /** An empty directory on the disk of the database: the new one is filled there. */
  readonly into: string;
  /** Only compares. */
  readonly dryRun: boolean;
  /**
   * Runs when there are differences, before they are written. The caller makes the analyses equal to the rows as they are:
   * they follow the commit by what it changes, so a result that was wrong before would be wrong after it.
   */
  readonly beforeWrite: Effect.Effect<void, DatabaseError, Settings>;
  readonly onPhase?: (phase: RebuildPhase) => void;
  /** Called after each transaction with the events in the new database, fences left out. */
  readonly onProgress?: (events: number) => void;
}

export interface RebuildReport extends Comparison {
  /** Events that were read, fences left out. */
  readonly events: number;
  /** How long it took to read them and to apply them to the new database, in milliseconds. */
  readonly readMs: number;
  /** The commit that made the running database equal to the new one; null: nothing was written. */
  readonly commit: number | null;
  /** How long that transaction kept other writers waiting, in milliseconds. */
  readonly lockedMs: number;
}

export interface Loss {
  /** Events that the database has read and that the topics do not have any more. */
  readonly events: number;
  /** Rows whose event is among them, by table; tables without any are left out. */
  readonly rows: Readonly<Record<string, number>>;
}

/** While the running database is locked, the log must answer within this time. */
const LOCKED_WAIT_MS = 10_000;

/** Tables, the topic that their rows come from, and the column of their key. */
const ROWS: readonly (readonly [table: string, topic: EventTopic, key: string])[] = [
  ["produits", "produits", "id_produit"],
  ["magasins", "magasins", "id_magasin"],
  ["ventes", "ventes", "id_vente"],
  ["orphelins", "ventes", "id_vente"],
  ["rejets", "rejets", "id"],
];

/**
 * The events and rows that a rebuild of DIR/ventes.db would lose, because the topics no longer have their first events. With
 * 0 events it loses nothing. Fails with LogMismatch when the database belongs to another log.
 */
export const lossOf: Effect.Effect<Loss, LogFailure | DatabaseError, TopicLog | Settings> = Effect.scoped(
  Effect.gen(function* () {
    const { data } = yield* Settings;
    const log = yield* TopicLog;
    yield* openBoundDatabase();
    const db = yield* ventesReaderOf(data);
    const bounds = yield* log.bounds(EVENT_TOPICS);
    return yield* onFile(ventesFile(data), () => {
      const missed = new Map(missedEvents(db).map(({ place, events }) => [place, events]));
      const gone = bounds.filter((b) => b.start > (missed.get(partitionKey(b)) ?? 0));
      if (gone.length === 0) return { events: 0, rows: {} };
      const starts = new Map(gone.map((b) => [partitionKey(b), b.start]));
      const rows = ROWS.map(([table, topic, key]) => {
        const isGone = (id: string, offset: number): boolean => {
          // The reject of a record that is no event has the place of the record as its id.
          const place = /^(\w+\/\d+)\/\d+$/.exec(id)?.[1];
          const partition = partitionOf(id, log.partitions(topic));
          const own = table === "rejets" && place !== undefined ? place : partitionKey({ topic, partition });
          return offset < (starts.get(own) ?? 0);
        };
        return [table, countRows(db, table, key, Math.max(...starts.values()), isGone)] as const;
      });
      return {
        events: gone.reduce((sum, b) => sum + b.start - (missed.get(partitionKey(b)) ?? 0), 0),
        rows: Object.fromEntries(rows.filter(([, n]) => n > 0)),
      };
    });
  }),
);

function countRows(
  db: Sqlite,
  table: string,
  key: string,
  below: number,
  counts: (id: string, offset: number) => boolean,
): number {
  let n = 0;
  const rows = db.prepare(`SELECT ${key} AS id, offset FROM ${table} WHERE offset < ?`).iterate(below);
  for (const { id, offset } of rows as IterableIterator<{ id: string; offset: number }>)
    if (counts(id, offset)) n++;
  return n;
}

/**
 * Rebuilds DIR/ventes.db (rule 16, invariant 6). It may be interrupted or killed at any moment: the running database then
 * is as it was. Fails with DatabaseError when a file cannot be used or is damaged, and with LogMismatch when the database
 * belongs to another log, or the log has lost its last events.
 */
export const rebuild = (
  options: RebuildOptions,
): Effect.Effect<RebuildReport, LogFailure | DatabaseError, TopicLog | Settings> =>
  Effect.flatMap(Settings, ({ data }) =>
    Effect.raceFirst(
      Effect.scoped(rebuildIn(ventesFile(data), options)),
      whileSameFile(ventesFile(data)),
    ).pipe(withErrorsOf(ventesFile(data))),
  );

const rebuildIn = Effect.fnUntraced(function* (file: string, options: RebuildOptions) {
  const { dryRun, into, onPhase = () => {} } = options;
  const settings = yield* Settings;
  const fresh = yield* openBoundDatabase().pipe(
    Effect.provideService(Settings, { ...settings, data: into }),
    Effect.tap((db) =>
      Effect.sync(() => {
        // The new database is deleted at the end, so it need not survive a power cut.
        db.pragma("synchronous = OFF");
      }),
    ),
  );
  const both: Both = { file, fresh, db: yield* beside(file, into), onApplied: reportingOn(fresh, options) };
  onPhase("read");
  const clock = yield* Clock.Clock;
  const from = elapsedMsOf(clock);
  yield* catchUp(both);
  const readMs = elapsedMsOf(clock) - from;
  onPhase("check");
  yield* checkFiles(file, ventesFile(into));
  onPhase("compare");
  const first = yield* compareSnapshot(both);
  if (dryRun || Object.keys(first.counts).length === 0)
    return { ...first, events: eventsIn(fresh), readMs, commit: null, lockedMs: 0 };
  yield* options.beforeWrite;
  onPhase("write");
  const written = yield* putInPlace(both);
  return { ...written, events: eventsIn(fresh), readMs };
});

interface Both {
  readonly file: string;
  /** The new database, which the events are applied to. */
  readonly fresh: Sqlite;
  /** The running database, with the new one attached as `fresh`. */
  readonly db: Sqlite;
  readonly onApplied: () => void;
}

const beside = (file: string, into: string): Effect.Effect<Sqlite, DatabaseError, Scope.Scope> =>
  Effect.acquireRelease(
    onFile(file, () => {
      const db = openPlain(file);
      // Tables are made equal one after the other.
      db.pragma("foreign_keys = OFF");
      db.prepare("ATTACH ? AS fresh").run(ventesFile(into));
      // 64 MB each: rows are looked up by key.
      for (const name of ["main", "fresh"]) db.pragma(`${name}.cache_size = -65536`);
      return db;
    }),
    (db) => Effect.sync(() => db.close()),
  );

const eventsIn = (db: Sqlite): number =>
  (db.prepare("SELECT SUM(events) FROM positions").pluck().get() as number | null) ?? 0;

const reportingOn =
  (fresh: Sqlite, { onProgress }: RebuildOptions) =>
  (): void =>
    onProgress?.(eventsIn(fresh));

/** Applies to the new database what the running one has read, as its connection sees it now. */
const catchUp = ({ db, fresh, onApplied }: Both) =>
  Effect.suspend(() =>
    applyRanges(fresh, missingRanges(furthestRead(db), storedPositions(fresh)), onApplied),
  );

/** Parents first, so that few sales wait for them. */
const missingRanges = (read: readonly Position[], applied: readonly Position[]): readonly OffsetRange[] => {
  const at = offsetsByPartition(applied);
  return EVENT_TOPICS.flatMap((topic) => read.filter((position) => position.topic === topic))
    .map((p) => ({ ...p, offset: at.get(partitionKey(p)) ?? 0, until: p.offset }))
    .filter(({ offset, until }) => offset < until);
};

/** Nothing is compared with a damaged file, and nothing is written into one. */
const checkFiles = Effect.fnUntraced(function* (file: string, fresh: string) {
  const [damage] = yield* onFile(file, () => brokenIn(file, VENTES_DB));
  if (damage !== undefined)
    return yield* onFile(file, () => {
      throw Object.assign(new Error(damage), { code: "SQLITE_CORRUPT" });
    });
  const [problem] = yield* onFile(fresh, () => problemsOf(fresh, VENTES_DB));
  if (problem !== undefined)
    return yield* new DatabaseError({
      file: fresh,
      reason: "disk",
      message: `the new database ${fresh} is broken (${problem}): check the disk and its mount, then try again; the running database was not changed`,
    });
});

/** Compares without a lock: the connection keeps one state of the running database in view. */
const compareSnapshot = (both: Both): Effect.Effect<Comparison, LogFailure | DatabaseError, TopicLog> =>
  inTransaction(
    both,
    "SELECT COUNT(*) FROM main.positions",
    Effect.gen(function* () {
      yield* catchUp(both);
      return yield* onFileWhenFree(both.file, () => compare(both.db));
    }),
  );

/** Compares again while all other writers wait, and makes the running database equal. */
const putInPlace = Effect.fnUntraced(function* (both: Both) {
  const { db, file } = both;
  const clock = yield* Clock.Clock;
  // It begins with a write into the running database alone: BEGIN IMMEDIATE would lock the new one too.
  return yield* inTransaction(
    both,
    "UPDATE main.counters SET value = value WHERE name = 'repaired'",
    Effect.gen(function* () {
      const from = elapsedMsOf(clock);
      const caughtUp = yield* Effect.timeoutOption(catchUp(both), LOCKED_WAIT_MS);
      if (caughtUp._tag === "None")
        return yield* new LogUnavailable({
          address: file,
          message: `the topics did not answer within ${LOCKED_WAIT_MS} ms while the database was locked: nothing was changed, try again`,
        });
      const { comparison, commit } = yield* onFile(file, () => {
        const comparison = compare(db);
        const commit = putRight(db, comparison, isoOf(clock));
        db.exec("COMMIT");
        forgetDifferences(db);
        return { comparison, commit };
      });
      return { ...comparison, commit, lockedMs: elapsedMsOf(clock) - from };
    }),
  );
});

/**
 * Runs `work` in a transaction that begins with the statement `first`, in a state without an unfinished event, and rolls
 * it back unless `work` commits it.
 */
const inTransaction = <A, E>(
  both: Both,
  first: string,
  work: Effect.Effect<A, E, TopicLog>,
): Effect.Effect<A, E | LogFailure | DatabaseError, TopicLog> =>
  Effect.gen(function* () {
    const { db, file } = both;
    const begin = onFileWhenFree(file, () => {
      db.exec("BEGIN");
      try {
        db.exec(first);
      } catch (error) {
        db.exec("ROLLBACK");
        throw error;
      }
    });
    const end = Effect.sync(() => {
      if (db.inTransaction) db.exec("ROLLBACK");
    });
    for (;;) {
      const done = yield* Effect.acquireUseRelease(
        begin,
        () => (applyingIn(db) === null ? Effect.asSome(work) : Effect.succeedNone),
        () => end,
      );
      if (done._tag === "Some") return done.value;
      yield* finishEvent(file);
    }
  });
