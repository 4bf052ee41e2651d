/**
 * Which sources this producer follows: those of the partitions of `sources` that its group gives it. The producers of
 * one namespace are one group, so each source has one producer; when a producer goes, the others get its sources
 * within the group's session timeout and take them over by rule 20. A source that is given away is let go between two
 * events; its new producer completes what was half sent. When two producers hold a source for a moment, or one wakes
 * after another took over, that costs a download and never a row (rules 19 to 21).
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

/** The producer that had a source hears of its loss when we hear of our gain, and has this long to end its poll. */
const HANDOVER_MS = 250;

/** Never returns by itself. */
export const followShares = Effect.fnUntraced(function* (
  following: Following,
  onState: (state: LogState) => void,
): Effect.fn.Return<never, ProducerFailure, Scope.Scope> {
  const { producer, waitForLog } = following;
  const { registry, settings, log } = producer;
  const share = new Share(following, yield* FiberMap.make<string, void, ProducerFailure>());
  // An embedded log has one producer, which need not wait for the membership of one that was killed.
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
      Effect.sync(() => {
        for (const record of batch.records) registry.apply(record, batch.partition);
        // A poll may have read them before this.
        if (registry.revision !== settled) changed.wake();
        return batch.next;
      }),
    onState,
  });
  return yield* Effect.raceAllFirst([group, settle, share.joined]);
});
