/**
 * Following topics of events.db as a member of a group. Each turn takes one batch of each partition that the member
 * holds and gives it to the follower; when no partition has records, the follower waits for news of the file. After
 * each batch it looks whether the group or its positions have changed: what it holds is never older than one batch.
 */
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import { partitionKey } from "../by-partition.ts";
import type { LogFailure } from "../errors.ts";
import { DEFAULT_MAX_RECORDS, wantedPositions, watchMoved } from "../following.ts";
import type { FollowOptions } from "../topic-log.ts";
import type { Cursor } from "./cursor.ts";
import { Membership } from "./group.ts";
import { News } from "./news.ts";
import type { OpenLog } from "./open.ts";
import { cursorAt } from "./read.ts";

export const followTopics = <E, R>(
  log: OpenLog,
  options: FollowOptions<E, R>,
): Effect.Effect<never, E | LogFailure, R> =>
  Effect.scoped(
    Effect.gen(function* () {
      const { attempt } = log;
      const most = options.maxRecords ?? DEFAULT_MAX_RECORDS;
      const news = yield* newsOf(log);
      const held = new HeldPartitions(log, yield* membershipOf(log, options), options);
      yield* watchMoved(options.moved, () => {
        held.moved = true;
        news.wake();
      });
      for (;;) {
        let idle = true;
        if (news.take() || held.moved) yield* attempt(() => held.settle());
        for (const [key, cursor] of [...held.cursors]) {
          // The partition was given up, or its position moved, since this turn began.
          if (held.cursors.get(key) !== cursor) continue;
          const batch = yield* attempt(() => cursor.next(most));
          if (batch === undefined) continue;
          idle = false;
          const next = yield* options.onBatch(batch);
          if (held.moved || news.take()) yield* attempt(() => held.settle());
          if (held.cursors.get(key) === cursor) yield* attempt(() => cursor.seek(next));
        }
        if (idle && !held.moved) yield* news.wait;
      }
    }),
  );

const newsOf = ({ file, db }: OpenLog): Effect.Effect<News, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => new News(file, db)),
    (news) => Effect.sync(() => news.close()),
  );

const membershipOf = <E, R>(
  { members, file, namespace, topics }: OpenLog,
  options: FollowOptions<E, R>,
): Effect.Effect<Membership, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(
      () =>
        new Membership(
          members,
          file,
          `${namespace}.${options.group}`,
          options.topics,
          (topic) => topics.of(topic).partitions,
        ),
    ),
    (membership) => Effect.sync(() => membership.close()),
  );

/** The partitions that a member holds as of its last `settle`, each with the cursor that reads it. */
class HeldPartitions<E, R> {
  readonly #log: OpenLog;
  readonly #membership: Membership;
  readonly #options: FollowOptions<E, R>;
  /** The partitions that the follower was told last, as one string. */
  #told: string | undefined;
  /** By partition key. A partition that was given up or moved has another cursor, or none. */
  readonly cursors = new Map<string, Cursor>();
  /** Somebody has changed the positions: `settle` asks for all of them. */
  moved = false;

  constructor(log: OpenLog, membership: Membership, options: FollowOptions<E, R>) {
    this.#log = log;
    this.#membership = membership;
    this.#options = options;
  }

  /**
   * Takes and gives up partitions as the group stands now, and asks for the positions of those that are new, or of
   * all when they were moved. Synchronous. Throws LogMismatch when a position lies past the end of its partition.
   */
  settle(): void {
    const assigned = this.#membership.assignment();
    const keys = new Set(assigned.map(partitionKey));
    const all = [...keys].join();
    if (all !== this.#told) this.#options.onAssigned?.(assigned);
    this.#told = all;
    for (const key of this.cursors.keys()) if (!keys.has(key)) this.cursors.delete(key);
    const asked = this.moved ? assigned : assigned.filter((p) => !this.cursors.has(partitionKey(p)));
    if (asked.length > 0)
      for (const position of wantedPositions(this.#options, asked))
        this.cursors.set(partitionKey(position), cursorAt(this.#log, position));
    this.moved = false;
  }
}
