/** Full names of topics and their partition counts, as the cluster has them. */
import { TOPICS, type TopicName } from "../../topics.ts";

export interface TopicNames {
  readonly all: readonly string[];
  readonly full: (name: TopicName) => string;
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
