/** Opens the database of a consumer, for the log that it was filled from. */
import * as Effect from "effect/Effect";
import { EVENT_TOPICS } from "#shared/contract/topics.ts";
import { whenFree } from "#shared/database/attempt.ts";
import { ventesOf } from "#shared/database/ventes-db.ts";
import { scheduleOf } from "#shared/runtime/retry.ts";
import { Settings } from "#shared/runtime/settings.ts";
import { LogMismatch } from "#shared/topic-log/errors.ts";
import { type LogState, TopicLog } from "#shared/topic-log/topic-log.ts";
import { assertWithin, bindToLog, furthestRead, noteMissed } from "./log-binding.ts";

/**
 * Opens DIR/ventes.db for writing, binds it to the log, checks that the log still has every event that the database
 * has read, and notes those that were gone before it could read them. It closes with the scope. With `onLogState` it
 * waits for a lost log and reports that; without, it fails with LogUnavailable.
 */
export const openBoundDatabase = Effect.fnUntraced(function* (onLogState?: (state: LogState) => void) {
  const { data } = yield* Settings;
  const log = yield* TopicLog;
  const db = yield* ventesOf(data);
  // 16 MB. Keys arrive in hash order, so with SQLite's default of 2 MB the index of a large table is read from disk
  // again and again. More is no faster with a million sales.
  db.pragma("cache_size = -16384");
  yield* failing(() => bindToLog(db, log.identity));
  const read = yield* failing(() => furthestRead(db));
  const readBounds = log.bounds(EVENT_TOPICS, read);
  const bounds = yield* onLogState === undefined
    ? readBounds
    : readBounds.pipe(
        Effect.tapError((error) =>
          Effect.sync(() => {
            if (error._tag === "LogUnavailable") onLogState({ state: "waiting", reason: error.message });
          }),
        ),
        Effect.retry({ schedule: scheduleOf("log"), while: (error) => error._tag === "LogUnavailable" }),
      );
  yield* failing(() => assertWithin(db, read, bounds));
  yield* failing(() => noteMissed(db, bounds));
  return db;
});

/** Runs `check`, and again while another process is in its transaction. Fails with the LogMismatch that it throws. */
const failing = <A>(check: () => A): Effect.Effect<A, LogMismatch> =>
  whenFree(check, (error) => (error instanceof LogMismatch ? error : undefined));
