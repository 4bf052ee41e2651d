/**
 * A lane: the batches of one publish for one partition, in the order in which they are sent, and how far it is. One
 * batch of a lane is in flight at a time.
 */
import { byPartition } from "../../by-partition.ts";
import type { NewRecord } from "../../topic-log.ts";
import {
  type EncodeOptions,
  encodeBatches,
  NO_TIMESTAMP,
  type OutgoingBatch,
  withoutTimestamp,
} from "../protocol/encode-batch.ts";

export interface Lane {
  readonly partition: number;
  /** The records of all batches. */
  readonly count: number;
  readonly batches: readonly OutgoingBatch[];
  /** The index of the batch that is sent next. */
  at: number;
  /** That batch was sent before, and may or may not be in the topic. */
  doubtful: boolean;
  /** Its records have a timestamp. */
  timed: boolean;
  /** The offset of the first record, once the first batch is in the topic; -1 before. */
  firstOffset: number;
}

/** One lane for each partition that has records. */
export const lanesOf = (
  partitions: number,
  records: readonly NewRecord[],
  options: EncodeOptions,
): readonly Lane[] =>
  byPartition(records, partitions).map(({ partition, records: group }) => ({
    partition,
    count: group.length,
    batches: encodeBatches(group, options),
    at: 0,
    doubtful: false,
    timed: options.timestamp !== NO_TIMESTAMP,
    firstOffset: -1,
  }));

export const isThrough = (lane: Lane): boolean => lane.at >= lane.batches.length;

/** The batch that is sent next. The lane must not be through. */
export const nextBatch = (lane: Lane): OutgoingBatch => lane.batches[lane.at] as OutgoingBatch;

/** The next batch is in the topic, its first record at `baseOffset`. */
export const advance = (lane: Lane, baseOffset: number): void => {
  if (lane.at === 0) lane.firstOffset = baseOffset;
  lane.at += 1;
  lane.doubtful = false;
};

/** Removes the timestamps of the batches that are not in the topic yet. */
export const removeTimes = (lane: Lane): void => {
  for (const batch of lane.batches.slice(lane.at)) withoutTimestamp(batch);
  lane.timed = false;
};
