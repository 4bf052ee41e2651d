/**
 * The record that holds the log's identity: how it is written, recognized and checked. Partition 0 of topic `sources`
 * begins with it. A program that finds none writes one; when several programs do so at once, the lowest offset wins:
 * each writes under a key of its own, so compaction keeps them all. The record also holds the partition count, because
 * a later change of it breaks the order of a key's events, and the ids of the topics of events, because a topic that
 * was created again has lost its events. Readers and followers never see these records: none is a source.
 */
import { EVENT_TOPICS, type TopicName } from "../../../contract/topics.ts";
import { LogMisconfigured } from "../../errors.ts";
import type { LogRecord, NewRecord } from "../../topic-log.ts";
import type { TopicNames } from "./names.ts";
import { isAnother, madeAnew, type TopicIds } from "./topic-ids.ts";

export const IDENTITY_TOPIC: TopicName = "sources";
export const IDENTITY_PARTITION = 0;
/** No key of a source begins like this: they are http, https and file URLs. */
const KEY_PREFIX = "ventes:log:";

export interface LogIdentity {
  readonly id: string;
  /** Partitions of the topics of events when they were created. */
  readonly partitions: number;
  /** Ids of the topics of events, by name. */
  readonly topics: Readonly<Record<string, string | undefined>>;
}

/** True for a record that readers and followers do not see. */
export const isIdentity = (topic: TopicName, record: LogRecord): boolean =>
  topic === IDENTITY_TOPIC && record.key?.startsWith(KEY_PREFIX) === true;

/** A new identity with this id, to be published to IDENTITY_TOPIC. The ids of the topics must be known. */
export function newIdentity(id: string, names: TopicNames, topicIds: TopicIds): NewRecord {
  const identity: LogIdentity = {
    id,
    partitions: names.partitions(EVENT_TOPICS[0]),
    topics: Object.fromEntries(EVENT_TOPICS.map((name) => [name, topicIds.ids.get(name)])),
  };
  return {
    key: `${KEY_PREFIX}${identity.id}`,
    value: JSON.stringify({ v: 1, ...identity }),
    partition: IDENTITY_PARTITION,
  };
}

/** Undefined when the record is no identity. */
export function parseIdentity(record: LogRecord): LogIdentity | undefined {
  if (!isIdentity(IDENTITY_TOPIC, record) || record.value === null) return undefined;
  const found = parsed(record.value.toString());
  return typeof found.id === "string" && typeof found.partitions === "number"
    ? { id: found.id, partitions: found.partitions, topics: found.topics ?? {} }
    : undefined;
}

/** An empty identity when the text is no JSON object: any program may have published it. */
function parsed(text: string): Partial<LogIdentity> {
  try {
    const found: unknown = JSON.parse(text);
    return typeof found === "object" && found !== null ? found : {};
  } catch {
    return {};
  }
}

/** Throws LogMisconfigured when a topic of events has another number of partitions than when the log was made. */
export function checkPartitions(identity: LogIdentity, names: TopicNames): void {
  for (const name of EVENT_TOPICS)
    if (names.partitions(name) !== identity.partitions)
      throw new LogMisconfigured({
        message: `topic ${names.full(name)}: partitions is ${names.partitions(name)}, wanted ${identity.partitions} as when it was created: a key may now be in two partitions, so the order of its events is lost; choose another --namespace and publish again`,
      });
}

/** Throws LogMismatch when a topic of events is another than when the log was made. */
export function checkTopics(identity: LogIdentity, names: TopicNames, topicIds: TopicIds): void {
  for (const name of EVENT_TOPICS)
    if (isAnother(identity.topics[name], topicIds.ids.get(name))) throw madeAnew(names.full(name));
}
