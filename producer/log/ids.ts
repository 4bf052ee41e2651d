/** Finds the long ids that the state keeps as a hash. */
import * as Effect from "effect/Effect";
import type { EventTopic } from "#shared/contract/topics.ts";
import type { LogFailure } from "#shared/topic-log/errors.ts";
import type { TopicLog } from "#shared/topic-log/topic-log.ts";
import { heldKey, isHashed } from "../diff/index.ts";
import { claimOf, sourceText } from "./source-events.ts";

/** Reads the topic for the ids of held keys that are hashes. Returns the id of each hash; deletes need it. */
export const idsOf = Effect.fnUntraced(function* (
  log: TopicLog["Service"],
  source: string,
  topic: EventTopic,
  held: Iterable<string>,
): Effect.fn.Return<ReadonlyMap<string, string>, LogFailure> {
  const wanted = new Set([...held].filter(isHashed));
  const ids = new Map<string, string>();
  if (wanted.size === 0) return ids;
  const named = sourceText(source);
  const from = Array.from({ length: log.partitions(topic) }, (_, partition) => ({
    topic,
    partition,
    offset: 0,
  }));
  yield* log.read(from, (batch) =>
    Effect.sync(() => {
      for (const record of batch.records) {
        if (record.key === null || record.value?.includes(named) !== true) continue;
        const { key, ordinal } = claimOf(topic, record.key, {});
        const name = heldKey(key, ordinal);
        if (wanted.has(name)) ids.set(name, record.key);
      }
    }),
  );
  return ids;
});
