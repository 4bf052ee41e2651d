/**
 * Commit events: every commit is announced in the topic `commits`, at least once. The table `commits` is the
 * outbox; what was announced is remembered there, so that a crash in between only announces again.
 */
import * as Effect from "effect/Effect";
import type * as Latch from "effect/Latch";
import type { CommitEvent } from "#shared/contract/commit.ts";
import { onFileWhenFree } from "#shared/database/attempt.ts";
import { DatabaseError, type Sqlite } from "#shared/database/sqlite.ts";
import { databaseId, ventesFile } from "#shared/database/ventes-db.ts";
import { scheduleOf } from "#shared/runtime/retry.ts";
import { TopicLog } from "#shared/topic-log/topic-log.ts";

/** One publish for all commits of this time: a bulk load makes thirty a second. */
const GATHER_MS = 25;
const MOST_AT_ONCE = 1000;

/**
 * Announces what is not announced yet, each time `wake` opens. Waits out a lost log; fails only when the database
 * cannot be written.
 */
export const announceCommits = Effect.fnUntraced(function* (
  db: Sqlite,
  data: string,
  wake: Latch.Latch,
): Effect.fn.Return<never, DatabaseError, TopicLog> {
  const log = yield* TopicLog;
  const database = databaseId(db);
  const waiting = db.prepare(`
    SELECT commit_id AS "commit", changed, date_commit AS committed FROM commits
    WHERE commit_id > (SELECT valeur FROM compteurs WHERE nom = 'annonce') ORDER BY commit_id LIMIT ${MOST_AT_ONCE}`);
  // Never back: another consumer may have announced more meanwhile.
  const announced = db.prepare("UPDATE compteurs SET valeur = MAX(valeur, ?) WHERE nom = 'annonce'");

  const announceOnce = Effect.gen(function* () {
    const commits = yield* onFileWhenFree(
      ventesFile(data),
      () => waiting.all() as Pick<CommitEvent, "commit" | "changed" | "committed">[],
    );
    const last = commits.at(-1);
    if (last === undefined) return;
    yield* log.publish(
      "commits",
      commits.map((commit) => ({ key: database, value: JSON.stringify({ v: 1, database, ...commit }) })),
    );
    yield* onFileWhenFree(ventesFile(data), () => announced.run(last.commit));
    if (commits.length === MOST_AT_ONCE) wake.openUnsafe();
  });

  return yield* wake.await.pipe(
    Effect.andThen(wake.close),
    // Announcing twice is harmless, so every failure of the log is waited out.
    Effect.andThen(
      Effect.retry(announceOnce, {
        schedule: scheduleOf("log"),
        while: (error) => !(error instanceof DatabaseError),
      }),
    ),
    Effect.catch((error) => (error instanceof DatabaseError ? Effect.fail(error) : Effect.void)),
    Effect.andThen(Effect.sleep(GATHER_MS)),
    Effect.forever,
  );
});
