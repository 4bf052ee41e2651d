/**
 * The log of events: named topics of partitions of records with offsets, durable once `publish` returns. Two
 * layers implement it and pass one conformance suite: `embedded` (DIR/events.db) and `kafka`. Nothing outside
 * the layers knows which one runs.
 *
 * Guarantees: a record is durable (synced, or acknowledged by all in-sync replicas) when `publish` succeeds;
 * records of one partition have growing offsets in the order they were published (offsets may have gaps);
 * `follow` delivers each record at least once, in offset order per partition, from the positions that its
 * follower keeps. Exactly once is the follower's compare-and-set of (identity, position) with its own writes.
 * Compacted topics keep the latest record of each key (and superseded ones as long as topics.ts says); topics with
 * a retention lose their oldest records, and their start moves. Foreign programs may have published anything: no
 * key, no value, bytes. Not supported: transactions across partitions.
 *
 * Who waits for a log that is lost: `publish` and `follow`, for ever. Opening, `read` and `bounds` fail with
 * LogUnavailable: at once when refused, within a minute when nothing answers.
 */
import * as Context from "effect/Context";
import type * as Effect from "effect/Effect";
import type { TopicName } from "../topics.ts";
import type { LogFailure, PublishFailure } from "./errors.ts";

export interface TopicPartition {
  readonly topic: TopicName;
  readonly partition: number;
}

/** The next offset to read of a partition. */
export interface Position extends TopicPartition {
  readonly offset: number;
}

/** What to read of a partition: from its offset, to `until` (excluded) or else to its end. */
export interface Stretch extends Position {
  readonly until?: number;
}

/** The offsets that a partition holds: from `start` (included) to `end` (the next one to be given). */
export interface Bounds extends TopicPartition {
  readonly start: number;
  readonly end: number;
}

export interface NewRecord {
  readonly key: string;
  /** null is a tombstone: in a compacted topic it removes the key. */
  readonly value: string | null;
  /** Only where the key's own partition (murmur2) is not wanted: marks and versions. */
  readonly partition?: number;
}

export interface LogRecord {
  readonly offset: number;
  /** null when a foreign program published without one. */
  readonly key: string | null;
  /** UTF-8, usually JSON; null is a tombstone. */
  readonly value: Buffer | null;
}

/** Consecutive records of one partition. */
export interface LogBatch extends TopicPartition {
  readonly records: readonly LogRecord[];
  /** The position after this batch: at least the last offset + 1 (gaps and empty batches are skipped). */
  readonly next: number;
}

/** Where a publish landed: per partition, the offset of its first record. */
export interface Published {
  readonly partition: number;
  readonly firstOffset: number;
  readonly count: number;
}

export type LogState = { readonly state: "ok" } | { readonly state: "waiting"; readonly reason: string };

export interface FollowOptions<E, R> {
  /** Followers of one group share the partitions; the layer puts the namespace before it. */
  readonly group: string;
  readonly topics: readonly TopicName[];
  /**
   * Where to read from, for the partitions just assigned (a rebalance may assign again what was held). Called
   * synchronously at every assignment and whenever `moved` completes. A partition not answered is read from its
   * start; so is a position before it.
   */
  readonly positions: (assigned: readonly TopicPartition[]) => readonly Position[];
  /**
   * Told which partitions are this follower's, all of them, when it joined and whenever that has changed; before
   * `positions` is asked. While a log is lost it is not: nobody can then be told that another has them.
   */
  readonly onAssigned?: (assigned: readonly TopicPartition[]) => void;
  /**
   * One batch at a time. Returns the position wanted next for its partition: `batch.next` to go on, any other
   * to seek there; ignored when the partition was lost or its position asked again meanwhile. The layer
   * heartbeats while it runs. Values are views of the batch's buffer: copy what is kept.
   */
  readonly onBatch: (batch: LogBatch) => Effect.Effect<number, E, R>;
  /** Completes when the positions were changed by somebody else: they are then asked again. Run repeatedly. */
  readonly moved?: Effect.Effect<void, never, R>;
  /** Told when the log is lost ("waiting") and when it is back ("ok"). */
  readonly onState?: (state: LogState) => void;
  /** At most this many records in a batch. Default 5000. */
  readonly maxRecords?: number;
}

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
     * Durable when it succeeds. Records of one call and partition are appended in order. Waits for a lost log
     * and sends again what is safe to send again; PublishUncertain means that some of it may or may not have
     * been appended, LogUnavailable that the disk is full. Interrupted, it is uncertain too. One answer for
     * each partition, by partition.
     */
    readonly publish: (
      topic: TopicName,
      records: readonly NewRecord[],
    ) => Effect.Effect<readonly Published[], PublishFailure>;
    /**
     * The bounds of every partition of the topics. `read` says how far some were read: while one seems to end before
     * that, a layer whose leaders change asks again for some seconds, then answers what it finds.
     */
    readonly bounds: (
      topics: readonly TopicName[],
      read?: readonly Position[],
    ) => Effect.Effect<readonly Bounds[], LogFailure>;
    /**
     * Reads from `from` up to the ends as they are when it starts, then succeeds. A position before the
     * start reads from the start; one past the end is LogMismatch. Each partition once in a call.
     */
    readonly read: <E, R>(
      from: readonly Stretch[],
      onBatch: (batch: LogBatch) => Effect.Effect<void, E, R>,
    ) => Effect.Effect<void, E | LogFailure, R>;
    /**
     * Never returns by itself: interrupt it to leave the group. A lost log is waited for, for ever, and told
     * to `onState`. LogMismatch when a position lies past the end of its partition.
     */
    readonly follow: <E, R>(options: FollowOptions<E, R>) => Effect.Effect<never, E | LogFailure, R>;
  }
>()("ventes/shared/topic-log/TopicLog") {}
