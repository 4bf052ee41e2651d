/**
 * The code that the layers' followers share: it asks a follower for its positions, and watches for moved positions. Each
 * layer shares and reads partitions in its own way.
 */
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import { offsetsByPartition, partitionKey } from "./by-partition.ts";
import type { FollowOptions, Position, TopicPartition } from "./topic-log.ts";

/** The most records of a batch where FollowOptions.maxRecords names no number, and in every batch of `read`. */
export const DEFAULT_MAX_RECORDS = 5_000;

/** Asks where to read each of these partitions from, in their order: from 0 where the follower names no offset. */
export const wantedPositions = (
  { positions }: Pick<FollowOptions<unknown, unknown>, "positions">,
  assigned: readonly TopicPartition[],
): Position[] => {
  const wanted = offsetsByPartition(positions(assigned));
  return assigned.map((p) => ({ ...p, offset: wanted.get(partitionKey(p)) ?? 0 }));
};

/** Calls `onMoved` each time `moved` completes, in a fiber that ends with the scope. */
export const watchMoved = <R>(
  moved: Effect.Effect<void, never, R> | undefined,
  onMoved: () => void,
): Effect.Effect<void, never, R | Scope.Scope> =>
  moved === undefined
    ? Effect.void
    : moved.pipe(Effect.andThen(Effect.sync(onMoved)), Effect.forever, Effect.forkScoped, Effect.asVoid);
