/**
 * TopicLog on Apache Kafka 3.7 to 4.x. Durable: acks=all, to a topic whose min.insync.replicas the cluster says;
 * idempotent, so what is sent again after a lost answer is there once. `publish` waits for a lost broker for
 * ever, `follow` too (and says so); `read`, `bounds` and opening the layer give up after some seconds.
 */
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Schedule from "effect/Schedule";
import { scheduleOf } from "../../retry.ts";
import { type KafkaSettings, Settings } from "../../settings.ts";
import type { TopicName } from "../../topics.ts";
import type { LogFailure } from "../errors.ts";
import { MAX_RECORD_BYTES } from "../record-size.ts";
import { type LogBatch, type Position, type Stretch, TopicLog } from "../topic-log.ts";
import { Connection, pastTheEnd } from "./connection.ts";
import { asLogFailure } from "./failures.ts";
import { followTopics } from "./follow.ts";
import {
  checkPartitions,
  checkTopics,
  IDENTITY_PARTITION,
  IDENTITY_TOPIC,
  isIdentity,
  type LogIdentity,
  newIdentity,
  parseIdentity,
} from "./identity.ts";
import { onceLed } from "./led.ts";
import { makeNames } from "./names.ts";
import { Fetcher, type Hidden, PartitionCursor } from "./partition-reader.ts";
import { Producer } from "./producer.ts";
import { TopicIds } from "./topic-ids.ts";
import { ensureTopics } from "./topics.ts";

const DEFAULT_MAX_RECORDS = 5_000;
/** How often what does not wait for ever is tried again. */
const TRIES = 4;

export const layerKafka: Layer.Layer<TopicLog, LogFailure, Settings> = Layer.effect(
  TopicLog,
  Effect.gen(function* () {
    const { kafka, namespace, partitions: eventPartitions } = yield* Settings;
    if (kafka === null) return yield* Effect.die(new Error("the settings name no Kafka"));
    return yield* openKafka(kafka, namespace, eventPartitions);
  }),
);

const openKafka = Effect.fnUntraced(function* (
  settings: KafkaSettings,
  namespace: string,
  eventPartitions: number,
) {
  const address = settings.brokers.join(",");
  const once = <A>(run: () => Promise<A>): Effect.Effect<A, LogFailure> =>
    Effect.tryPromise({ try: run, catch: (error) => error }).pipe(
      Effect.catch((error) => {
        const failure = asLogFailure(error, address);
        return failure === undefined ? Effect.die(error) : Effect.fail(failure);
      }),
    );
  const patient = <A, E, R>(effect: Effect.Effect<A, E | LogFailure, R>) =>
    effect.pipe(
      Effect.retry({
        schedule: scheduleOf("log").pipe(Schedule.upTo({ times: TRIES })),
        while: isUnavailable,
      }),
    );
  const attempt = <A>(run: () => Promise<A>) => patient(once(run));

  const found = yield* once(() => ensureTopics(settings, namespace, eventPartitions));
  const names = makeNames(namespace, found.counts);
  const maxRecordBytes = (topic: TopicName) => found.maxRecordBytes.get(topic) ?? MAX_RECORD_BYTES;
  const topicIds = new TopicIds(names);
  const shared = yield* Effect.acquireRelease(
    Effect.sync(() => new Connection(settings, names.all, found.clusterId, topicIds)),
    (c) => Effect.promise(() => c.close()),
  );
  /** An answer that says the connections are gone is the last of them. */
  const onShared = <A>(run: () => Promise<A>): Effect.Effect<A, LogFailure> =>
    attempt(() =>
      onceLed(run, () => shared.refresh()).catch(async (error: unknown) => {
        await shared.drop();
        throw error;
      }),
    );
  const producer = new Producer(shared, address);

  const boundsOf = (read: readonly Position[]) =>
    onShared(() => shared.boundsOfRead(read.map((p) => ({ ...p, topic: names.full(p.topic) }))));

  const bounds: TopicLog["Service"]["bounds"] = (topics, read = []) => {
    const offsets = new Map(read.map((p) => [`${p.topic}/${p.partition}`, p.offset]));
    const parts = topics.flatMap((topic) =>
      Array.from({ length: names.partitions(topic) }, (_, partition) => ({ topic, partition })),
    );
    return boundsOf(parts.map((p) => ({ ...p, offset: offsets.get(`${p.topic}/${p.partition}`) ?? 0 }))).pipe(
      Effect.map((list) =>
        parts.map((p, i) => ({ ...p, start: list[i]?.start ?? 0, end: list[i]?.end ?? 0 })),
      ),
    );
  };

  const readWith = Effect.fnUntraced(function* <E, R>(
    hidden: Hidden,
    from: readonly Stretch[],
    onBatch: (batch: LogBatch) => Effect.Effect<void, E, R>,
  ): Effect.fn.Return<void, E | LogFailure, R> {
    const ends = yield* boundsOf(from);
    const open: { readonly cursor: PartitionCursor; readonly end: number }[] = [];
    for (const [i, position] of from.entries()) {
      const { start, end } = ends[i] as { start: number; end: number };
      const topic = names.full(position.topic);
      if (position.offset > end)
        return yield* Effect.fail(pastTheEnd({ topic, partition: position.partition }, position.offset, end));
      const offset = Math.max(position.offset, start);
      open.push({
        cursor: new PartitionCursor(position.topic, topic, position.partition, offset, hidden),
        end: Math.min(end, position.until ?? Number.POSITIVE_INFINITY),
      });
    }
    const fetcher = new Fetcher(shared, address);
    for (;;) {
      for (const { cursor, end } of open)
        for (;;) {
          const batch = yield* once(async () => cursor.next(DEFAULT_MAX_RECORDS, end));
          if (batch === undefined) break;
          yield* onBatch(batch);
        }
      const left = open.filter(({ cursor, end }) => cursor.position < end).map(({ cursor }) => cursor);
      if (left.length === 0) return;
      yield* onShared(() => fetcher.more(left));
    }
  });

  const identity = yield* logIdentity(
    Effect.fnUntraced(function* () {
      let first: LogIdentity | undefined;
      yield* readWith(
        () => false,
        [{ topic: IDENTITY_TOPIC, partition: IDENTITY_PARTITION, offset: 0 }],
        (batch) =>
          Effect.sync(() => {
            for (const record of batch.records) first ??= parseIdentity(record);
          }),
      );
      return first;
    })(),
    // The ids of the topics are known once something has connected.
    Effect.suspend(() =>
      producer.publish(names.full(IDENTITY_TOPIC), names.partitions(IDENTITY_TOPIC), [
        newIdentity(names, topicIds),
      ]),
    ).pipe(
      // Written or not: it is looked for again.
      Effect.catchTag("PublishUncertain", () => Effect.void),
    ),
  );
  yield* once(async () => {
    checkTopics(identity, names, topicIds);
    checkPartitions(identity, names);
  });

  return TopicLog.of({
    kind: "kafka",
    identity: `${found.clusterId}/${identity.id}`,
    partitions: names.partitions,
    maxRecordBytes,
    fullName: names.full,
    publish: (topic, records) =>
      producer.publish(names.full(topic), names.partitions(topic), records, maxRecordBytes(topic)),
    bounds,
    read: (from, onBatch) => readWith(isIdentity, from, onBatch),
    follow: (options) =>
      followTopics(
        { settings, clusterId: found.clusterId, address, namespace, names, topicIds, shared },
        options,
      ),
  });
});

/** The lowest offset wins: who has written looks again. */
const logIdentity = Effect.fnUntraced(function* (
  find: Effect.Effect<LogIdentity | undefined, LogFailure>,
  write: Effect.Effect<unknown, LogFailure>,
): Effect.fn.Return<LogIdentity, LogFailure> {
  for (;;) {
    const found = yield* find;
    if (found !== undefined) return found;
    yield* write;
  }
});

const isUnavailable = (error: unknown): boolean =>
  typeof error === "object" && error !== null && "_tag" in error && error._tag === "LogUnavailable";
