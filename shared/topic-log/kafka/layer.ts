/**
 * The entry of this folder: TopicLog on Apache Kafka 3.7 to 4.x. Durable: a publish is acknowledged by all in-sync
 * replicas of its topic (acks=all; the cluster sets min.insync.replicas), and idempotent: a batch that is sent again
 * after a lost answer is in the topic once. `publish` and `follow` wait for a lost broker without end; opening, `read`
 * and `bounds` give up after some seconds.
 *
 * Each folder imports only from those before it: protocol/ (bytes), topics/ (names, ids, identity), cluster/
 * (connections and their failures), reading/, writing/, group/ (following), opening/.
 */
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import type { TopicName } from "../../contract/topics.ts";
import { type KafkaSettings, Settings } from "../../runtime/settings.ts";
import type { LogFailure } from "../errors.ts";
import { MAX_RECORD_BYTES } from "../record-size.ts";
import { TopicLog } from "../topic-log.ts";
import { ask } from "./cluster/ask.ts";
import { openConnection } from "./cluster/connection.ts";
import type { OpenKafka } from "./cluster/open-kafka.ts";
import { followTopics } from "./group/follow.ts";
import { ensureTopics } from "./opening/ensure-topics.ts";
import { logIdentity } from "./opening/log-identity.ts";
import { boundsOf, readToEnds } from "./reading/read.ts";
import { isIdentity } from "./topics/identity.ts";
import { makeNames } from "./topics/names.ts";
import { TopicIds } from "./topics/topic-ids.ts";
import { Producer } from "./writing/producer.ts";

export const layerKafka: Layer.Layer<TopicLog, LogFailure, Settings> = Layer.effect(
  TopicLog,
  Effect.gen(function* () {
    const { kafka, namespace, partitions: eventPartitions } = yield* Settings;
    if (kafka === null) return yield* Effect.die(new Error("the settings name no Kafka"));
    return yield* openLog(kafka, namespace, eventPartitions);
  }),
);

const openLog = Effect.fnUntraced(function* (
  settings: KafkaSettings,
  namespace: string,
  eventPartitions: number,
) {
  const address = settings.brokers.join(",");
  const found = yield* ask(address, () => ensureTopics(settings, namespace, eventPartitions));
  const { clusterId } = found;
  const names = makeNames(namespace, found.counts);
  const maxRecordBytes = (topic: TopicName) => found.maxRecordBytes.get(topic) ?? MAX_RECORD_BYTES;
  const topicIds = new TopicIds(names);
  const shared = yield* openConnection(settings, names.all, clusterId, topicIds);
  const kafka: OpenKafka = { settings, address, clusterId, namespace, names, topicIds, shared };
  const producer = new Producer(shared, address);
  const identity = yield* logIdentity(kafka, producer);
  return TopicLog.of({
    kind: "kafka",
    identity: `${clusterId}/${identity.id}`,
    partitions: names.partitions,
    maxRecordBytes,
    fullName: names.full,
    publish: (topic, records) =>
      producer.publish(names.full(topic), names.partitions(topic), records, maxRecordBytes(topic)),
    bounds: (topics, read = []) => boundsOf(kafka, topics, read),
    read: (from, onBatch) => readToEnds(kafka, isIdentity, from, onBatch),
    follow: (options) => followTopics(kafka, options),
  });
});
