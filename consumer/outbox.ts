/**
 * Announces every commit in the topic `commits`, at least once. The table `commits` is the outbox; the counter
 * `announced` holds the last announced commit. After a crash between the two, a commit is announced again.
 */
import * as Effect from "effect/Effect";
import type * as Latch from "effect/Latch";
import type { CommitEvent } from "#shared/contract/commit.ts";
import { onFileWhenFree } from "#shared/database/attempt.ts";
import type { DatabaseError, Sqlite } from "#shared/database/sqlite.ts";
import { databaseId, ventesFile } from "#shared/database/ventes-db.ts";
import { scheduleOf } from "#shared/runtime/retry.ts";
import type {
  LogMisconfigured,
  LogMismatch,
  LogUnavailable,
  PublishUncertain,
} from "#shared/topic-log/errors.ts";
import { TopicLog } from "#shared/topic-log/topic-log.ts";

/** The commits of this time share one publish: a bulk load makes thirty commits a second. */
const GATHER_MS = 25;
const MOST_AT_ONCE = 1000;

/** Whether a commit was made that is not announced yet. */
export const hasUnannounced = (db: Sqlite): boolean =>
  db
    .prepare(
      `SELECT EXISTS (SELECT 1 FROM commits
       WHERE commit_id > (SELECT value FROM counters WHERE name = 'announced'))`,
    )
    .pluck()
    .get() === 1;

const mayPass = (error: { readonly _tag: string }): error is LogUnavailable | PublishUncertain =>
  error._tag === "LogUnavailable" || error._tag === "PublishUncertain";

/**
 * Announces the commits that are not announced yet, each time `wake` opens. `publications`: when what each of them holds was
 * published, as far as that is known; what is announced is deleted from it. Waits for a lost log without end. Fails
 * with DatabaseError when the database cannot be read or written, and with LogMisconfigured or LogMismatch, after which no
 * try would do better.
 */
export const announceCommits = Effect.fnUntraced(function* (
  db: Sqlite,
  data: string,
  wake: Latch.Latch,
  publications: Map<number, string> = new Map(),
): Effect.fn.Return<never, DatabaseError | LogMisconfigured | LogMismatch, TopicLog> {
  const log = yield* TopicLog;
  const database = databaseId(db);
  const waiting = db.prepare(`
    SELECT commit_id AS "commit", changed, committed_at AS committed FROM commits
    WHERE commit_id > (SELECT value FROM counters WHERE name = 'announced') ORDER BY commit_id LIMIT ${MOST_AT_ONCE}`);
  // MAX: another consumer may have announced later commits in the meantime.
  const announced = db.prepare("UPDATE counters SET value = MAX(value, ?) WHERE name = 'announced'");

  const announceOnce = Effect.gen(function* () {
    const commits = yield* onFileWhenFree(
      ventesFile(data),
      () => waiting.all() as Pick<CommitEvent, "commit" | "changed" | "committed">[],
    );
    const last = commits.at(-1);
    if (last === undefined) return;
    yield* log.publish(
      "commits",
      commits.map((commit) => {
        const published = publications.get(commit.commit);
        const event: CommitEvent = {
          v: 1,
          database,
          ...commit,
          ...(published === undefined ? {} : { published }),
        };
        return { key: database, value: JSON.stringify(event) };
      }),
    );
    for (const { commit } of commits) publications.delete(commit);
    yield* onFileWhenFree(ventesFile(data), () => announced.run(last.commit));
    if (commits.length === MOST_AT_ONCE) wake.openUnsafe();
  });

  return yield* wake.await.pipe(
    Effect.andThen(wake.close),
    // Announcing twice is harmless, so it tries again after a publish that is uncertain too.
    Effect.andThen(Effect.retry(announceOnce, { schedule: scheduleOf("log"), while: mayPass })),
    Effect.catch((error) => (mayPass(error) ? Effect.void : Effect.fail(error))),
    Effect.andThen(Effect.sleep(GATHER_MS)),
    Effect.forever,
  );
});
