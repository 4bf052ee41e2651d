/**
 * The consumer: follows the event topics and applies each batch in one transaction. Delivery is at least once; the
 * compare-and-set of positions makes it exactly once. A consumer that finds another position than it expected rolls
 * back and goes on from the stored position. This is normal after a rebalance, and lets two consumers share a database.
 *
 * "Rule N" in a comment is of docs/rules.md, "invariant N" of docs/invariants.md; docs/glossary.md has the words.
 */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Latch from "effect/Latch";
import { EVENT_TOPICS } from "#shared/contract/topics.ts";
import { explained, onFileWhenFree, withErrorsOf } from "#shared/database/attempt.ts";
import { whileSameFile } from "#shared/database/same-file.ts";
import { type DatabaseError, isBusy, type Sqlite } from "#shared/database/sqlite.ts";
import { databaseId, ventesFile } from "#shared/database/ventes-db.ts";
import { scheduleOf } from "#shared/runtime/retry.ts";
import { Settings } from "#shared/runtime/settings.ts";
import { yieldToEventLoop } from "#shared/runtime/slices.ts";
import { type Attributes, spanned, versionText } from "#shared/runtime/spans.ts";
import { elapsedMsOf } from "#shared/runtime/time.ts";
import { offsetsByPartition, partitionKey } from "#shared/topic-log/by-partition.ts";
import type { LogFailure } from "#shared/topic-log/errors.ts";
import {
  type LogBatch,
  type LogState,
  type Position,
  TopicLog,
  type TopicPartition,
} from "#shared/topic-log/topic-log.ts";
import { type ApplierOptions, type BatchResult, makeBatchApplier } from "./batch.ts";
import { openBoundDatabase } from "./bound-database.ts";
import { addFigures, type ConsumerFigures, figuresOf, NO_FIGURES } from "./figures.ts";
import { storedPositions } from "./log-binding.ts";
import { announceCommits } from "./outbox.ts";

export interface ConsumerOptions {
  /** Called after each applied batch. */
  readonly onProgress?: (figures: ConsumerFigures) => void;
  readonly onLogState?: (state: LogState) => void;
  /** Called when a batch was rolled back because another consumer had applied this partition up to this position. */
  readonly onOvertaken?: (position: Position) => void;
}

/** How long a transaction may last, and how much is done before that is looked at. */
export type TransactionOptions = Pick<ApplierOptions, "maxTransactionMs" | "pageRows">;

export type ConsumerFailure = LogFailure | DatabaseError;

/** No stored position equals it, so a batch that was fetched before the positions were read again applies nothing. */
const NOWHERE = -1;

/** How often a consumer polls its positions: a replay or another consumer may have moved them. */
const POLL_MS = 200;

/**
 * Applies the events of all topics to DIR/ventes.db until it is interrupted (invariants 1 to 3); creates the file if it
 * is missing. It waits for a lost log without end, and tells `onLogState`. Fails with DatabaseError when the database cannot
 * be used, or was replaced, and with LogMismatch when the database belongs to another log, or the log has lost events.
 */
export const runConsumer = (
  options: ConsumerOptions = {},
  transaction: TransactionOptions = {},
): Effect.Effect<never, ConsumerFailure, TopicLog | Settings> =>
  Effect.flatMap(Settings, ({ data }) =>
    follow(data, options, transaction).pipe(
      withErrorsOf(ventesFile(data)),
      // It begins again as after a kill: its positions are in the database.
      Effect.retry({ schedule: scheduleOf("busy"), while: isBusy }),
    ),
  );

const follow = (
  data: string,
  options: ConsumerOptions,
  transaction: TransactionOptions,
): Effect.Effect<never, ConsumerFailure, TopicLog | Settings> =>
  Effect.scoped(
    Effect.gen(function* () {
      const log = yield* TopicLog;
      const db = yield* openBoundDatabase(options.onLogState ?? (() => {}));
      const clock = yield* Clock.Clock;
      const applier = makeBatchApplier(db, clock, {
        partitions: log.partitions,
        ...transaction,
      });
      const wake = Latch.makeUnsafe(true);
      const publications = new Map<number, string>();

      let figures: ConsumerFigures = NO_FIGURES;
      const expected = new Map<string, number>();
      /** The last position that this consumer read or stored of each partition, also of those that it no longer holds. */
      const reached = new Map<string, number>();
      const positions = (assigned: readonly TopicPartition[]): readonly Position[] => {
        // The layer of the log calls this: it must not take an error of this file for one of its own.
        const found = explained(ventesFile(data), () => storedPositions(db));
        const stored = offsetsByPartition(found);
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
              const began = elapsedMsOf(clock);
              const result = applier.apply(batch, expected.get(partitionKey(batch)) ?? NOWHERE);
              // Synchronously after the commit: `positionsMoved` must never see one without the other.
              expected.set(partitionKey(batch), result.position);
              const { finished } = result;
              if (finished !== undefined && expected.has(partitionKey(finished)))
                expected.set(partitionKey(finished), finished.offset);
              return { result, ms: elapsedMsOf(clock) - began };
            }).pipe(spanned("ventes.apply", () => placeOf(batch), outcomeOf)),
            ({ result, ms }) => {
              const { topic, partition } = batch;
              const before = reached.get(partitionKey(batch));
              reached.set(partitionKey(batch), result.position);
              if (!result.applied && before !== undefined && result.position > before)
                options.onOvertaken?.({ topic, partition, offset: result.position });
              if (result.commit !== null) {
                if (result.published !== null) publications.set(result.commit, result.published);
                wake.openUnsafe();
              }
              if (result.applied) {
                figures = addFigures(figures, figuresOf(result, ms));
                options.onProgress?.(figures);
              }
              return result.position;
            },
          ).pipe(
            // The embedded log answers at once: without a yield between transactions nothing else would run.
            Effect.tap(yieldToEventLoop),
          ),
      });
      // None of them ends by itself; when one fails, all end.
      return yield* Effect.raceFirst(
        Effect.raceFirst(following, announceCommits(db, data, wake, publications)),
        whileSameFile(ventesFile(data)),
      );
    }),
  );

const placeOf = ({ topic, partition, records }: LogBatch): Attributes => ({
  "messaging.destination.name": topic,
  "messaging.destination.partition.id": String(partition),
  "messaging.kafka.offset": records[0]?.offset ?? -1,
  "messaging.batch.message_count": records.length,
});

const outcomeOf = ({ result }: { readonly result: BatchResult; readonly ms: number }): Attributes => ({
  "ventes.versions": result.versions.map(([source, version]) => versionText(source, version)),
  "ventes.events": result.events,
  "ventes.changed": result.changed,
  ...(result.commit === null ? {} : { "ventes.commit": result.commit }),
});

/**
 * Completes when a stored position differs from the expected one, and empties `expected`: the layer then reads all
 * positions again, and a partition that another consumer took over is no longer expected.
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
    const poll = Effect.try({ try: moved, catch: (error) => error }).pipe(
      // The next poll finds it.
      Effect.catch((error) => (isBusy(error) ? Effect.succeed(false) : Effect.die(error))),
    );
    return Effect.sleep(POLL_MS).pipe(
      Effect.andThen(poll),
      Effect.repeat({ until: (isMoved) => isMoved }),
      Effect.andThen(Effect.sync(() => expected.clear())),
    );
  });
