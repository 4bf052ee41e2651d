/**
 * The analyzer as a component: audits once, meanwhile and then refreshes whenever a commit event comes, and looks
 * at the file every second anyway. Commit events only wake it; the truth is in the file, so a lost log, a missed
 * or foreign event costs at most that second. Several analyzers of one database may run: one works, the others
 * find nothing pending. Never ends by itself.
 */
import { randomUUID } from "node:crypto";
import * as Effect from "effect/Effect";
import * as Queue from "effect/Queue";
import { whileSameFile } from "#shared/database/same-file.ts";
import { DatabaseError, explain, isBusy } from "#shared/database/sqlite.ts";
import { databaseId, openVentes, ventesFile } from "#shared/database/ventes-db.ts";
import { scheduleOf } from "#shared/runtime/retry.ts";
import { Settings } from "#shared/runtime/settings.ts";
import { TopicLog } from "#shared/topic-log/topic-log.ts";
import { auditing, type Mended } from "./audit.ts";
import { makeRefresher, type Refreshed } from "./refresh.ts";

/** Looks at the file when nothing woke it: two reads by rowid. */
const LOOK_EVERY_MS = 1000;

/** A turn of the event loop between slices, so that nothing else waits for long. */
const TURN = Effect.yieldNow;

export interface AnalyzerOptions {
  /** After each transaction that brought `avancement` further. */
  readonly onRefresh?: (refreshed: Refreshed) => void;
  /** Once, after the audit at start: the rows of analyses that were wrong, and are right now. */
  readonly onAudit?: (mended: readonly Mended[]) => void;
}

/** Runs until interrupted, which lets the transaction in hand finish. */
export const runAnalyzer = (
  options: AnalyzerOptions = {},
): Effect.Effect<never, DatabaseError, TopicLog | Settings> => Effect.scoped(analyze(options));

const analyze = Effect.fnUntraced(function* (options: AnalyzerOptions) {
  const settings = yield* Settings;
  const file = ventesFile(settings.data);
  const tried = <A>(work: () => A): Effect.Effect<A, unknown> =>
    Effect.try({ try: work, catch: (error) => error });
  /** Busy is waited for, a DatabaseError fails, anything else is a defect. */
  const retried = <A>(work: Effect.Effect<A, unknown>): Effect.Effect<A, DatabaseError> =>
    work.pipe(
      Effect.retry({ schedule: scheduleOf("busy"), while: isBusy }),
      Effect.catch((error) => {
        const explained = explain(file, error);
        return explained instanceof DatabaseError ? Effect.fail(explained) : Effect.die(explained);
      }),
    );
  const onFile = <A>(work: () => A) => retried(tried(work));

  const db = yield* Effect.acquireRelease(
    onFile(() => openVentes(settings.data)),
    (db) => Effect.sync(() => db.close()),
  );
  const refresher = yield* Effect.acquireRelease(
    onFile(() => makeRefresher(db)),
    (refresher) => Effect.sync(() => refresher.close()),
  );
  const wake = yield* Queue.sliding<void>(1);
  const refreshing = Effect.gen(function* () {
    for (;;) {
      const refreshed = yield* onFile(() => refresher.refresh());
      if (refreshed.to > refreshed.from || refreshed.changed > 0) options.onRefresh?.(refreshed);
      if (refreshed.more) yield* TURN;
      else yield* Effect.timeoutOption(Queue.take(wake), LOOK_EVERY_MS);
    }
  });
  const auditOnce = Effect.acquireUseRelease(
    Effect.sync(() => auditing(db, refresher)),
    (steps) =>
      Effect.gen(function* () {
        let step = yield* tried(() => steps.next());
        while (step.done !== true) {
          yield* TURN;
          step = yield* tried(() => steps.next());
        }
        options.onAudit?.(step.value);
      }),
    (steps) => Effect.sync(() => steps.return([])),
  );
  // Only the audit ends by itself; a defect of one ends all.
  return yield* Effect.all(
    [refreshing, followCommits(databaseId(db), wake), whileSameFile(file), retried(auditOnce)],
    { concurrency: "unbounded", discard: true },
  ).pipe(Effect.andThen(Effect.never));
});

/** Wakes at each commit event of this database. A log that is lost, or lost what we had read, is followed again. */
const followCommits = Effect.fnUntraced(function* (database: string, wake: Queue.Queue<void>) {
  const log = yield* TopicLog;
  const follow = Effect.gen(function* () {
    const ends = yield* log.bounds(["commits"]);
    return yield* log.follow({
      group: `analyzer-${database}-${randomUUID()}`,
      topics: ["commits"],
      positions: () => ends.map(({ topic, partition, end }) => ({ topic, partition, offset: end })),
      onBatch: (batch) =>
        Effect.sync(() => {
          if (batch.records.some((record) => record.key === database)) Queue.offerUnsafe(wake, undefined);
          return batch.next;
        }),
    });
  });
  return yield* Effect.retry(follow, scheduleOf("log")).pipe(Effect.orDie);
});
