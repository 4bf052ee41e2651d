/**
 * Appending to events.db. One BEGIN IMMEDIATE takes the offsets and stores the records, so two processes never give
 * an offset twice. The same transaction compacts and expires, so there is no background job: an append to a compacted
 * topic deletes the superseded records of its keys that are older than min.compaction.lag.ms, and every
 * RETENTION_EVERY_MS an append also deletes old tombstones and the records that are past the topic's retention. A
 * topic to which nobody publishes keeps its records.
 */
import type { Sqlite } from "../../database/sqlite.ts";
import { byPartition } from "../by-partition.ts";
import type { NewRecord, Published } from "../topic-log.ts";
import { type EncodedBatch, encodeBatches } from "./record-batch.ts";
import type { EmbeddedTopic } from "./topics.ts";

/** How long a tombstone stays readable, as in Kafka (delete.retention.ms). */
const TOMBSTONE_MS = 86_400_000;
/** The least time between two checks of the retention of a topic. */
const RETENTION_EVERY_MS = 3_600_000;

/** Records of one publish, encoded and ready to be stored. */
export interface Prepared {
  readonly partition: number;
  readonly count: number;
  readonly batches: readonly EncodedBatch[];
  /** In compacted topics, one for each batch. */
  readonly keys: readonly { readonly key: string; readonly tombstone: boolean }[] | null;
}

/** Groups records by partition, keeping their order, and encodes them. Needs no lock. */
export function prepare(topic: EmbeddedTopic, records: readonly NewRecord[]): Prepared[] {
  const compacted = topic.spec.cleanup === "compact";
  return byPartition(records, topic.partitions).map(({ partition, records: group }) => ({
    partition,
    count: group.length,
    batches: encodeBatches(group, compacted ? 1 : undefined),
    keys: compacted ? group.map((r) => ({ key: r.key, tombstone: r.value === null })) : null,
  }));
}

/** `now`: the timestamp of the records, in milliseconds since 1970. */
export type Append = (topic: EmbeddedTopic, prepared: readonly Prepared[], now: number) => Published[];

/** An append throws SQLITE_BUSY while another process is in its transaction; it has then stored nothing. */
export function makeAppend(db: Sqlite): Append {
  const takeOffsets = db
    .prepare(
      "UPDATE partitions SET end_offset = end_offset + ? WHERE topic = ? AND partition = ? RETURNING end_offset",
    )
    .pluck();
  const insertBatch = db.prepare(
    `INSERT INTO batches
       (topic, partition, last_offset, records, published, compaction_key, tombstone, bytes, compressed, data)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  // Only superseded records: a newer one has the key.
  const compactKey = db.prepare(
    `DELETE FROM batches
     WHERE topic = ? AND partition = ? AND compaction_key = ? AND last_offset < ? AND published <= ?`,
  );
  const retention = makeRetention(db);

  return db.transaction((topic: EmbeddedTopic, prepared: readonly Prepared[], now: number): Published[] => {
    const lag = Number(topic.spec.config["min.compaction.lag.ms"] ?? 0);
    const published: Published[] = [];
    for (const { partition, count, batches, keys } of prepared) {
      const end = takeOffsets.get(count, topic.id, partition) as number;
      let last = end - count - 1;
      batches.forEach((batch, i) => {
        last += batch.records;
        const key = keys?.[i];
        insertBatch.run(
          topic.id,
          partition,
          last,
          batch.records,
          now,
          key?.key ?? null,
          key?.tombstone ? 1 : 0,
          batch.bytes,
          batch.compressed,
          batch.data,
        );
        if (key !== undefined) compactKey.run(topic.id, partition, key.key, last, now - lag);
      });
      published.push({ partition, firstOffset: end - count, count });
    }
    retention(topic, now);
    return published;
  }).immediate;
}

function makeRetention(db: Sqlite): (topic: EmbeddedTopic, now: number) => void {
  const removeTombstones = db.prepare(
    `DELETE FROM batches AS old
     WHERE topic = ? AND compaction_key IS NOT NULL AND tombstone = 1 AND published < ?
       AND NOT EXISTS (SELECT 1 FROM batches AS b WHERE b.topic = old.topic AND b.partition = old.partition
                       AND b.compaction_key = old.compaction_key AND b.last_offset < old.last_offset)`,
  );
  const compactAll = db.prepare(
    `DELETE FROM batches AS old
     WHERE topic = ? AND compaction_key IS NOT NULL AND published < ?
       AND EXISTS (SELECT 1 FROM batches AS b WHERE b.topic = old.topic AND b.partition = old.partition
                   AND b.compaction_key = old.compaction_key AND b.last_offset > old.last_offset)`,
  );
  const firstKept = db
    .prepare(
      `SELECT last_offset - records + 1 FROM batches
       WHERE topic = ? AND partition = ? AND published >= ? ORDER BY last_offset LIMIT 1`,
    )
    .pluck();
  const endOffset = db.prepare("SELECT end_offset FROM partitions WHERE topic = ? AND partition = ?").pluck();
  const removeBefore = db.prepare(
    "DELETE FROM batches WHERE topic = ? AND partition = ? AND last_offset < ?",
  );
  const moveStart = db.prepare(
    "UPDATE partitions SET start_offset = ? WHERE topic = ? AND partition = ? AND start_offset < ?",
  );
  const polled = new Map<number, number>();

  return (topic, now) => {
    const keep = Number(topic.spec.config["retention.ms"] ?? -1);
    const compacted = topic.spec.cleanup === "compact";
    if ((keep < 0 && !compacted) || now - (polled.get(topic.id) ?? 0) < RETENTION_EVERY_MS) return;
    polled.set(topic.id, now);
    if (compacted) {
      compactAll.run(topic.id, now - Number(topic.spec.config["min.compaction.lag.ms"] ?? 0));
      removeTombstones.run(topic.id, now - TOMBSTONE_MS);
      return;
    }
    for (let partition = 0; partition < topic.partitions; partition++) {
      const first = (firstKept.get(topic.id, partition, now - keep) ??
        endOffset.get(topic.id, partition)) as number;
      removeBefore.run(topic.id, partition, first);
      moveStart.run(first, topic.id, partition, first);
    }
  };
}
