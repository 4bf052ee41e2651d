/**
 * Replay in place: the positions go back to the start and the topics are applied again. Rows keep the offset of
 * their event, so that older events are superseded and equal ones compared; what differs is repaired.
 */
import * as Effect from "effect/Effect";
import { EVENT_TOPICS } from "#shared/contract/topics.ts";
import { onFileWhenFree } from "#shared/database/attempt.ts";
import type { DatabaseError, Sqlite } from "#shared/database/sqlite.ts";
import { ventesFile } from "#shared/database/ventes-db.ts";
import { Settings } from "#shared/runtime/settings.ts";
import { partitionKey } from "#shared/topic-log/by-partition.ts";
import type { LogFailure } from "#shared/topic-log/errors.ts";
import { type Bounds, TopicLog } from "#shared/topic-log/topic-log.ts";
import { makeBatchApplier } from "./batch.ts";
import { storedPositions } from "./log-binding.ts";
import { openBoundDatabase, YIELD } from "./run.ts";

export interface ReplayReport {
  /** Events read again: up to the ends of the topics as they were when the replay started. */
  readonly events: number;
  readonly repaired: number;
}

export interface ReplayOptions {
  readonly onProgress?: (done: { readonly read: number; readonly of: number }) => void;
}

/** A running consumer takes the positions up within this time; otherwise nobody does, and we apply. */
const PATIENCE_MS = 1500;
const LOOK_MS = 100;

/** Works beside a running consumer (which then does the work) and without one. */
export const replay = (
  options: ReplayOptions = {},
): Effect.Effect<ReplayReport, LogFailure | DatabaseError, TopicLog | Settings> =>
  Effect.scoped(
    Effect.gen(function* () {
      const { data } = yield* Settings;
      const log = yield* TopicLog;
      const db = yield* openBoundDatabase();
      const bounds = yield* log.bounds(EVENT_TOPICS);
      const before = repairs(db);
      yield* onFileWhenFree(ventesFile(data), () => setBack(db, bounds));

      const of = sizeOf(bounds);
      const left = (): readonly Bounds[] => {
        const at = new Map(storedPositions(db).map((p) => [partitionKey(p), p.offset]));
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
        if (waited >= PATIENCE_MS) {
          yield* applyRest(db, data, rest, left);
          // Read to the end, and nothing moved: the offsets that are left have no record.
          if (sizeOf(left()) === size) break;
          continue;
        }
        yield* Effect.sleep(LOOK_MS);
        waited += LOOK_MS;
      }
      return { events: eventsRead(db), repaired: repairs(db) - before };
    }),
  );

/** Applies what is left, as a consumer would; should one start meanwhile, each offset is applied by one of us. */
const applyRest = Effect.fnUntraced(function* (
  db: Sqlite,
  data: string,
  rest: readonly Bounds[],
  left: () => unknown,
) {
  const log = yield* TopicLog;
  const applier = makeBatchApplier(db, { partitions: log.partitions });
  // Not where reading starts: a partition never read of stands at 0, wherever its log starts.
  const expected = new Map(storedPositions(db).map((p) => [partitionKey(p), p.offset]));
  yield* log.read(
    rest.map(({ topic, partition, start }) => ({ topic, partition, offset: start })),
    (batch) =>
      onFileWhenFree(ventesFile(data), () => {
        const result = applier.apply(batch, expected.get(partitionKey(batch)) ?? 0);
        // Somebody else's position: what they applied is skipped here, the rest is looked at again.
        if (result.applied) expected.set(partitionKey(batch), result.position);
        return result;
      }).pipe(
        Effect.tap(() => Effect.andThen(Effect.sync(left), YIELD)),
        Effect.repeat({ until: (result) => !result.applied || result.position >= batch.next }),
      ),
  );
});

/** One transaction: positions, what was counted on the way, and the newest versions seen. */
function setBack(db: Sqlite, bounds: readonly Bounds[]): void {
  const back = db.prepare(`
    UPDATE positions SET position = ?, events = 0, unchanged = 0, superseded = 0, rejected = 0
    WHERE topic = ? AND partition = ?`);
  db.transaction(() => {
    for (const { topic, partition, start } of bounds) back.run(start, topic, partition);
    db.exec("DELETE FROM versions");
  }).immediate();
}

const sizeOf = (bounds: readonly Bounds[]): number => bounds.reduce((sum, b) => sum + (b.end - b.start), 0);

const repairs = (db: Sqlite): number =>
  db.prepare("SELECT value FROM counters WHERE name = 'repaired'").pluck().get() as number;

const eventsRead = (db: Sqlite): number =>
  (db.prepare("SELECT SUM(events) FROM positions").pluck().get() as number | null) ?? 0;
