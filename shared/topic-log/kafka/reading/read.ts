/**
 * Reading without a group: the bounds of partitions, and all records from given positions to the ends as they are at
 * the start. Both give up after some seconds without a broker.
 */
import * as Effect from "effect/Effect";
import type { TopicName } from "../../../contract/topics.ts";
import { offsetsByPartition, partitionKey } from "../../by-partition.ts";
import type { LogFailure } from "../../errors.ts";
import { DEFAULT_MAX_RECORDS } from "../../following.ts";
import type { Bounds, LogBatch, OffsetRange, Position } from "../../topic-log.ts";
import { askPatiently } from "../cluster/ask.ts";
import type { OffsetBounds } from "../cluster/offsets.ts";
import type { OpenKafka } from "../cluster/open-kafka.ts";
import { cursorsAt, type Hidden } from "./cursor.ts";
import { Fetcher } from "./fetcher.ts";

/** `read`: how far some partitions were read; see TopicLog.bounds. */
export const boundsOf = (
  kafka: OpenKafka,
  topics: readonly TopicName[],
  read: readonly Position[],
): Effect.Effect<Bounds[], LogFailure> => {
  const offsets = offsetsByPartition(read);
  const parts = topics.flatMap((topic) =>
    Array.from({ length: kafka.names.partitions(topic) }, (_, partition) => ({ topic, partition })),
  );
  return boundsOfRead(
    kafka,
    parts.map((p) => ({ ...p, offset: offsets.get(partitionKey(p)) ?? 0 })),
  ).pipe(
    Effect.map((list) => parts.map((p, i) => ({ ...p, start: list[i]?.start ?? 0, end: list[i]?.end ?? 0 }))),
  );
};

const boundsOfRead = (
  { address, shared, names }: OpenKafka,
  read: readonly Position[],
): Effect.Effect<OffsetBounds[], LogFailure> =>
  askPatiently(address, shared, () =>
    shared.boundsOfRead(read.map((p) => ({ ...p, topic: names.full(p.topic) }))),
  );

/** Gives the batches of the partitions in turn, as fetches bring them. Records that are `hidden` are left out. */
export const readToEnds = Effect.fnUntraced(function* <E, R>(
  kafka: OpenKafka,
  hidden: Hidden,
  from: readonly OffsetRange[],
  onBatch: (batch: LogBatch) => Effect.Effect<void, E, R>,
): Effect.fn.Return<void, E | LogFailure, R> {
  const { address, shared, names } = kafka;
  const bounds = yield* boundsOfRead(kafka, from);
  const cursors = yield* cursorsAt(from, bounds, names, hidden);
  const open = cursors.map((cursor, i) => ({
    cursor,
    end: Math.min((bounds[i] as OffsetBounds).end, from[i]?.until ?? Number.POSITIVE_INFINITY),
  }));
  const fetcher = new Fetcher(shared, address);
  for (;;) {
    for (const { cursor, end } of open)
      for (;;) {
        const batch = cursor.next(DEFAULT_MAX_RECORDS, end);
        if (batch === undefined) break;
        yield* onBatch(batch);
      }
    const left = open.filter(({ cursor, end }) => cursor.position < end).map(({ cursor }) => cursor);
    if (left.length === 0) return;
    yield* askPatiently(address, shared, () => fetcher.more(left));
  }
});
