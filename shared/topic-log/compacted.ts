/** The latest value of each key of a compacted topic, as of now. For topics that fit memory. */
import * as Effect from "effect/Effect";
import type { TopicName } from "../topics.ts";
import type { LogFailure } from "./errors.ts";
import { TopicLog } from "./topic-log.ts";

export interface Latest {
  readonly value: Buffer;
  readonly offset: number;
  readonly partition: number;
}

/** Keys removed by a tombstone are not there. */
export const readCompacted = Effect.fnUntraced(function* (
  topic: TopicName,
): Effect.fn.Return<ReadonlyMap<string, Latest>, LogFailure, TopicLog> {
  const log = yield* TopicLog;
  const latest = new Map<string, Latest>();
  const starts = Array.from({ length: log.partitions(topic) }, (_, partition) => ({
    topic,
    partition,
    offset: 0,
  }));
  yield* log.read(starts, (batch) =>
    Effect.sync(() => {
      for (const { key, value, offset } of batch.records) {
        if (key === null) continue;
        if (value === null) latest.delete(key);
        // A copy: a view would keep the whole batch in memory.
        else latest.set(key, { value: Buffer.from(value), offset, partition: batch.partition });
      }
    }),
  );
  return latest;
});
