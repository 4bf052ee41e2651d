/**
 * The topics of one namespace in events.db. Opening them creates the missing ones and checks the others. It reads the
 * identity and the partition counts once, because both are fixed for the life of the log.
 */
import { EVENT_TOPICS, TOPICS, type TopicName, type TopicSpec } from "../../contract/topics.ts";
import type { Sqlite } from "../../database/sqlite.ts";
import { LogMisconfigured } from "../errors.ts";

export interface EmbeddedTopic {
  readonly id: number;
  readonly spec: TopicSpec;
  readonly partitions: number;
}

export interface EmbeddedTopics {
  readonly identity: string;
  readonly of: (name: TopicName) => EmbeddedTopic;
}

/** Creates missing topics in one transaction. `id` becomes the identity of a new log. Throws LogMisconfigured, and SQLITE_BUSY. */
export function openTopics(
  db: Sqlite,
  namespace: string,
  eventPartitions: number,
  id: string,
): EmbeddedTopics {
  const find = db.prepare("SELECT topic, partitions FROM topics WHERE name = ?");
  const create = db.prepare("INSERT INTO topics (name, partitions) VALUES (?, ?)");
  const createPartition = db.prepare("INSERT INTO partitions (topic, partition) VALUES (?, ?)");
  const findIdentity = db.prepare("SELECT identity FROM logs WHERE namespace = ?");
  const createIdentity = db.prepare("INSERT INTO logs VALUES (?, ?)");

  const topic = (spec: TopicSpec): EmbeddedTopic => {
    const name = `${namespace}.${spec.name}`;
    const wanted = spec.partitions === "events" ? eventPartitions : spec.partitions;
    const found = find.get(name) as { topic: number; partitions: number } | undefined;
    if (found !== undefined) {
      if (spec.partitions !== "events" && found.partitions !== wanted)
        throw new LogMisconfigured({
          message: `topic ${name}: partitions is ${found.partitions}, wanted ${wanted}: this events.db was written by another version of ventes`,
        });
      return { id: found.topic, spec, partitions: found.partitions };
    }
    const id = Number(create.run(name, wanted).lastInsertRowid);
    for (let p = 0; p < wanted; p++) createPartition.run(id, p);
    return { id, spec, partitions: wanted };
  };

  const load = () => {
    const all = TOPICS.map(topic);
    let row = findIdentity.get(namespace) as { identity: string } | undefined;
    if (row === undefined) {
      row = { identity: id };
      createIdentity.run(namespace, row.identity);
    }
    return { identity: row.identity, all };
  };

  const complete =
    findIdentity.get(namespace) !== undefined && TOPICS.every((t) => find.get(`${namespace}.${t.name}`));
  const { identity, all } = complete ? load() : db.transaction(load).immediate();

  const counts = new Set(EVENT_TOPICS.map((name) => all.find((t) => t.spec.name === name)?.partitions));
  if (counts.size !== 1)
    throw new LogMisconfigured({
      message: `the topics of events in namespace ${namespace} have different numbers of partitions (${[...counts].join(", ")}): this events.db was changed by another program`,
    });
  const byName = new Map(all.map((t) => [t.spec.name, t]));
  return {
    identity,
    of: (name) => {
      const found = byName.get(name);
      if (found === undefined) throw new Error(`no such topic: ${name}`);
      return found;
    },
  };
}
