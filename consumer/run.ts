/**
 * The consumer: follows the event topics and applies each batch in one transaction. Delivery is at least once;
 * the compare-and-set of positions makes it exactly once. Whoever finds another position than it expected rolls
 * back, reads it and goes on from there: normal after a rebalance, and how two consumers share a database.
 */
import * as Effect from "effect/Effect";
import * as Latch from "effect/Latch";
import { EVENT_TOPICS } from "#shared/contract/topics.ts";
import { onFileWhenFree } from "#shared/database/attempt.ts";
import { whileSameFile } from "#shared/database/same-file.ts";
import { type DatabaseError, isBusy, type Sqlite } from "#shared/database/sqlite.ts";
import { databaseId, openVentes, ventesFile } from "#shared/database/ventes-db.ts";
import { scheduleOf } from "#shared/runtime/retry.ts";
import { Settings } from "#shared/runtime/settings.ts";
import { partitionKey } from "#shared/topic-log/by-partition.ts";
import { type LogFailure, LogMismatch } from "#shared/topic-log/errors.ts";
import { type LogState, type Position, TopicLog, type TopicPartition } from "#shared/topic-log/topic-log.ts";
import { type BatchResult, makeBatchApplier } from "./batch.ts";
import { type Counts, noCounts } from "./batch-state.ts";
import { assertWithin, bindToLog, furthestRead, storedPositions } from "./log-binding.ts";
import { announceCommits } from "./outbox.ts";

/** What was done since this consumer started. */
export interface ConsumerFigures extends Readonly<Counts> {
  /** The newest commit of this consumer; 0 before the first. */
  readonly commit: number;
}

export interface ConsumerOptions {
  /** After each batch. */
  readonly onProgress?: (figures: ConsumerFigures) => void;
  readonly onLogState?: (state: LogState) => void;
  /** A batch was rolled back: another consumer had written this partition up to this position. */
  readonly onOvertaken?: (position: Position) => void;
}

export type ConsumerFailure = LogFailure | DatabaseError;

/** No position: a batch that was fetched before the positions were asked again applies nothing. */
const NOWHERE = -1;

/** How often a consumer looks whether somebody (a replay) moved its positions. */
const LOOK_MS = 200;

/** A turn of the event loop between transactions: a log on this disk answers at once, and nothing else would run. */
export const YIELD = Effect.yieldNow;

/** Never returns by itself. Fails when the database cannot be used, or belongs to another log. */
export const runConsumer = (
  options: ConsumerOptions = {},
): Effect.Effect<never, ConsumerFailure, TopicLog | Settings> =>
  Effect.scoped(
    Effect.gen(function* () {
      const { data } = yield* Settings;
      const log = yield* TopicLog;
      const db = yield* openBoundDatabase(options.onLogState ?? (() => {}));
      const applier = makeBatchApplier(db, { partitions: log.partitions });
      const wake = Latch.makeUnsafe(true);

      let figures: ConsumerFigures = NO_FIGURES;
      const expected = new Map<string, number>();
      /** Where this consumer found or left each partition, whoever has it now. */
      const reached = new Map<string, number>();
      const positions = (assigned: readonly TopicPartition[]): readonly Position[] => {
        const stored = new Map(storedPositions(db).map((p) => [partitionKey(p), p.offset]));
        return assigned.map((place) => {
          const offset = stored.get(partitionKey(place)) ?? 0;
          expected.set(partitionKey(place), offset);
          reached.set(partitionKey(place), offset);
          return { ...place, offset };
        });
      };

      const following = log.follow({
        group: `consumer.${databaseId(db)}`,
        topics: EVENT_TOPICS,
        positions,
        moved: positionsMoved(db, expected),
        ...(options.onLogState === undefined ? {} : { onState: options.onLogState }),
        onBatch: (batch) =>
          Effect.map(
            onFileWhenFree(ventesFile(data), () => {
              const result = applier.apply(batch, expected.get(partitionKey(batch)) ?? NOWHERE);
              // In the same breath as the commit: `positionsMoved` must never see one without the other.
              expected.set(partitionKey(batch), result.position);
              return result;
            }),
            (result) => {
              figures = addFigures(figures, result);
              const { topic, partition } = batch;
              const before = reached.get(partitionKey(batch));
              reached.set(partitionKey(batch), result.position);
              if (!result.applied && before !== undefined && result.position > before)
                options.onOvertaken?.({ topic, partition, offset: result.position });
              if (result.commit !== null) wake.openUnsafe();
              if (result.applied) options.onProgress?.(figures);
              return result.position;
            },
          ).pipe(Effect.tap(YIELD)),
      });
      // Neither ends by itself; a defect of either ends both.
      return yield* Effect.raceFirst(
        Effect.raceFirst(following, announceCommits(db, data, wake)),
        whileSameFile(ventesFile(data)),
      );
    }),
  );

/**
 * DIR/ventes.db, open for writing, bound to this log, which has all that it has read. Closed with the scope. A lost
 * log is waited for when there is somebody to tell so.
 */
export const openBoundDatabase = Effect.fnUntraced(function* (onLogState?: (state: LogState) => void) {
  const { data } = yield* Settings;
  const log = yield* TopicLog;
  const db = yield* Effect.acquireRelease(
    onFileWhenFree(ventesFile(data), () => openVentes(data)),
    (db) => Effect.sync(() => db.close()),
  );
  // Keys arrive in hash order: with SQLite's 2 MB the index of a large table is read from disk again and again.
  // More than this is no faster with a million sales, and is memory of every process.
  db.pragma("cache_size = -16384");
  yield* failing(() => bindToLog(db, log.identity));
  const read = yield* failing(() => furthestRead(db));
  const asked = log.bounds(EVENT_TOPICS, read);
  const bounds = yield* onLogState === undefined
    ? asked
    : asked.pipe(
        Effect.tapError((error) =>
          Effect.sync(() => {
            if (error._tag === "LogUnavailable") onLogState({ state: "waiting", reason: error.message });
          }),
        ),
        Effect.retry({ schedule: scheduleOf("log"), while: (error) => error._tag === "LogUnavailable" }),
      );
  yield* failing(() => assertWithin(db, read, bounds));
  return db;
});

/** Runs what throws LogMismatch, again and again while another process is in its transaction. */
const failing = <A>(check: () => A): Effect.Effect<A, LogMismatch> =>
  Effect.try({ try: check, catch: (error) => error }).pipe(
    Effect.retry({ schedule: scheduleOf("busy"), while: isBusy }),
    Effect.catch((error) => (error instanceof LogMismatch ? Effect.fail(error) : Effect.die(error))),
  );

/**
 * Completes when the database stands elsewhere than this consumer left it. All positions are then asked again,
 * so what is expected starts anew: a partition that went to another consumer is forgotten here.
 */
const positionsMoved = (db: Sqlite, expected: Map<string, number>): Effect.Effect<void> =>
  Effect.suspend(() => {
    let seen: unknown;
    const moved = (): boolean => {
      const version = db.pragma("data_version", { simple: true });
      if (version === seen) return false;
      const stored = storedPositions(db);
      seen = version;
      return stored.some((p) => (expected.get(partitionKey(p)) ?? p.offset) !== p.offset);
    };
    const look = Effect.try({ try: moved, catch: (error) => error }).pipe(
      // Polled at again soon.
      Effect.catch((error) => (isBusy(error) ? Effect.succeed(false) : Effect.die(error))),
    );
    return Effect.sleep(LOOK_MS).pipe(
      Effect.andThen(look),
      Effect.repeat({ until: (isMoved) => isMoved }),
      Effect.andThen(Effect.sync(() => expected.clear())),
    );
  });

const NO_FIGURES: ConsumerFigures = { ...noCounts(), commit: 0 };

const addFigures = (sum: ConsumerFigures, result: BatchResult): ConsumerFigures => ({
  events: sum.events + result.events,
  changed: sum.changed + result.changed,
  unchanged: sum.unchanged + result.unchanged,
  superseded: sum.superseded + result.superseded,
  rejected: sum.rejected + result.rejected,
  repaired: sum.repaired + result.repaired,
  commit: result.commit ?? sum.commit,
});
