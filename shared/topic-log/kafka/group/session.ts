/**
 * One session of a follower, on a connection of its own: it joins the group, asks the follower for the positions of its
 * partitions, fetches and delivers, and joins again after each rebalance, until the brokers are lost (Lost). Heartbeats
 * run beside the follower's work, so a long batch does not cost the membership. It does not reconnect: follow.ts does.
 */
import * as Effect from "effect/Effect";
import { type LogFailure, type LogUnavailable, pastTheEnd } from "../../errors.ts";
import { DEFAULT_MAX_RECORDS, wantedPositions, watchMoved } from "../../following.ts";
import type { FollowOptions, TopicPartition } from "../../topic-log.ts";
import { Waker } from "../../waker.ts";
import { ask, failWith } from "../cluster/ask.ts";
import { type Connection, openConnection } from "../cluster/connection.ts";
import type { OpenKafka } from "../cluster/open-kafka.ts";
import { cursorsAt, type PartitionCursor } from "../reading/cursor.ts";
import { Fetcher } from "../reading/fetcher.ts";
import { isIdentity } from "../topics/identity.ts";
import { HeldPartitions } from "./held-partitions.ts";
import type { GroupMembership } from "./membership.ts";

/** The brokers are lost. Only follow.ts sees it: by its class it differs from a LogUnavailable of the follower's own. */
export class Lost {
  readonly _tag = "Lost";
  readonly failure: LogUnavailable;
  constructor(failure: LogUnavailable) {
    this.failure = failure;
  }
}

/** `onJoined`: called each time the member has joined and its positions are found. */
export const session = <E, R>(
  kafka: OpenKafka,
  membership: GroupMembership,
  options: FollowOptions<E, R>,
  onJoined: () => void,
): Effect.Effect<never, E | LogFailure | Lost, R> =>
  Effect.scoped(
    Effect.gen(function* () {
      const topics = options.topics.map(kafka.names.full);
      const connection = yield* openConnection(kafka.settings, topics, kafka.clusterId, kafka.topicIds);
      yield* Effect.addFinalizer(() => Effect.sync(() => membership.pause()));
      const run = new Session(kafka, connection, membership, options);
      yield* watchMoved(options.moved, () => run.onMoved());
      for (;;) {
        yield* run.settle(onJoined);
        yield* run.deliver();
      }
    }),
  );

class Session<E, R> {
  readonly #kafka: OpenKafka;
  readonly #connection: Connection;
  readonly #membership: GroupMembership;
  readonly #options: FollowOptions<E, R>;
  readonly #held: HeldPartitions;
  readonly #waker = new Waker();
  /** The next turn joins the group. */
  #rejoin = true;
  /** The next turn asks for all positions. */
  #moved = false;
  /** The error of a fetch or a heartbeat in the background: the next turn fails with it. */
  #broken: unknown;

  constructor(
    kafka: OpenKafka,
    connection: Connection,
    membership: GroupMembership,
    options: FollowOptions<E, R>,
  ) {
    this.#kafka = kafka;
    this.#connection = connection;
    this.#membership = membership;
    this.#options = options;
    this.#held = new HeldPartitions(new Fetcher(connection, kafka.address), (error) => {
      this.#broken ??= error;
      this.#waker.wake();
    });
  }

  onMoved(): void {
    this.#moved = true;
    this.#waker.wake();
  }

  /** Joins the group or reads moved positions, if one of the two is necessary. */
  settle(onJoined: () => void): Effect.Effect<void, LogFailure | Lost> {
    return Effect.gen({ self: this }, function* () {
      if (this.#broken !== undefined)
        return yield* lostWhenUnavailable(failWith(this.#broken, this.#kafka.address));
      if (this.#rejoin) {
        this.#rejoin = false;
        this.#held.clear();
        const assigned = yield* this.#join();
        this.#options.onAssigned?.(assigned);
        yield* this.#place(assigned);
        onJoined();
      } else if (this.#moved)
        yield* this.#place(this.#held.cursors.map(({ name, partition }) => ({ topic: name, partition })));
    });
  }

  /** Gives the follower one batch and goes on from the position that it returns; without a batch, waits for one. */
  deliver(): Effect.Effect<void, E | LogFailure | Lost, R> {
    return Effect.gen({ self: this }, function* () {
      const most = this.#options.maxRecords ?? DEFAULT_MAX_RECORDS;
      const found = this.#held.next(most);
      this.#held.fetch();
      if (found === undefined) return yield* this.#waker.wait;
      const { cursor, batch } = found;
      const next = yield* this.#options.onBatch(batch);
      // The partition was given up, or the position moved, in the meantime: the next turn reads the positions.
      if (this.#rejoin || this.#moved || !this.#held.has(cursor)) return;
      if (next !== batch.next) yield* this.#checkEnd(cursor, next);
      cursor.seek(next);
      this.#membership.note(cursor.topic, cursor.partition, next);
    });
  }

  #ask<A>(run: () => Promise<A>): Effect.Effect<A, LogFailure | Lost> {
    return lostWhenUnavailable(ask(this.#kafka.address, run));
  }

  #join(): Effect.Effect<TopicPartition[], LogFailure | Lost> {
    const { names } = this.#kafka;
    return this.#ask(() =>
      this.#membership.join(this.#connection, (error) => {
        if (error === undefined) this.#rejoin = true;
        else this.#broken = error;
        this.#waker.wake();
      }),
    ).pipe(
      Effect.map((assigned) =>
        assigned.flatMap(({ topic, partition }) => {
          const name = names.logical(topic);
          return name === undefined ? [] : [{ topic: name, partition }];
        }),
      ),
    );
  }

  /** Asks the follower where to read the partitions from, and puts a cursor there. */
  #place(assigned: readonly TopicPartition[]): Effect.Effect<void, LogFailure | Lost> {
    return Effect.gen({ self: this }, function* () {
      const { names } = this.#kafka;
      this.#moved = false;
      const wanted = wantedPositions(this.#options, assigned);
      const bounds = yield* this.#ask(() =>
        this.#connection.boundsOfRead(wanted.map((p) => ({ ...p, topic: names.full(p.topic) }))),
      );
      for (const cursor of yield* cursorsAt(wanted, bounds, names, isIdentity)) this.#held.put(cursor);
    });
  }

  /** LogMismatch when a position that the follower returned lies past the end of the partition. */
  #checkEnd(cursor: PartitionCursor, offset: number): Effect.Effect<void, LogFailure | Lost> {
    const { topic, partition } = cursor;
    return this.#ask(() => this.#connection.boundsOfRead([{ topic, partition, offset }])).pipe(
      Effect.flatMap(([bounds]) =>
        bounds !== undefined && offset > bounds.end
          ? Effect.fail(pastTheEnd({ topic, partition }, offset, bounds.end))
          : Effect.void,
      ),
    );
  }
}

const lostWhenUnavailable = <A>(effect: Effect.Effect<A, LogFailure>): Effect.Effect<A, LogFailure | Lost> =>
  effect.pipe(Effect.mapError((error) => (error._tag === "LogUnavailable" ? new Lost(error) : error)));
