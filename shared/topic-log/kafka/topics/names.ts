/**
 * The names of topics. Code outside the Kafka layer names a topic by its TopicName ("ventes"); on the cluster it has a
 * full name with the namespace before it ("demo.ventes"). The partition counts are those that the cluster had when the
 * log was opened.
 */
import { TOPICS, type TopicName } from "../../../contract/topics.ts";

/** A partition by the full name of its topic. */
export interface FullPartition {
  readonly topic: string;
  readonly partition: number;
}

export interface TopicNames {
  /** All full names. */
  readonly all: readonly string[];
  readonly full: (name: TopicName) => string;
  /** Undefined for a topic that is none of this namespace. */
  readonly logical: (full: string) => TopicName | undefined;
  readonly partitions: (name: TopicName) => number;
}

export function makeNames(namespace: string, counts: ReadonlyMap<TopicName, number>): TopicNames {
  const full = (name: TopicName) => `${namespace}.${name}`;
  const logical = new Map(TOPICS.map((t) => [full(t.name), t.name]));
  return {
    all: [...logical.keys()],
    full,
    logical: (name) => logical.get(name),
    partitions: (name) => counts.get(name) ?? 0,
  };
}
