/** A log in memory for one life: it keeps every record and answers at once. Nobody follows it. */
import * as Effect from "effect/Effect";
import { partitionOf } from "#shared/contract/partitioner.ts";
import type { TopicName } from "#shared/contract/topics.ts";
import { MAX_RECORD_BYTES } from "#shared/topic-log/record-size.ts";
import type { LogRecord, NewRecord, Published, TopicLog } from "#shared/topic-log/topic-log.ts";

/** One partition of each topic is enough: the rules are the same, and a life is played sooner. */
const PARTITIONS = 1;

export class MemoryLog {
  readonly #topics = new Map<TopicName, LogRecord[]>();

  /** The records of a topic from an offset on. Offsets are the places in the list. */
  from(topic: TopicName, offset: number, until?: number): readonly LogRecord[] {
    return this.#records(topic).slice(offset, until);
  }

  #records(topic: TopicName): LogRecord[] {
    const found = this.#topics.get(topic);
    if (found !== undefined) return found;
    const made: LogRecord[] = [];
    this.#topics.set(topic, made);
    return made;
  }

  #append(topic: TopicName, records: readonly NewRecord[]): Published[] {
    const stored = this.#records(topic);
    const firstOffset = stored.length;
    for (const { key, value } of records)
      stored.push({ offset: stored.length, key, value: value === null ? null : Buffer.from(value) });
    return records.length === 0
      ? []
      : [{ partition: partitionOf("", PARTITIONS), firstOffset, count: records.length }];
  }

  readonly service: TopicLog["Service"] = {
    kind: "embedded",
    identity: "lives",
    partitions: () => PARTITIONS,
    maxRecordBytes: () => MAX_RECORD_BYTES,
    fullName: (topic) => `ventes.${topic}`,
    publish: (topic, records) => Effect.sync(() => this.#append(topic, records)),
    bounds: (topics) =>
      Effect.sync(() =>
        topics.map((topic) => ({ topic, partition: 0, start: 0, end: this.#records(topic).length })),
      ),
    read: (from, onBatch) =>
      Effect.forEach(
        from,
        ({ topic, partition, offset, until }) => {
          const records = this.from(topic, offset, until);
          return records.length === 0
            ? Effect.void
            : onBatch({ topic, partition, records, next: offset + records.length });
        },
        { discard: true },
      ),
    follow: () => Effect.die(new Error("a life has no followers")),
  };
}
