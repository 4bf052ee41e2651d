/**
 * Following on Kafka. A session is: connect, join the group, ask the positions of what was assigned, fetch and
 * deliver until the group changes (then join again) or the broker is lost (then a new session, for ever, by the
 * schedule `log`). Heartbeats run beside the follower's work, so a long batch does not lose the membership.
 */
import * as Effect from "effect/Effect";
import { scheduleOf } from "../../retry.ts";
import type { KafkaSettings } from "../../settings.ts";
import type { LogFailure, LogUnavailable } from "../errors.ts";
import type { FollowOptions, LogBatch, LogState, TopicPartition } from "../topic-log.ts";
import { Waker } from "../waker.ts";
import { Connection, pastTheEnd } from "./connection.ts";
import { asLogFailure } from "./failures.ts";
import { GroupMembership } from "./group.ts";
import { isIdentity } from "./identity.ts";
import type { TopicNames } from "./names.ts";
import { Fetcher, PartitionCursor } from "./partition-reader.ts";
import type { TopicIds } from "./topic-ids.ts";

const DEFAULT_MAX_RECORDS = 5_000;
const LEAVE_MS = 2_000;

export interface Follower {
  readonly settings: KafkaSettings;
  readonly clusterId: string;
  readonly address: string;
  readonly namespace: string;
  readonly names: TopicNames;
  readonly topicIds: TopicIds;
  /** Of the layer: leaving a group goes through it, the follower's own may be waiting for a rebalance. */
  readonly shared: Connection;
}

/** The session is over because the broker is. Never leaves this file, and is no error of the follower's own. */
class Lost {
  readonly _tag = "Lost";
  readonly failure: LogUnavailable;
  constructor(failure: LogUnavailable) {
    this.failure = failure;
  }
}

export function followTopics<E, R>(
  kafka: Follower,
  options: FollowOptions<E, R>,
): Effect.Effect<never, E | LogFailure, R> {
  let state: LogState["state"] | undefined;
  const tell = (next: LogState) => {
    if (next.state === state) return;
    state = next.state;
    options.onState?.(next);
  };

  const topics = options.topics.map(kafka.names.full);
  const membership = new GroupMembership(`${kafka.namespace}.${options.group}`, topics, (full) => {
    const name = kafka.names.logical(full);
    return name === undefined ? 0 : kafka.names.partitions(name);
  });
  // A session that had joined ends well, so that the waits begin anew with the next loss.
  const untilLost = Effect.suspend(() => {
    let joined = false;
    return session(kafka, membership, options, () => {
      joined = true;
      tell({ state: "ok" });
    }).pipe(
      Effect.catch((error): Effect.Effect<void, E | LogFailure | Lost> => {
        if (!(error instanceof Lost)) return Effect.fail(error);
        tell({ state: "waiting", reason: error.failure.message });
        return joined ? Effect.void : Effect.fail(error);
      }),
    );
  }).pipe(
    Effect.retry({ schedule: scheduleOf("log"), while: (error) => error instanceof Lost }),
    Effect.catch(
      (error): Effect.Effect<never, E | LogFailure> =>
        error instanceof Lost ? Effect.fail(error.failure) : Effect.fail(error),
    ),
  );
  return Effect.forever(untilLost).pipe(
    Effect.ensuring(
      Effect.promise(() => membership.leave(kafka.shared)).pipe(
        Effect.interruptible,
        Effect.timeoutOption(LEAVE_MS),
      ),
    ),
  );
}

const session = <E, R>(
  { settings, clusterId, address, names, topicIds }: Follower,
  membership: GroupMembership,
  options: FollowOptions<E, R>,
  onJoined: () => void,
): Effect.Effect<never, E | LogFailure | Lost, R> =>
  Effect.scoped(
    Effect.gen(function* () {
      const most = options.maxRecords ?? DEFAULT_MAX_RECORDS;
      const waker = new Waker();
      let rejoin = true;
      let moved = false;
      let broken: unknown;

      const attempt = <A>(run: () => Promise<A>): Effect.Effect<A, LogFailure | Lost> =>
        Effect.tryPromise({ try: run, catch: (error) => error }).pipe(Effect.catch(failure));
      const failure = (error: unknown): Effect.Effect<never, LogFailure | Lost> => {
        const found = asLogFailure(error, address);
        if (found === undefined) return Effect.die(error);
        return Effect.fail(found._tag === "LogUnavailable" ? new Lost(found) : found);
      };

      const connection = yield* Effect.acquireRelease(
        Effect.sync(() => new Connection(settings, options.topics.map(names.full), clusterId, topicIds)),
        (c) => Effect.promise(() => c.close()),
      );
      yield* Effect.addFinalizer(() => Effect.sync(() => membership.pause()));
      if (options.moved !== undefined)
        yield* options.moved.pipe(
          Effect.andThen(
            Effect.sync(() => {
              moved = true;
              waker.wake();
            }),
          ),
          Effect.forever,
          Effect.forkScoped,
        );

      const fetcher = new Fetcher(connection, address);
      const cursors = new Map<string, PartitionCursor>();

      /** Asks where to read the partitions from, and puts a cursor there. */
      const place = Effect.fnUntraced(function* (assigned: readonly TopicPartition[]) {
        moved = false;
        const positions = new Map(options.positions(assigned).map((p) => [nameOf(p), p.offset]));
        const read = assigned.map((p) => ({
          topic: names.full(p.topic),
          partition: p.partition,
          offset: positions.get(nameOf(p)) ?? 0,
        }));
        const bounds = yield* attempt(() => connection.boundsOfRead(read));
        for (const [i, p] of assigned.entries()) {
          const { topic, partition, offset } = read[i] as (typeof read)[number];
          const { start, end } = bounds[i] as (typeof bounds)[number];
          if (offset > end) return yield* Effect.fail(pastTheEnd({ topic, partition }, offset, end));
          cursors.set(
            nameOf(p),
            new PartitionCursor(p.topic, topic, partition, Math.max(offset, start), isIdentity),
          );
        }
      });

      let fetching = false;
      /** Fetches in the background; what comes of it wakes the loop. */
      const fetchMore = () => {
        if (fetching || cursors.size === 0) return;
        fetching = true;
        fetcher
          .more(cursors.values())
          .catch((error: unknown) => {
            broken ??= error;
          })
          .finally(() => {
            fetching = false;
            waker.wake();
          });
      };

      /** The next partition that has records, beginning after the one that was served last. */
      let served = 0;
      const nextBatch = (): readonly [PartitionCursor, LogBatch] | undefined => {
        const list = [...cursors.values()];
        for (let i = 1; i <= list.length; i++) {
          const cursor = list[(served + i) % list.length] as PartitionCursor;
          const batch = cursor.next(most);
          if (batch === undefined) continue;
          served = (served + i) % list.length;
          return [cursor, batch];
        }
        return undefined;
      };
      const decode = (): Effect.Effect<ReturnType<typeof nextBatch>, LogFailure | Lost> =>
        Effect.try({ try: nextBatch, catch: (error) => error }).pipe(Effect.catch(failure));

      for (;;) {
        if (broken !== undefined) return yield* failure(broken);
        if (rejoin) {
          rejoin = false;
          cursors.clear();
          const assigned = yield* attempt(() =>
            membership.join(connection, (error) => {
              if (error === undefined) rejoin = true;
              else broken = error;
              waker.wake();
            }),
          );
          const ours = assigned.flatMap(({ topic, partition }) => {
            const name = names.logical(topic);
            return name === undefined ? [] : [{ topic: name, partition }];
          });
          options.onAssigned?.(ours);
          yield* place(ours);
          onJoined();
        } else if (moved) {
          yield* place([...cursors.values()].map((c) => ({ topic: c.name, partition: c.partition })));
        }
        const found = yield* decode();
        fetchMore();
        if (found === undefined) {
          yield* waker.wait;
          continue;
        }
        const [cursor, batch] = found;
        const next = yield* options.onBatch(batch);
        // Given up or moved meanwhile: the positions are asked again, and this answer is of no use.
        if (
          rejoin ||
          moved ||
          cursors.get(nameOf({ topic: cursor.name, partition: cursor.partition })) !== cursor
        )
          continue;
        if (next !== batch.next) {
          const read = { topic: cursor.topic, partition: cursor.partition, offset: next };
          const [bounds] = yield* attempt(() => connection.boundsOfRead([read]));
          if (bounds !== undefined && next > bounds.end)
            return yield* Effect.fail(pastTheEnd(cursor, next, bounds.end));
        }
        cursor.seek(next);
        membership.note(cursor.topic, cursor.partition, next);
      }
    }),
  );

const nameOf = (p: TopicPartition): string => `${p.topic}/${p.partition}`;
