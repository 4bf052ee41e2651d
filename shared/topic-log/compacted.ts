/** The latest value of each key of a compacted topic. For topics that fit memory. */
import * as Effect from "effect/Effect";
import type { TopicName } from "../topics.ts";
import type { LogFailure } from "./errors.ts";
import type { TopicLog } from "./topic-log.ts";

export interface Latest {
  readonly value: Buffer;
  readonly offset: number;
  readonly partition: number;
}

/** As of its last refresh, which reads what is new. */
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

  /** Keys removed by a tombstone are not there. */
  get latest(): ReadonlyMap<string, Latest> {
    return this.#latest;
  }

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
