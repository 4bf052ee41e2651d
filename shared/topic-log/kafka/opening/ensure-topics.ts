/**
 * Creates the missing topics of a namespace, with their settings and the broker's own replication factor, and checks
 * the partitions and settings of all of them at each start: a topic of events that expires would lose what a rebuild
 * reads. It changes no topic that exists: the message of the error has the command that does.
 */

import { EVENT_TOPICS, TOPICS, type TopicName, type TopicSpec } from "../../../contract/topics.ts";
import type { KafkaSettings } from "../../../runtime/settings.ts";
import { LogMisconfigured } from "../../errors.ts";
import { recordRoom } from "../../record-size.ts";
import { type Admin, makeAdmin, TOPIC_RESOURCE } from "../cluster/kafkajs.ts";
import { onceLed } from "../cluster/led.ts";

export interface TopicsFound {
  readonly clusterId: string;
  /** The partitions of each topic. */
  readonly counts: ReadonlyMap<TopicName, number>;
  /** The most bytes that one record of each topic may take. */
  readonly maxRecordBytes: ReadonlyMap<TopicName, number>;
}

interface Namespace {
  readonly name: string;
  /** A broker, for the commands in messages. */
  readonly broker: string | undefined;
  readonly eventPartitions: number;
}

const BROKER_DEFAULT = -1;
/** The setting of a topic's largest batch, which the operator of the cluster may choose. */
const BATCH_BYTES = "max.message.bytes";
const CREATE_MS = 15_000;
const KNOWN_WITHIN_MS = 15_000;

const fullName = (namespace: Namespace, topic: TopicName): string => `${namespace.name}.${topic}`;

/** Throws LogMisconfigured, and the errors of kafkajs. */
export async function ensureTopics(
  settings: KafkaSettings,
  namespaceName: string,
  eventPartitions: number,
): Promise<TopicsFound> {
  const namespace: Namespace = { name: namespaceName, broker: settings.brokers[0], eventPartitions };
  const admin = makeAdmin(settings);
  try {
    await admin.connect();
    await createMissing(admin, namespace);
    const counts = await checkedCounts(admin, namespace);
    const maxRecordBytes = await checkSettings(admin, namespace);
    const { clusterId } = await admin.describeCluster();
    return { clusterId, counts, maxRecordBytes };
  } finally {
    await admin.disconnect().catch(() => {});
  }
}

async function createMissing(admin: Admin, namespace: Namespace): Promise<void> {
  const existing = new Set(await admin.listTopics());
  const missing = TOPICS.filter((spec) => !existing.has(fullName(namespace, spec.name)));
  if (missing.length === 0) return;
  const topics = missing.map((spec) => ({
    topic: fullName(namespace, spec.name),
    numPartitions: spec.partitions === "events" ? namespace.eventPartitions : spec.partitions,
    replicationFactor: BROKER_DEFAULT,
    configEntries: Object.entries({ ...spec.config, ...spec.tuning }).map(([name, value]) => ({
      name,
      value,
    })),
  }));
  // Does not wait for leaders: onceKnown does.
  await admin.createTopics({ waitForLeaders: false, timeout: CREATE_MS, topics }).catch(unlessTheyExist);
}

/** The partition counts. Throws LogMisconfigured when one is not the wanted one, or those of events differ. */
async function checkedCounts(admin: Admin, namespace: Namespace): Promise<ReadonlyMap<TopicName, number>> {
  const full = (spec: TopicSpec) => fullName(namespace, spec.name);
  const { topics } = await onceKnown(() => admin.fetchTopicMetadata({ topics: TOPICS.map(full) }));
  const counts = new Map<TopicName, number>();
  for (const spec of TOPICS) {
    const found = topics.find((t) => t.name === full(spec))?.partitions.length ?? 0;
    counts.set(spec.name, found);
    if (spec.partitions !== "events" && found !== spec.partitions)
      throw new LogMisconfigured({
        message: `topic ${full(spec)}: partitions is ${found}, wanted ${spec.partitions}: their number is fixed; choose another --namespace, or delete the topic: kafka-topics.sh --bootstrap-server ${namespace.broker} --delete --topic ${full(spec)}`,
      });
  }
  const eventCounts = EVENT_TOPICS.map((name) => counts.get(name));
  if (new Set(eventCounts).size > 1)
    throw new LogMisconfigured({
      message: `the topics of events have different numbers of partitions (${EVENT_TOPICS.map((name, i) => `${fullName(namespace, name)} ${eventCounts[i]}`).join(", ")}): their number is fixed when they are created; choose another --namespace`,
    });
  return counts;
}

/** The most bytes that a record of each topic may take. Throws LogMisconfigured for a setting that is not as wanted. */
async function checkSettings(admin: Admin, namespace: Namespace): Promise<ReadonlyMap<TopicName, number>> {
  const described = await onceKnown(() =>
    admin.describeConfigs({
      includeSynonyms: false,
      resources: TOPICS.map((spec) => ({
        type: TOPIC_RESOURCE,
        name: fullName(namespace, spec.name),
        configNames: [...Object.keys(spec.config), BATCH_BYTES],
      })),
    }),
  );
  const maxRecordBytes = new Map<TopicName, number>();
  for (const spec of TOPICS) {
    const full = fullName(namespace, spec.name);
    const resource = described.resources.find((r) => r.resourceName === full);
    for (const [name, value] of Object.entries(spec.config)) {
      const found = resource?.configEntries.find((e) => e.configName === name)?.configValue;
      if (found !== value)
        throw new LogMisconfigured({
          message: `topic ${full}: ${name} is ${found ?? "unknown"}, wanted ${value}: kafka-configs.sh --bootstrap-server ${namespace.broker} --alter --entity-type topics --entity-name ${full} --add-config ${name}=${value}`,
        });
    }
    const batchBytes = Number(resource?.configEntries.find((e) => e.configName === BATCH_BYTES)?.configValue);
    if (batchBytes > 0) maxRecordBytes.set(spec.name, recordRoom(batchBytes));
  }
  return maxRecordBytes;
}

/** A topic that was just created is not known to each broker at once. */
const onceKnown = <A>(ask: () => Promise<A>): Promise<A> => onceLed(ask, async () => {}, KNOWN_WITHIN_MS);

/** Another program may create the topics at the same moment. */
function unlessTheyExist(error: { readonly errors?: readonly { readonly type?: string }[] }): false {
  if (error.errors?.every((e) => e.type === "TOPIC_ALREADY_EXISTS")) return false;
  throw error;
}
