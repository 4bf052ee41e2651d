/**
 * The latest value of each key of a compacted topic, held in memory: for topics that fit it. It is as of the last
 * `refresh`; it does not follow the topic by itself.
 */
import * as Effect from "effect/Effect";
import type { TopicName } from "../contract/topics.ts";
import type { LogFailure } from "./errors.ts";
import type { TopicLog } from "./topic-log.ts";

/** The last record of a key, and where it lies. */
export interface Latest {
  readonly value: Buffer;
  readonly offset: number;
  readonly partition: number;
}

export class CompactedTopic {
  readonly #log: TopicLog["Service"];
  readonly #topic: TopicName;
  readonly #positions: number[];
  readonly #latest = new Map<string, Latest>();

  constructor(log: TopicLog["Service"], topic: TopicName) {
    this.#log = log;
    this.#topic = topic;
    this.#positions = new Array(log.partitions(topic)).fill(0);
  }

  /** By key. A key that a tombstone has removed is not in it. */
  get latest(): ReadonlyMap<string, Latest> {
    return this.#latest;
  }

  /** Reads the records since the last refresh. */
  refresh(): Effect.Effect<void, LogFailure> {
    const from = this.#positions.map((offset, partition) => ({ topic: this.#topic, partition, offset }));
    return this.#log.read(from, ({ partition, records, next }) =>
      Effect.sync(() => {
        for (const { key, value, offset } of records) {
          if (key === null) continue;
          if (value === null) this.#latest.delete(key);
          // A copy: a view would keep the whole batch in memory.
          else this.#latest.set(key, { value: Buffer.from(value), offset, partition });
        }
        this.#positions[partition] = next;
      }),
    );
  }
}
