/** Binds a database to one log, because its positions mean nothing in another. */
import { addMissed, logOf } from "#shared/database/log-of-database.ts";
import type { Sqlite } from "#shared/database/sqlite.ts";
import { offsetsByPartition, partitionKey } from "#shared/topic-log/by-partition.ts";
import { LogMismatch } from "#shared/topic-log/errors.ts";
import type { Bounds, Position, TopicPartition } from "#shared/topic-log/topic-log.ts";

/**
 * Binds a new database to the log `identity`, or checks that the database is bound to this one. Throws LogMismatch,
 * whose message says what to do.
 */
export function bindToLog(db: Sqlite, identity: string): void {
  const bound = db
    .transaction(() => {
      db.prepare("INSERT INTO meta VALUES ('log', ?) ON CONFLICT DO NOTHING").run(identity);
      return logOf(db) as string;
    })
    .immediate();
  if (bound !== identity)
    throw new LogMismatch({
      message: `${db.name} was filled from another log (${bound}, this one is ${identity}): name that log again, or start a new database with --data DIR`,
    });
}

/**
 * Notes the events that the log had lost before the database read them, and moves their partitions' positions to the first
 * event that is left. What a partition had read before (a replay lowers its position) is not missed.
 */
export function noteMissed(db: Sqlite, bounds: readonly Bounds[]): void {
  if (bounds.every(({ start }) => start === 0)) return;
  const reached = db
    .prepare("SELECT high_watermark FROM positions WHERE topic = ? AND partition = ?")
    .pluck();
  const skip = db.prepare(`
    INSERT INTO positions (topic, partition, position, high_watermark) VALUES (@topic, @partition, @start, @start)
    ON CONFLICT DO UPDATE SET position = excluded.position, high_watermark = excluded.high_watermark`);
  db.transaction(() => {
    for (const { topic, partition, start } of bounds) {
      const before = (reached.get(topic, partition) as number | undefined) ?? 0;
      if (start <= before) continue;
      addMissed(db, { place: partitionKey({ topic, partition }), events: start - before });
      skip.run({ topic, partition, start });
    }
  }).immediate();
}

/** The position of each partition from which the database has events. */
export const storedPositions = (db: Sqlite): readonly Position[] =>
  db.prepare("SELECT topic, partition, position AS offset FROM positions").all() as Position[];

/** Events between the positions of a database and the ends of the log. */
export const lagOf = (db: Sqlite, bounds: readonly Bounds[]): number =>
  lagsOf(storedPositions(db), bounds).reduce((sum, { lag }) => sum + lag, 0);

/** Of each partition: how many of its events lie between the position and the end. */
export function lagsOf(
  positions: readonly Position[],
  bounds: readonly Bounds[],
): readonly (TopicPartition & { readonly lag: number })[] {
  const reached = offsetsByPartition(positions);
  return bounds.map(({ topic, partition, start, end }) => {
    const at = Math.max(start, reached.get(partitionKey({ topic, partition })) ?? 0);
    return { topic, partition, lag: Math.max(0, end - at) };
  });
}

/** The high watermark of each partition. During a replay the positions are lower. */
export const furthestRead = (db: Sqlite): readonly Position[] =>
  db.prepare("SELECT topic, partition, high_watermark AS offset FROM positions").all() as Position[];

/**
 * Throws LogMismatch when a partition ends before an offset that was read: the log has lost events. Take `read` before
 * `bounds`, because another consumer of the same database may read on between the two.
 */
export function assertWithin(db: Sqlite, read: readonly Position[], bounds: readonly Bounds[]): void {
  const ends = new Map(bounds.map((b) => [partitionKey(b), b.end]));
  for (const position of read) {
    const end = ends.get(partitionKey(position));
    if (end !== undefined && position.offset > end)
      throw new LogMismatch({
        message: `${db.name} has read ${position.topic}/${position.partition} up to ${position.offset}, but it ends at ${end}: the log has lost events; restore it, or start a new database with --data DIR`,
      });
  }
}
