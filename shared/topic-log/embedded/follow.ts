/**
 * Follows topics of events.db as a member of a group. Each round takes one batch of each partition that the member holds
 * and gives it to the follower; when no partition has records, it waits until the file is written. After each batch it
 * checks whether the group or its positions have changed, so its assignment is never older than one batch.
 */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import type { TopicName } from "../../contract/topics.ts";
import { newId } from "../../runtime/time.ts";
import { partitionKey } from "../by-partition.ts";
import type { LogFailure } from "../errors.ts";
import { DEFAULT_MAX_RECORDS, wantedPositions, watchMoved } from "../following.ts";
import type { FollowOptions } from "../topic-log.ts";
import { ChangeNotifier } from "./change-notifier.ts";
import type { Cursor } from "./cursor.ts";
import { Membership } from "./group.ts";
import type { OpenLog } from "./open.ts";
import { cursorAt } from "./read.ts";

export const followTopics = <E, R>(
  log: OpenLog,
  options: FollowOptions<E, R>,
): Effect.Effect<never, E | LogFailure, R> =>
  Effect.scoped(
    Effect.gen(function* () {
      const notifier = yield* notifierOf(log);
      const membership = yield* membershipOf(log, options);
      const held = new HeldPartitions(log, membership, options);
      yield* watchMoved(options.moved, () => {
        held.moved = true;
        notifier.wake();
      });
      return yield* Effect.raceFirst(takeBatches(log, held, notifier, options), membership.heartbeats);
    }),
  );

/** Gives batches to the follower, round after round. Never completes. */
const takeBatches = Effect.fnUntraced(function* <E, R>(
  { attempt }: OpenLog,
  held: HeldPartitions<E, R>,
  notifier: ChangeNotifier,
  options: FollowOptions<E, R>,
): Effect.fn.Return<never, E | LogFailure, R> {
  const most = options.maxRecords ?? DEFAULT_MAX_RECORDS;
  const settleIfChanged = attempt(() => notifier.takeChange()).pipe(
    Effect.flatMap((isChanged) => (isChanged || held.moved ? attempt(() => held.settle()) : Effect.void)),
  );
  for (;;) {
    let idle = true;
    yield* settleIfChanged;
    for (const [key, cursor] of [...held.cursors]) {
      // The partition was given up, or its position was reset, since this round began.
      if (held.cursors.get(key) !== cursor) continue;
      const batch = yield* attempt(() => cursor.next(most));
      if (batch === undefined) continue;
      idle = false;
      const next = yield* options.onBatch(batch);
      yield* settleIfChanged;
      if (held.cursors.get(key) === cursor) yield* attempt(() => cursor.seek(next));
    }
    if (idle && !held.moved) yield* notifier.wait;
  }
});

const notifierOf = ({
  changes,
  db,
  attempt,
}: OpenLog): Effect.Effect<ChangeNotifier, LogFailure, Scope.Scope> =>
  Effect.acquireRelease(
    attempt(() => new ChangeNotifier(changes, db)),
    (notifier) => Effect.sync(() => notifier.close()),
  );

const membershipOf = <E, R>(
  { members, file, changes, namespace, topics, attempt }: OpenLog,
  options: FollowOptions<E, R>,
): Effect.Effect<Membership, LogFailure, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.gen(function* () {
      const of = {
        db: members,
        file,
        changes,
        group: `${namespace}.${options.group}`,
        topics: options.topics,
        partitions: (topic: TopicName) => topics.of(topic).partitions,
        id: yield* newId,
        clock: yield* Clock.Clock,
      };
      return yield* attempt(() => new Membership(of));
    }),
    (membership) => Effect.sync(() => membership.close()),
  );

/** The partitions that a member holds as of its last `settle`, each with the cursor that reads it. */
class HeldPartitions<E, R> {
  readonly #log: OpenLog;
  readonly #membership: Membership;
  readonly #options: FollowOptions<E, R>;
  /** The partitions that were last given to `onAssigned`, as one string. */
  #assigned: string | undefined;
  /** Key: partitionKey. After a partition was given up or its position was reset, its entry is another cursor, or none. */
  readonly cursors = new Map<string, Cursor>();
  /** True when somebody has changed the positions: `settle` then reads all of them again. */
  moved = false;

  constructor(log: OpenLog, membership: Membership, options: FollowOptions<E, R>) {
    this.#log = log;
    this.#membership = membership;
    this.#options = options;
  }

  /**
   * Takes and gives up partitions by the current assignment, and asks the follower for the positions of the new ones, or
   * of all when they were reset. Synchronous. Throws LogMismatch when a position lies past the end of its partition.
   */
  settle(): void {
    const assigned = this.#membership.assignment();
    const keys = new Set(assigned.map(partitionKey));
    const all = [...keys].join();
    if (all !== this.#assigned) this.#options.onAssigned?.(assigned);
    this.#assigned = all;
    for (const key of this.cursors.keys()) if (!keys.has(key)) this.cursors.delete(key);
    const wanted = this.moved ? assigned : assigned.filter((p) => !this.cursors.has(partitionKey(p)));
    if (wanted.length > 0)
      for (const position of wantedPositions(this.#options, wanted))
        this.cursors.set(partitionKey(position), cursorAt(this.#log, position));
    this.moved = false;
  }
}
