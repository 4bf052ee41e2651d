/**
 * Which sources this producer follows: those in the partitions of `sources` that its consumer group assigns to it. All
 * producers of a namespace are in one group, so each source has one producer. When a producer dies, the group gives its
 * sources to the others within the session timeout, and these take them over (rule 20).
 *
 * A producer that loses a source stops between two events; the new producer sends the missing ones. Two producers may
 * hold a source at the same time, or one may wake after another took over. That costs a download and never a row
 * (rules 19 to 21).
 */
import * as Effect from "effect/Effect";
import * as FiberMap from "effect/FiberMap";
import type * as Scope from "effect/Scope";
import type { LogState } from "#shared/topic-log/topic-log.ts";
import { Waker } from "#shared/topic-log/waker.ts";
import type { ProducerFailure } from "./poll.ts";
import { Share } from "./share.ts";
import type { Following } from "./source.ts";

/** The group of all producers of a namespace. */
const GROUP = "producers";

/**
 * A pause after the records of a batch were looked at. Each look goes through all sources: a client of the topic that writes
 * thousands of records, one by one, would keep this process from everything else.
 */
const REST_MS = 100;

/** The former producer of a source learns of its loss when we learn of our gain. It has this long to end its poll. */
const HANDOVER_MS = 250;

/** Runs until it is interrupted. Fails when the topic log or the producer's own database fails. */
export const followShares = Effect.fnUntraced(function* (
  following: Following,
  onState: (state: LogState) => void,
): Effect.fn.Return<never, ProducerFailure, Scope.Scope> {
  const { producer, waitForLog } = following;
  const { registry, settings, log } = producer;
  const share = new Share(following, yield* FiberMap.make<string, void, ProducerFailure>());
  // An embedded log has one producer. With a group of its own it need not wait until the group drops a killed one.
  const isOneOfMany = settings.kafka !== null;
  const changed = new Waker();
  let gained = false;
  let settled = -1;

  const settle = Effect.gen(function* () {
    for (;;) {
      yield* changed.wait;
      settled = registry.revision;
      yield* share.release();
      if (gained) {
        gained = false;
        if (isOneOfMany) yield* Effect.sleep(HANDOVER_MS);
        yield* waitForLog(registry.refresh());
        yield* share.release();
      }
      yield* share.begin();
      yield* Effect.sleep(REST_MS);
    }
  });

  yield* waitForLog(registry.refresh());
  const group = log.follow({
    group: isOneOfMany ? GROUP : `producer.${producer.id}`,
    topics: ["sources"],
    positions: () => registry.positions(),
    onAssigned: (assigned) => {
      const now = new Set(assigned.map(({ partition }) => partition));
      gained ||= [...now].some((partition) => !share.partitions.has(partition));
      share.partitions = now;
      changed.wake();
    },
    onBatch: (batch) =>
      Effect.map(registry.take(batch), () => {
        // A poll may have refreshed the registry before, so the records here may change nothing.
        if (registry.revision !== settled) changed.wake();
        return batch.next;
      }),
    onState,
  });
  return yield* Effect.raceAllFirst([group, settle, share.joined]);
});
