/** Applies ranges of the log to a database, whether or not a consumer follows the log for it. */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import { onFileWhenFree } from "#shared/database/attempt.ts";
import type { DatabaseError, Sqlite } from "#shared/database/sqlite.ts";
import { yieldToEventLoop } from "#shared/runtime/slices.ts";
import { offsetsByPartition, partitionKey } from "#shared/topic-log/by-partition.ts";
import type { LogFailure } from "#shared/topic-log/errors.ts";
import { type OffsetRange, TopicLog } from "#shared/topic-log/topic-log.ts";
import { makeBatchApplier } from "./batch.ts";
import { storedPositions } from "./log-binding.ts";

/**
 * Applies the ranges as a consumer does. If a consumer starts in the meantime, the compare-and-set gives each offset to
 * one of the two. Calls `onApplied` after each transaction.
 */
export const applyRanges = Effect.fnUntraced(function* (
  db: Sqlite,
  ranges: readonly OffsetRange[],
  onApplied: () => void,
): Effect.fn.Return<void, LogFailure | DatabaseError, TopicLog> {
  const log = yield* TopicLog;
  const applier = makeBatchApplier(db, yield* Clock.Clock, { partitions: log.partitions });
  // The stored positions, not the starts of the ranges: an unread partition has position 0, also when its log starts later.
  const expected = offsetsByPartition(storedPositions(db));
  yield* log.read(ranges, (batch) =>
    onFileWhenFree(db.name, () => {
      const result = applier.apply(batch, expected.get(partitionKey(batch)) ?? 0);
      // Otherwise another consumer stored the position: it applies this batch.
      if (result.applied) expected.set(partitionKey(batch), result.position);
      return result;
    }).pipe(
      Effect.tap(() => Effect.andThen(Effect.sync(onApplied), yieldToEventLoop)),
      Effect.repeat({ until: (result) => !result.applied || result.position >= batch.next }),
    ),
  );
});
