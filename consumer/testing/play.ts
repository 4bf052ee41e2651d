/** Folds whole topics, in a random interleaving of partitions; at random it stores the state and reads it back. */
import { emptyFold, type Fold, foldEvent } from "./fold.ts";
import { interleave } from "./interleave.ts";
import type { Random, Topics } from "./random-history.ts";

/** Calls `after` at random moments, and at the end, with the fold and the records that it has of each partition. */
export function playFold(
  topics: Topics,
  r: Random,
  after: (fold: Fold, done: Topics) => void = () => {},
): Fold {
  let fold = emptyFold();
  interleave(
    topics,
    r,
    ({ topic, partition, from, to }) => {
      const records = topics.get(topic)?.[partition]?.slice(from, to) ?? [];
      for (const [i, { key, event }] of records.entries())
        foldEvent(fold, { topic, partition, offset: from + i }, key, event);
      // As an engine does that reads the state of its keys from a store.
      if (r.chance(0.2)) fold = structuredClone(fold);
      return from + records.length;
    },
    (done) => after(fold, done),
  );
  return fold;
}
