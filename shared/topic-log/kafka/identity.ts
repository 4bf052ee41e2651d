/**
 * The log's identity: a random id in topic `sources`, whose partition 0 begins with it, and the cluster's id. Who
 * finds none writes one; when several do so at once, the lowest offset wins, for each writer has its own key and
 * compaction keeps them all. Partition counts stand beside it, because a later change of them would break the
 * order of each key, and the ids of the topics of events, because one that was deleted and made anew has lost its
 * events. These records are hidden from followers and readers: none is a source.
 */
import { randomUUID } from "node:crypto";
import { EVENT_TOPICS, type TopicName } from "../../topics.ts";
import { LogMisconfigured } from "../errors.ts";
import type { LogRecord, NewRecord } from "../topic-log.ts";
import type { TopicNames } from "./names.ts";
import { isAnother, madeAnew, type TopicIds } from "./topic-ids.ts";

export const IDENTITY_TOPIC: TopicName = "sources";
export const IDENTITY_PARTITION = 0;
/** No source's id begins so: those are http, https and file URLs. */
const KEY_PREFIX = "ventes:log:";

export interface LogIdentity {
  readonly id: string;
  /** Partitions of the topics of events when they were created. */
  readonly partitions: number;
  /** Ids of the topics of events, by name. */
  readonly topics: Readonly<Record<string, string | undefined>>;
}

export const isIdentity = (topic: TopicName, record: LogRecord): boolean =>
  topic === IDENTITY_TOPIC && record.key?.startsWith(KEY_PREFIX) === true;

export function newIdentity(names: TopicNames, topicIds: TopicIds): NewRecord {
  const identity: LogIdentity = {
    id: randomUUID(),
    partitions: names.partitions(EVENT_TOPICS[0]),
    topics: Object.fromEntries(EVENT_TOPICS.map((name) => [name, topicIds.ids.get(name)])),
  };
  return {
    key: `${KEY_PREFIX}${identity.id}`,
    value: JSON.stringify({ v: 1, ...identity }),
    partition: IDENTITY_PARTITION,
  };
}

export function parseIdentity(record: LogRecord): LogIdentity | undefined {
  if (!isIdentity(IDENTITY_TOPIC, record) || record.value === null) return undefined;
  const found = JSON.parse(record.value.toString()) as Partial<LogIdentity>;
  return typeof found.id === "string" && typeof found.partitions === "number"
    ? { id: found.id, partitions: found.partitions, topics: found.topics ?? {} }
    : undefined;
}

/** Throws LogMisconfigured when the topics have been given other partitions since. */
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
