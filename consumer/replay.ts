/**
 * Replay in place: sets the positions back to the start, so that the topics are applied again. Rows keep the offset of
 * their event: older events are superseded, and an equal one is compared with its row, which is repaired if it differs.
 */
import * as Effect from "effect/Effect";
import { EVENT_TOPICS, type EventTopic } from "#shared/contract/topics.ts";
import { onFileWhenFree, withErrorsOf } from "#shared/database/attempt.ts";
import type { DatabaseError, Sqlite } from "#shared/database/sqlite.ts";
import { ventesFile } from "#shared/database/ventes-db.ts";
import { Settings } from "#shared/runtime/settings.ts";
import { offsetsByPartition, partitionKey } from "#shared/topic-log/by-partition.ts";
import type { LogFailure } from "#shared/topic-log/errors.ts";
import { type Bounds, TopicLog } from "#shared/topic-log/topic-log.ts";
import { applyRanges } from "./apply-ranges.ts";
import { openBoundDatabase } from "./bound-database.ts";
import { storedPositions } from "./log-binding.ts";

export interface ReplayReport {
  /** Events that were read again, up to the ends that the topics had when the replay started. */
  readonly events: number;
  /** Rows that differed from the topics and were corrected. */
  readonly repaired: number;
  /** The events of these rows, at most the last 10,000. */
  readonly repairs: readonly Repair[];
}

export interface Repair {
  readonly topic: EventTopic;
  readonly partition: number;
  readonly offset: number;
  /** The key of the event; of a record that is no event, topic/partition/offset. */
  readonly key: string;
}

export interface ReplayOptions {
  /** Default: all topics of events. */
  readonly topics?: readonly EventTopic[];
  /** Called at each poll of the positions. `read` and `of` count offsets. */
  readonly onProgress?: (done: { readonly read: number; readonly of: number }) => void;
}

/** A running consumer moves a position within this time. If none moves, no consumer runs, and the replay applies the events. */
const CONSUMER_WAIT_MS = 1500;
const POLL_MS = 100;

/**
 * Replays all events of the topics. A running consumer of the database does the work; without one the replay does it.
 * Fails with LogMismatch when the database belongs to another log, or the log has lost events.
 */
export const replay = (
  options: ReplayOptions = {},
): Effect.Effect<ReplayReport, LogFailure | DatabaseError, TopicLog | Settings> =>
  Effect.flatMap(Settings, ({ data }) => replayIn(data, options).pipe(withErrorsOf(ventesFile(data))));

const replayIn = (
  data: string,
  options: ReplayOptions,
): Effect.Effect<ReplayReport, LogFailure | DatabaseError, TopicLog | Settings> =>
  Effect.scoped(
    Effect.gen(function* () {
      const log = yield* TopicLog;
      const db = yield* openBoundDatabase();
      const { topics = EVENT_TOPICS } = options;
      const bounds = yield* log.bounds(topics);
      const before = { count: countRepairs(db), last: lastRepair(db) };
      yield* onFileWhenFree(ventesFile(data), () => setBack(db, bounds));

      const of = sizeOf(bounds);
      const left = (): readonly Bounds[] => {
        const at = offsetsByPartition(storedPositions(db));
        const rest = bounds
          .map((b) => ({ ...b, start: Math.max(b.start, at.get(partitionKey(b)) ?? 0) }))
          .filter((b) => b.start < b.end);
        options.onProgress?.({ read: of - sizeOf(rest), of });
        return rest;
      };

      let waited = 0;
      for (let rest = left(), size = sizeOf(rest); rest.length > 0; rest = left()) {
        if (sizeOf(rest) !== size) {
          size = sizeOf(rest);
          waited = 0;
        }
        if (waited >= CONSUMER_WAIT_MS) {
          yield* applyRanges(
            db,
            rest.map(({ topic, partition, start }) => ({ topic, partition, offset: start })),
            left,
          );
          // The log was read to its end and no position moved: the offsets that are left have no record.
          if (sizeOf(left()) === size) break;
          continue;
        }
        yield* Effect.sleep(POLL_MS);
        waited += POLL_MS;
      }
      return {
        events: eventsRead(db, topics),
        repaired: countRepairs(db) - before.count,
        repairs: repairsAfter(db, before.last),
      };
    }),
  );

/** In one transaction, sets the positions back, resets their counts, and deletes the fences. */
function setBack(db: Sqlite, bounds: readonly Bounds[]): void {
  const back = db.prepare(`
    UPDATE positions SET position = ?, events = 0, unchanged = 0, superseded = 0, rejected = 0
    WHERE topic = ? AND partition = ?`);
  const fences = db.prepare("DELETE FROM versions WHERE topic = ? AND partition = ?");
  db.transaction(() => {
    for (const { topic, partition, start } of bounds) {
      back.run(start, topic, partition);
      fences.run(topic, partition);
    }
  }).immediate();
}

const sizeOf = (bounds: readonly Bounds[]): number => bounds.reduce((sum, b) => sum + (b.end - b.start), 0);

const countRepairs = (db: Sqlite): number =>
  db.prepare("SELECT value FROM counters WHERE name = 'repaired'").pluck().get() as number;

const lastRepair = (db: Sqlite): number =>
  db.prepare("SELECT IFNULL(MAX(n), 0) FROM repairs").pluck().get() as number;

const repairsAfter = (db: Sqlite, n: number): readonly Repair[] =>
  db.prepare("SELECT topic, partition, offset, key FROM repairs WHERE n > ? ORDER BY n").all(n) as Repair[];

const eventsRead = (db: Sqlite, topics: readonly EventTopic[]): number =>
  db
    .prepare("SELECT IFNULL(SUM(events), 0) FROM positions WHERE topic IN (SELECT value FROM json_each(?))")
    .pluck()
    .get(JSON.stringify(topics)) as number;
