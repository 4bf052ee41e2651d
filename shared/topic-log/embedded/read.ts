/**
 * Reading events.db without a group: the bounds of partitions, and all records from given positions to the ends as
 * they are at the start. In WAL mode a reader waits for no writer, except for the instant of a recovery.
 */
import * as Effect from "effect/Effect";
import type { TopicName } from "../../contract/topics.ts";
import type { LogFailure } from "../errors.ts";
import { DEFAULT_MAX_RECORDS } from "../following.ts";
import type { Bounds, LogBatch, OffsetRange, Position } from "../topic-log.ts";
import { Cursor } from "./cursor.ts";
import type { OpenLog } from "./open.ts";

/** Synchronous. Throws LogMismatch when the position lies past the end; one before the start is the start. */
export const cursorAt = ({ reader, topics }: OpenLog, { topic, partition, offset }: Position): Cursor => {
  const cursor = new Cursor(reader, topics.of(topic), partition, -1);
  cursor.seek(Math.max(offset, 0));
  return cursor;
};

export const boundsOf = (
  { reader, topics, attempt }: OpenLog,
  names: readonly TopicName[],
): Effect.Effect<Bounds[], LogFailure> =>
  attempt(() =>
    names.flatMap((name) => {
      const topic = topics.of(name);
      return Array.from({ length: topic.partitions }, (_, partition) => ({
        topic: name,
        partition,
        ...reader.bounds(topic, partition),
      }));
    }),
  );

/** One partition after the other, in the order of `from`. */
export const readToEnds = Effect.fnUntraced(function* <E, R>(
  log: OpenLog,
  from: readonly OffsetRange[],
  onBatch: (batch: LogBatch) => Effect.Effect<void, E, R>,
): Effect.fn.Return<void, E | LogFailure, R> {
  const { reader, topics, attempt } = log;
  const parts = yield* attempt(() =>
    from.map((position) => ({
      cursor: cursorAt(log, position),
      end: Math.min(
        reader.bounds(topics.of(position.topic), position.partition).end,
        position.until ?? Number.POSITIVE_INFINITY,
      ),
    })),
  );
  for (const { cursor, end } of parts)
    for (;;) {
      const batch = yield* attempt(() => cursor.next(DEFAULT_MAX_RECORDS, end));
      if (batch === undefined) break;
      yield* onBatch(batch);
    }
});
