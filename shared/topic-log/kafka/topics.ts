/**
 * Creating the topics, each with its settings and the broker's own replication factor, and checking at every
 * start that they are still set so: an entity topic that expires would lose what a rebuild reads.
 */
import type { KafkaSettings } from "../../settings.ts";
import { EVENT_TOPICS, TOPICS, type TopicName, type TopicSpec } from "../../topics.ts";
import { LogMisconfigured } from "../errors.ts";
import { recordRoom } from "../record-size.ts";
import { makeAdmin, TOPIC_RESOURCE } from "./kafkajs.ts";
import { onceLed } from "./led.ts";

export interface TopicsFound {
  readonly clusterId: string;
  readonly counts: ReadonlyMap<TopicName, number>;
  /** The most that one record may take. */
  readonly maxRecordBytes: ReadonlyMap<TopicName, number>;
}

const BROKER_DEFAULT = -1;
/** The topic's setting of the largest batch. Whoever runs the cluster may choose it. */
const BATCH_BYTES = "max.message.bytes";
const CREATE_MS = 15_000;
const KNOWN_WITHIN_MS = 15_000;

/** Throws LogMisconfigured, and what kafkajs throws. */
export async function ensureTopics(
  settings: KafkaSettings,
  namespace: string,
  eventPartitions: number,
): Promise<TopicsFound> {
  const admin = makeAdmin(settings);
  try {
    await admin.connect();
    const full = (spec: TopicSpec) => `${namespace}.${spec.name}`;
    const wanted = (spec: TopicSpec) => (spec.partitions === "events" ? eventPartitions : spec.partitions);
    const existing = new Set(await admin.listTopics());
    const missing = TOPICS.filter((spec) => !existing.has(full(spec)));
    if (missing.length > 0)
      await admin
        .createTopics({
          waitForLeaders: false, // onceKnown does
          timeout: CREATE_MS,
          topics: missing.map((spec) => ({
            topic: full(spec),
            numPartitions: wanted(spec),
            replicationFactor: BROKER_DEFAULT,
            configEntries: Object.entries({ ...spec.config, ...spec.tuning }).map(([name, value]) => ({
              name,
              value,
            })),
          })),
        })
        .catch(unlessTheyExist);

    const { topics } = await onceKnown(() => admin.fetchTopicMetadata({ topics: TOPICS.map(full) }));
    const counts = new Map<TopicName, number>();
    for (const spec of TOPICS) {
      const found = topics.find((t) => t.name === full(spec))?.partitions.length ?? 0;
      counts.set(spec.name, found);
      if (spec.partitions !== "events" && found !== spec.partitions)
        throw new LogMisconfigured({
          message: `topic ${full(spec)}: partitions is ${found}, wanted ${spec.partitions}: their number is fixed; choose another --namespace, or delete the topic: kafka-topics.sh --bootstrap-server ${settings.brokers[0]} --delete --topic ${full(spec)}`,
        });
    }
    const eventCounts = EVENT_TOPICS.map((name) => counts.get(name));
    if (new Set(eventCounts).size > 1)
      throw new LogMisconfigured({
        message: `the topics of events have different numbers of partitions (${EVENT_TOPICS.map((name, i) => `${namespace}.${name} ${eventCounts[i]}`).join(", ")}): their number is fixed when they are created; choose another --namespace`,
      });

    const described = await onceKnown(() =>
      admin.describeConfigs({
        includeSynonyms: false,
        resources: TOPICS.map((spec) => ({
          type: TOPIC_RESOURCE,
          name: full(spec),
          configNames: [...Object.keys(spec.config), BATCH_BYTES],
        })),
      }),
    );
    for (const spec of TOPICS) {
      const resource = described.resources.find((r) => r.resourceName === full(spec));
      for (const [name, value] of Object.entries(spec.config)) {
        const found = resource?.configEntries.find((e) => e.configName === name)?.configValue;
        if (found !== value)
          throw new LogMisconfigured({
            message: `topic ${full(spec)}: ${name} is ${found ?? "not told"}, wanted ${value}: kafka-configs.sh --bootstrap-server ${settings.brokers[0]} --alter --entity-type topics --entity-name ${full(spec)} --add-config ${name}=${value}`,
          });
      }
    }
    const maxRecordBytes = new Map<TopicName, number>();
    for (const spec of TOPICS) {
      const resource = described.resources.find((r) => r.resourceName === full(spec));
      const said = Number(resource?.configEntries.find((e) => e.configName === BATCH_BYTES)?.configValue);
      if (said > 0) maxRecordBytes.set(spec.name, recordRoom(said));
    }
    const { clusterId } = await admin.describeCluster();
    return { clusterId, counts, maxRecordBytes };
  } finally {
    await admin.disconnect().catch(() => {});
  }
}

/** A topic just created is not known to every broker at once. */
const onceKnown = <A>(ask: () => Promise<A>): Promise<A> => onceLed(ask, async () => {}, KNOWN_WITHIN_MS);

/** Another program may create them at the same moment. */
function unlessTheyExist(error: { readonly errors?: readonly { readonly type?: string }[] }): false {
  if (error.errors?.every((e) => e.type === "TOPIC_ALREADY_EXISTS")) return false;
  throw error;
}
