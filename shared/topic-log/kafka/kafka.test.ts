/** What only the Kafka layer promises: the topics' settings, foreign records, one copy of what was sent twice. */

import * as Cause from "effect/Cause";
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import * as Layer from "effect/Layer";
import * as Redacted from "effect/Redacted";
import type * as Scope from "effect/Scope";
import kafkajs from "kafkajs";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { describeWith } from "../../../integration-tests/support/describe-with.ts";
import {
  type SecureKafka,
  startKafka,
  startSecureKafka,
  type TestKafka,
} from "../../../integration-tests/support/kafka.ts";
import { openLine } from "../../../integration-tests/support/line.ts";
import { until } from "../../../integration-tests/support/until.ts";
import { embeddedSettings, type KafkaSettings, Settings } from "../../runtime/settings.ts";
import { type LogBatch, type LogRecord, TopicLog } from "../topic-log.ts";
import { clientOptions, makeAdmin, TOPIC_RESOURCE } from "./cluster/kafkajs.ts";
import { layerKafka } from "./layer.ts";

const onLog = <A, E>(
  settings: KafkaSettings,
  namespace: string,
  body: Effect.Effect<A, E, TopicLog | Scope.Scope>,
): Promise<Exit.Exit<A, unknown>> =>
  Effect.runPromiseExit(
    Effect.scoped(body).pipe(
      Effect.provide(
        layerKafka.pipe(
          Layer.provide(
            Layer.succeed(Settings, embeddedSettings("/nowhere", { namespace, kafka: settings })),
          ),
        ),
      ),
    ),
  );

const succeeded = <A>(exit: Exit.Exit<A, unknown>): A => {
  if (Exit.isSuccess(exit)) return exit.value;
  throw Cause.squash(exit.cause);
};
const messageOf = (exit: Exit.Exit<unknown, unknown>): string => {
  if (Exit.isSuccess(exit)) return "success";
  const error = Cause.squash(exit.cause) as { _tag?: string; message?: string };
  return `${error._tag}: ${error.message}`;
};

const recordsOf = Effect.gen(function* () {
  const log = yield* TopicLog;
  const records: LogRecord[] = [];
  yield* log.read([{ topic: "commits", partition: 0, offset: 0 }], (batch) =>
    Effect.sync(() => records.push(...batch.records)),
  );
  return records;
});

const publishOne = (key: string) =>
  Effect.gen(function* () {
    const log = yield* TopicLog;
    yield* log.publish("commits", [{ key, value: "v" }]);
  });

describe("options", () => {
  it("TLS and SASL settings are passed to kafkajs", () => {
    const sasl = { mechanism: "scram-sha-512", username: "u" } as const;
    const options = clientOptions({
      brokers: ["a:1", "b:2"],
      tls: { ca: "PEM", key: Redacted.make("KEY") },
      sasl: { ...sasl, password: Redacted.make("p") },
    });
    expect(options).toMatchObject({
      brokers: ["a:1", "b:2"],
      ssl: { ca: "PEM", key: "KEY" },
      sasl: { ...sasl, password: "p" },
    });
    expect(clientOptions({ brokers: ["a:1"], tls: null, sasl: null })).not.toHaveProperty("ssl");
  });

  it("without a broker opening fails with LogUnavailable, which names the addresses", async () => {
    const exit = await onLog({ brokers: ["127.0.0.1:9"], tls: null, sasl: null }, "none", recordsOf);
    expect(messageOf(exit)).toMatch(/^LogUnavailable: no Kafka answers at 127\.0\.0\.1:9 /);
  });
});

describeWith("kafka", "on a broker", () => {
  let kafka: TestKafka;
  beforeAll(async () => {
    kafka = await startKafka();
  }, 120_000);
  afterAll(() => kafka?.stop());

  it("creates the topics with their settings, and refuses changed settings", async () => {
    const namespace = kafka.namespace();
    succeeded(await onLog(kafka.settings, namespace, recordsOf));
    const admin = makeAdmin(kafka.settings);
    await admin.connect();
    const configOf = async (topic: string, name: string) => {
      const { resources } = await admin.describeConfigs({
        includeSynonyms: false,
        resources: [{ type: TOPIC_RESOURCE, name: `${namespace}.${topic}`, configNames: [name] }],
      });
      return resources[0]?.configEntries[0]?.configValue;
    };
    expect(await configOf("ventes", "retention.ms")).toBe("-1");
    expect(await configOf("sources", "cleanup.policy")).toBe("compact");
    expect(await configOf("status", "segment.ms")).toBe("600000");
    await admin.alterConfigs({
      validateOnly: false,
      resources: [
        {
          type: TOPIC_RESOURCE,
          name: `${namespace}.ventes`,
          configEntries: [{ name: "retention.ms", value: "604800000" }],
        },
      ],
    });
    await until(
      "the broker to say so",
      async () => (await configOf("ventes", "retention.ms")) === "604800000",
    );
    const refused = messageOf(await onLog(kafka.settings, namespace, recordsOf));
    expect(refused).toContain(
      `LogMisconfigured: topic ${namespace}.ventes: retention.ms is 604800000, wanted -1`,
    );
    expect(refused).toContain(`--entity-name ${namespace}.ventes --add-config retention.ms=-1`);
    await admin.disconnect();
  });

  it("refuses topics that have more partitions than before", async () => {
    const namespace = kafka.namespace();
    succeeded(await onLog(kafka.settings, namespace, recordsOf));
    const admin = makeAdmin(kafka.settings);
    await admin.connect();
    const topicPartitions = ["produits", "magasins", "ventes", "rejets"].map((name) => ({
      topic: `${namespace}.${name}`,
      count: 4,
    }));
    await admin.createPartitions({ topicPartitions });
    await until("the broker to have them", async () => {
      const { topics } = await admin.fetchTopicMetadata({ topics: topicPartitions.map((t) => t.topic) });
      return topics.every((t) => t.partitions.length === 4);
    });
    await admin.disconnect();
    expect(messageOf(await onLog(kafka.settings, namespace, recordsOf))).toContain(
      "partitions is 4, wanted 3 as when it was created",
    );
  });

  /** What an operator does to a log, or the loss of its volume. */
  const deleteTopics = async (namespace: string, names: readonly string[]): Promise<void> => {
    const admin = makeAdmin(kafka.settings);
    await admin.connect();
    const topics = names.map((name) => `${namespace}.${name}`);
    await admin.deleteTopics({ topics });
    await until("the topics to be gone", async () => {
      const left = await admin.listTopics();
      return topics.every((topic) => !left.includes(topic));
    });
    await admin.disconnect();
  };
  const ALL = ["produits", "magasins", "ventes", "rejets", "sources", "commits", "status"];
  const sales = (count: number) =>
    Array.from({ length: count }, (_, i) => ({ key: `${i}`, value: "v", partition: 0 }));

  /** Follows `ventes` until it has a record; `then` is what happens to the log; gives how the follower ended. */
  const followed = (namespace: string, then: () => Promise<void>) =>
    onLog(
      kafka.settings,
      namespace,
      Effect.gen(function* () {
        const log = yield* TopicLog;
        yield* log.publish("ventes", sales(3));
        let position = 0;
        let beyond = 0;
        const following = yield* Effect.forkChild(
          Effect.exit(
            log.follow({
              group: "g",
              topics: ["ventes"],
              positions: (assigned) =>
                assigned.map((p) => ({ ...p, offset: p.partition === 0 ? position : 0 })),
              onBatch: (batch) =>
                Effect.sync(() => {
                  if (position >= 3) beyond += batch.records.length;
                  position = batch.next;
                  return batch.next;
                }),
            }),
          ),
        );
        yield* Effect.promise(() => until("the records", () => position === 3, { within: 60_000 }));
        yield* Effect.promise(then);
        const ended = messageOf(yield* Fiber.join(following));
        // A write to a topic created again succeeds; it is noticed within a second or two.
        let published = "success";
        const deadline = Date.now() + 20_000;
        while (published === "success" && Date.now() < deadline) {
          published = messageOf(yield* Effect.exit(log.publish("ventes", sales(1))));
          yield* Effect.sleep(100);
        }
        return { ended, published, beyond };
      }),
    );

  it("topics created again stop a running program, even when they are longer than its positions", {
    timeout: 120_000,
  }, async () => {
    const namespace = kafka.namespace();
    const { ended, published, beyond } = succeeded(
      await followed(namespace, async () => {
        await deleteTopics(namespace, ALL);
        const other = Effect.flatMap(TopicLog, (log) => log.publish("ventes", sales(10)));
        succeeded(await onLog(kafka.settings, namespace, other));
      }),
    );
    expect(ended).toContain(`LogMismatch: the topic ${namespace}.`);
    expect(ended).toContain("was deleted and created again");
    expect(published).toContain("was deleted and created again");
    expect(beyond).toBe(0);
  });

  it("deleted topics stop a running program after some seconds", { timeout: 120_000 }, async () => {
    const namespace = kafka.namespace();
    const { ended, published } = succeeded(await followed(namespace, () => deleteTopics(namespace, ALL)));
    expect(ended).toMatch(/^LogMismatch: the topic .* is gone, and with it the events/);
    expect(published).toMatch(/^LogMismatch: the topic .* is gone/);
  });

  it("the next start refuses one topic of events that was created again", async () => {
    const namespace = kafka.namespace();
    succeeded(await onLog(kafka.settings, namespace, publishOne("a")));
    await deleteTopics(namespace, ["commits"]);
    succeeded(await onLog(kafka.settings, namespace, publishOne("a")));
    await deleteTopics(namespace, ["produits"]);
    expect(messageOf(await onLog(kafka.settings, namespace, publishOne("a")))).toContain(
      `LogMismatch: the topic ${namespace}.produits was deleted and created again`,
    );
  });

  it("publishes from a machine whose clock is hours ahead", async () => {
    const namespace = kafka.namespace();
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 30 * 3_600_000 });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    const records = succeeded(
      await onLog(kafka.settings, namespace, publishOne("a").pipe(Effect.andThen(recordsOf))),
    );
    expect(records.map((r) => r.key)).toEqual(["a"]);
  });

  it("reads records of other programs: no key, no value, bytes, headers, gzip", async () => {
    const namespace = kafka.namespace();
    succeeded(await onLog(kafka.settings, namespace, recordsOf));
    const producer = new kafkajs.Kafka({
      ...(clientOptions(kafka.settings) as ConstructorParameters<typeof kafkajs.Kafka>[0]),
      logLevel: kafkajs.logLevel.NOTHING,
    }).producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
    await producer.connect();
    const topic = `${namespace}.commits`;
    const bytes = Buffer.from([0xff, 0x00, 0xfe]);
    await producer.send({
      topic,
      messages: [
        { key: null, value: "without a key", headers: { a: "b" } },
        { key: "tombstone", value: null },
        { key: "bytes", value: bytes },
      ],
    });
    await producer.send({
      topic,
      compression: kafkajs.CompressionTypes.GZIP,
      messages: [{ key: "zipped", value: "v" }],
    });
    await producer.disconnect();
    const records = succeeded(await onLog(kafka.settings, namespace, recordsOf));
    expect(records.map((r) => [r.offset, r.key, r.value?.toString("latin1") ?? null])).toEqual([
      [0, null, "without a key"],
      [1, "tombstone", null],
      [2, "bytes", bytes.toString("latin1")],
      [3, "zipped", "v"],
    ]);
  });

  it("kafkajs reads the published records, in the partition of its own partitioner", async () => {
    const namespace = kafka.namespace();
    const keys = Array.from({ length: 50 }, (_, i) => `clé ${i}`);
    const published = succeeded(
      await onLog(
        kafka.settings,
        namespace,
        Effect.gen(function* () {
          const log = yield* TopicLog;
          return yield* log.publish(
            "ventes",
            keys.map((key) => ({ key, value: key })),
          );
        }),
      ),
    );
    const partitioner = kafkajs.Partitioners.DefaultPartitioner();
    const counts = [0, 0, 0];
    for (const key of keys) {
      const partition = partitioner({
        topic: "t",
        message: { key, value: null },
        partitionMetadata: [0, 1, 2].map((partitionId) => ({
          partitionId,
          leader: 1,
          partitionErrorCode: 0,
          replicas: [],
          isr: [],
        })),
      });
      counts[partition] = (counts[partition] ?? 0) + 1;
    }
    expect(published.map((p) => p.count)).toEqual(counts);
  });

  it("sends unanswered records again, and they are there once", async () => {
    const namespace = kafka.namespace();
    const line = await openLine(kafka.settings.brokers);
    const records = succeeded(
      await onLog(
        { ...kafka.settings, brokers: line.brokers },
        namespace,
        Effect.gen(function* () {
          const log = yield* TopicLog;
          const ends = () => log.bounds(["commits"]).pipe(Effect.map(([b]) => b?.end));
          yield* log.publish("commits", [{ key: "a", value: "0" }]);
          // The request arrives and its answer does not; then the line breaks and is mended.
          line.deafen();
          const sending = yield* Effect.forkChild(
            log.publish("commits", [
              { key: "a", value: "1" },
              { key: "a", value: "2" },
            ]),
          );
          const admin = makeAdmin(kafka.settings);
          yield* Effect.promise(async () => {
            await admin.connect();
            await until("the broker to have it", async () => {
              const [offsets] = await admin.fetchTopicOffsets(`${namespace}.commits`);
              return offsets?.high === "3";
            });
            await admin.disconnect();
          });
          line.cut();
          line.mend();
          const [again] = yield* Fiber.join(sending);
          expect(again?.firstOffset).toBe(1);
          expect(yield* ends()).toBe(3);
          yield* log.publish("commits", [{ key: "a", value: "3" }]);
          return yield* recordsOf;
        }),
      ),
    );
    expect(records.map((r) => r.value?.toString())).toEqual(["0", "1", "2", "3"]);
    await line.close();
  });

  it("after an interrupted publish the next one is complete", async () => {
    const namespace = kafka.namespace();
    const line = await openLine(kafka.settings.brokers);
    const records = succeeded(
      await onLog(
        { ...kafka.settings, brokers: line.brokers },
        namespace,
        Effect.gen(function* () {
          const log = yield* TopicLog;
          yield* log.publish("commits", [{ key: "a", value: "0" }]);
          line.deafen();
          const sending = yield* Effect.forkChild(log.publish("commits", [{ key: "a", value: "1" }]));
          const admin = makeAdmin(kafka.settings);
          yield* Effect.promise(async () => {
            await admin.connect();
            await until("the broker to have it", async () => {
              const [offsets] = await admin.fetchTopicOffsets(`${namespace}.commits`);
              return offsets?.high === "2";
            });
            await admin.disconnect();
          });
          yield* Fiber.interrupt(sending);
          line.mend();
          yield* log.publish("commits", [{ key: "a", value: "2" }]);
          return yield* recordsOf;
        }),
      ),
    );
    expect(records.map((r) => r.value?.toString())).toEqual(["0", "1", "2"]);
    await line.close();
  });

  it("a follower alone in its group deletes it, and those that former ones have left; groups with members stay", async () => {
    const namespace = kafka.namespace();
    const admin = makeAdmin(kafka.settings);
    await admin.connect();
    onTestFinished(() => admin.disconnect());
    const groups = async () =>
      (await admin.listGroups()).groups
        .map(({ groupId }) => groupId)
        .filter((id) => id.startsWith(`${namespace}.`))
        .map((id) => id.slice(namespace.length + 1))
        .sort();
    const follower = (group: string, alone?: string) =>
      Effect.gen(function* () {
        const log = yield* TopicLog;
        const joined = yield* Deferred.make<void>();
        const options = {
          group,
          ...(alone === undefined ? {} : { alone }),
          topics: ["commits"] as const,
          positions: () => [],
          onAssigned: () => Deferred.doneUnsafe(joined, Effect.void),
          onBatch: ({ next }: LogBatch) => Effect.succeed(next),
        };
        const fiber = yield* Effect.forkChild(log.follow(options));
        yield* Deferred.await(joined);
        return fiber;
      });
    const exit = await onLog(
      kafka.settings,
      namespace,
      Effect.gen(function* () {
        // As a killed one leaves its group.
        yield* Fiber.interrupt(yield* follower("a-1"));
        const other = yield* follower("a-2");
        yield* Fiber.interrupt(yield* follower("b-1"));
        expect(yield* Effect.promise(groups)).toEqual(["a-1", "a-2", "b-1"]);
        const alone = yield* follower("a-3", "a-");
        expect(yield* Effect.promise(groups)).toEqual(["a-2", "a-3", "b-1"]);
        yield* Fiber.interrupt(alone);
        expect(yield* Effect.promise(groups)).toEqual(["a-2", "b-1"]);
        yield* Fiber.interrupt(other);
      }),
    );
    succeeded(exit);
  });

  it("reading leaves no group, following leaves an empty group whose lag tools can show", async () => {
    const namespace = kafka.namespace();
    const admin = makeAdmin(kafka.settings);
    await admin.connect();
    const groups = async () =>
      (await admin.listGroups()).groups.map((g) => g.groupId).filter((id) => id.startsWith(namespace));
    succeeded(
      await onLog(
        kafka.settings,
        namespace,
        Effect.gen(function* () {
          const log = yield* TopicLog;
          yield* log.publish("commits", [{ key: "a", value: "0" }]);
          yield* recordsOf;
          expect(yield* Effect.promise(groups)).toEqual([]);
          let done = false;
          const fiber = yield* Effect.forkChild(
            log.follow({
              group: "g",
              topics: ["commits"],
              positions: () => [],
              onBatch: (batch) =>
                Effect.sync(() => {
                  done = true;
                  return batch.next;
                }),
            }),
          );
          yield* Effect.promise(() => until("the record", () => done));
          yield* Fiber.interrupt(fiber);
        }),
      ),
    );
    expect(await groups()).toEqual([`${namespace}.g`]);
    const { groups: described } = await admin.describeGroups([`${namespace}.g`]);
    expect(described[0]?.members).toEqual([]);
    const [offsets] = await admin.fetchOffsets({
      groupId: `${namespace}.g`,
      topics: [`${namespace}.commits`],
    });
    expect(offsets?.partitions[0]?.offset).toBe("1");
    await admin.disconnect();
  });
});

describeWith("container", "on a broker with TLS and SASL", () => {
  let kafka: SecureKafka | undefined;
  beforeAll(async () => {
    kafka = await startSecureKafka();
  }, 120_000);
  afterAll(() => kafka?.stop());

  it("publishes and reads with each mechanism, and reports a wrong login", async () => {
    if (kafka === undefined) throw new Error("not started");
    const tls = { ca: kafka.ca };
    for (const sasl of kafka.logins) {
      const roundTrip = publishOne(sasl.mechanism).pipe(Effect.andThen(recordsOf));
      const exit = await onLog({ brokers: kafka.brokers, tls, sasl }, sasl.mechanism, roundTrip);
      expect(succeeded(exit).map((r) => r.key)).toEqual([sasl.mechanism]);
      const wrong = await onLog(
        { brokers: kafka.brokers, tls, sasl: { ...sasl, password: Redacted.make("wrong") } },
        sasl.mechanism,
        recordsOf,
      );
      expect(messageOf(wrong)).toMatch(/^LogMisconfigured: .*does not let us in.*KAFKA_PASSWORD$/);
    }
    const [sasl = null] = kafka.logins;
    const unknown = await onLog({ brokers: kafka.brokers, tls: {}, sasl }, "x", recordsOf);
    expect(messageOf(unknown)).toMatch(/^LogMisconfigured: .*TLS failed.*KAFKA_CA_FILE$/);
    const naked = await onLog({ brokers: kafka.brokers, tls: null, sasl: null }, "x", recordsOf);
    expect(messageOf(naked)).toMatch(/^LogUnavailable: .*see KAFKA_TLS and KAFKA_SASL_MECHANISM/);
  }, 60_000);
});
