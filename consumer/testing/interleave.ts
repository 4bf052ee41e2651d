/** Reads topics as consumers do: partitions in a random interleaving, each in order, in batches of random size. */
import type { EventTopic } from "#shared/contract/topics.ts";
import type { Random, Topics } from "./random-history.ts";

/** The records from..to of a partition; `to` may lie beyond its end. */
export interface Piece {
  readonly topic: EventTopic;
  readonly partition: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Gives every record of every partition to `apply`, which returns the offset up to which it applied them. Calls `after`
 * at random moments, and at the end, with the records that were read so far. `most`: the largest batch.
 */
export function interleave(
  topics: Topics,
  r: Random,
  apply: (piece: Piece) => number,
  after: (done: Topics) => void,
  most = 8,
): void {
  const places = [...topics].flatMap(([topic, logs]) =>
    logs.map((log, partition) => ({ topic, partition, end: log.length, at: 0 })),
  );
  const done = (): Topics => {
    const read: Topics = new Map([...topics].map(([topic]) => [topic, []]));
    for (const { topic, partition, at } of places)
      read.get(topic)?.push((topics.get(topic)?.[partition] ?? []).slice(0, at));
    return read;
  };
  for (;;) {
    const open = places.filter(({ at, end }) => at < end);
    if (open.length === 0) break;
    const place = r.pick(open);
    const { topic, partition, at: from } = place;
    place.at = apply({ topic, partition, from, to: from + 1 + r.below(most) });
    if (r.chance(0.1)) after(done());
  }
  after(done());
}
