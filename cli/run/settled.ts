/** Waits until all published events are in the database, and until the analyses reflect them. */
import { existsSync } from "node:fs";
import * as Effect from "effect/Effect";
import { EVENT_TOPICS } from "#shared/contract/topics.ts";
import { onFile, onFileWhenFree } from "#shared/database/attempt.ts";
import type { DatabaseError, Sqlite } from "#shared/database/sqlite.ts";
import { ventesFile, ventesReaderOf } from "#shared/database/ventes-db.ts";
import { scheduleOf } from "#shared/runtime/retry.ts";
import { Settings } from "#shared/runtime/settings.ts";
import type { LogFailure } from "#shared/topic-log/errors.ts";
import { type Bounds, TopicLog } from "#shared/topic-log/topic-log.ts";
import { lagOf } from "../../consumer/log-binding.ts";

const CHECK_EVERY_MS = 15;

const PENDING = `
  SELECT (SELECT IFNULL(MAX(commit_id), 0) FROM commits) > (SELECT commit_id FROM progress)`;

/** True while a commit is not yet in the analyses. */
export const analysesPending = (db: Sqlite): boolean => db.prepare(PENDING).pluck().get() === 1;

const waitFor = <A>(
  isOver: (db: Sqlite, bounds: readonly Bounds[]) => boolean,
  read: (db: Sqlite) => A,
): Effect.Effect<A, LogFailure | DatabaseError, TopicLog | Settings> =>
  Effect.scoped(
    Effect.gen(function* () {
      const { data } = yield* Settings;
      const log = yield* TopicLog;
      const bounds = yield* log.bounds(EVENT_TOPICS);
      // The consumer creates the database.
      while (!existsSync(ventesFile(data))) yield* Effect.sleep(CHECK_EVERY_MS);
      const db = yield* ventesReaderOf(data).pipe(
        // The consumer is creating it.
        Effect.retry({
          schedule: scheduleOf("busy"),
          while: ({ reason }) => reason === "busy" || reason === "missing",
        }),
      );
      while (!(yield* onFileWhenFree(ventesFile(data), () => isOver(db, bounds))))
        yield* Effect.sleep(CHECK_EVERY_MS);
      return yield* onFile(ventesFile(data), () => read(db));
    }),
  );

/** Succeeds once all events that are in the log now are in the database. Needs a running consumer; has no timeout. */
export const whenApplied: Effect.Effect<void, LogFailure | DatabaseError, TopicLog | Settings> = waitFor(
  (db, bounds) => lagOf(db, bounds) === 0,
  () => {},
);

/**
 * Succeeds with the result of `read`, once all events that are in the log now are in the database and in the analyses.
 * Needs a running consumer and analyzer; has no timeout.
 */
export const whenSettled = <A>(
  read: (db: Sqlite) => A,
): Effect.Effect<A, LogFailure | DatabaseError, TopicLog | Settings> =>
  waitFor((db, bounds) => lagOf(db, bounds) === 0 && !analysesPending(db), read);
