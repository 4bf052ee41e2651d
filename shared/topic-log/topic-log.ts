/**
 * The log of events: topics that have partitions, which hold records with offsets. Two layers implement it and pass one
 * conformance suite: `embedded` (DIR/events.db) and `kafka`. Code outside the layers does not depend on which one runs.
 *
 * Guarantees: a record is durable (synced, or acknowledged by all in-sync replicas) when `publish` succeeds;
 * records of one partition have growing offsets in the order they were published (offsets may have gaps);
 * `follow` delivers each record at least once, in offset order per partition, from the positions that its
 * follower keeps. Compacted topics keep the latest record of each key (and superseded ones for the time that topics.ts sets);
 * topics with a retention lose their oldest records, and their start moves.
 *
 * It does not give: exactly once, which the follower makes by writing (identity, position) by compare-and-set together
 * with its own rows; transactions across partitions; a schema: foreign programs may have published records without a
 * key, without a value, or with any bytes.
 *
 * `publish` and `follow` wait for a lost log without end. Opening, `read` and `bounds` fail with LogUnavailable: at
 * once when the log refuses, within a minute when nothing answers.
 */
import * as Context from "effect/Context";
import type * as Effect from "effect/Effect";
import type { BrokenReason } from "../contract/sentences.ts";
import type { TopicName } from "../contract/topics.ts";
import type { LogFailure, PublishFailure } from "./errors.ts";

export interface TopicPartition {
  readonly topic: TopicName;
  readonly partition: number;
}

/** The next offset to read of a partition. */
export interface Position extends TopicPartition {
  readonly offset: number;
}

/** A part of a partition: from `offset` to `until` (excluded), or to its end when `until` is absent. */
export interface OffsetRange extends Position {
  readonly until?: number;
}

/** The offsets that a partition holds: from `start` (included) to `end` (the next one to be given). */
export interface Bounds extends TopicPartition {
  readonly start: number;
  readonly end: number;
}

/** How many offsets lie within all of these bounds. */
export const recordsIn = (bounds: readonly Bounds[]): number =>
  bounds.reduce((sum, { start, end }) => sum + end - start, 0);

export interface NewRecord {
  readonly key: string;
  /** null is a tombstone: in a compacted topic it removes the key. */
  readonly value: string | null;
  /** Default: the partition of the key (murmur2). Fences and announcements name another one. */
  readonly partition?: number;
}

export interface LogRecord {
  readonly offset: number;
  /** null when a foreign program published without one. */
  readonly key: string | null;
  /** UTF-8, usually JSON; null is a tombstone. */
  readonly value: Buffer | null;
  /**
   * Present when it stands for a record batch that cannot be read, from `offset` to `until` (excluded). Key and value
   * are then null, and what the batch held is unknown.
   */
  readonly broken?: { readonly reason: BrokenReason; readonly until: number };
}

/** Consecutive records of one partition. */
export interface LogBatch extends TopicPartition {
  readonly records: readonly LogRecord[];
  /** The position after this batch: at least the last offset + 1 (gaps and empty batches are skipped). */
  readonly next: number;
}

/** The records of a publish that one partition took: the offset of the first one, and how many they are. */
export interface Published {
  readonly partition: number;
  readonly firstOffset: number;
  readonly count: number;
}

export type LogState = { readonly state: "ok" } | { readonly state: "waiting"; readonly reason: string };

export interface FollowOptions<E, R> {
  /** Followers of one group share the partitions. The layer puts the namespace before the name. */
  readonly group: string;
  readonly topics: readonly TopicName[];
  /**
   * The group is of this follower alone, and its name begins so. No later follower has the group: the layer deletes it
   * at the end, and those of former followers, killed ones too, at the start.
   */
  readonly alone?: string;
  /**
   * The positions to read the given partitions from. The layer calls it synchronously at each assignment, and with all
   * partitions each time `moved` completes; a rebalance may assign a partition again. A partition without a position
   * is read from its start, and so is one whose position lies before its start.
   */
  readonly positions: (assigned: readonly TopicPartition[]) => readonly Position[];
  /**
   * The layer calls it with all partitions of this follower when it has joined and each time they have changed, before
   * it calls `positions`. While the log is lost nobody calls it, although another follower may take partitions over.
   */
  readonly onAssigned?: (assigned: readonly TopicPartition[]) => void;
  /**
   * Takes one batch at a time. Returns the next position of the batch's partition: `batch.next` to go on, any other to
   * seek there. The layer ignores it if the partition was given up, or its position read again, in the meantime. The layer
   * sends heartbeats while it runs. Values are views of the batch's buffer: copy those that you keep.
   */
  readonly onBatch: (batch: LogBatch) => Effect.Effect<number, E, R>;
  /** Completes when somebody else has changed the positions: the layer then asks for them, and runs it again. */
  readonly moved?: Effect.Effect<void, never, R>;
  /** The layer calls it when the log is lost (state "waiting") and when it is back ("ok"). */
  readonly onState?: (state: LogState) => void;
  /** At most this many records in a batch. Default 5000. */
  readonly maxRecords?: number;
}

/**
 * The service. Its guarantees stand at the top of this file; invariants 2 and 13 rest on them. Offsets count records from
 * 0 in each partition. `errors.ts` says what each failure means and what its user does.
 */
export class TopicLog extends Context.Service<
  TopicLog,
  {
    readonly kind: "embedded" | "kafka";
    /** Random id written when the topics were created, with the cluster's id. Positions belong to it. */
    readonly identity: string;
    /** Number of partitions of a topic. Fixed for the life of the log. */
    readonly partitions: (topic: TopicName) => number;
    /** The most that one record of a topic may take, as `recordBytes` measures it. A publish of a larger one fails. */
    readonly maxRecordBytes: (topic: TopicName) => number;
    /** The full name of a topic, as other programs see it. */
    readonly fullName: (topic: TopicName) => string;
    /**
     * The records are durable when it succeeds. Those of one partition are appended in their order. It waits for a lost
     * log and sends records again where that is safe. PublishUncertain: some records may or may not be in the topic;
     * the same holds when it is interrupted. LogUnavailable: the disk is full. Returns one entry for each partition that
     * took records, in the order of the partitions.
     */
    readonly publish: (
      topic: TopicName,
      records: readonly NewRecord[],
    ) => Effect.Effect<readonly Published[], PublishFailure>;
    /**
     * The bounds of every partition of the topics. `read`: how far some of them were read. While one seems to end
     * before that, a layer whose leaders change asks again for some seconds, then returns the bounds that it finds.
     */
    readonly bounds: (
      topics: readonly TopicName[],
      read?: readonly Position[],
    ) => Effect.Effect<readonly Bounds[], LogFailure>;
    /**
     * Reads from `from` up to the ends as they are when it starts, then succeeds. A position before the start reads
     * from the start; one past the end is LogMismatch. `from` names each partition at most once.
     */
    readonly read: <E, R>(
      from: readonly OffsetRange[],
      onBatch: (batch: LogBatch) => Effect.Effect<void, E, R>,
    ) => Effect.Effect<void, E | LogFailure, R>;
    /**
     * Never returns by itself: interrupt it to leave the group. It waits for a lost log without end, and reports
     * that to `onState`. LogMismatch when a position lies past the end of its partition.
     */
    readonly follow: <E, R>(options: FollowOptions<E, R>) => Effect.Effect<never, E | LogFailure, R>;
  }
>()("ventes/shared/topic-log/TopicLog") {}
