/**
 * A cursor reads one partition of events.db forward from a position. Synchronous; in WAL mode a reader does not wait
 * for a writer. It does not know the end of its partition: it gives the records that are there at the call.
 */

import type { TopicName } from "../../contract/topics.ts";
import type { Sqlite } from "../../database/sqlite.ts";
import { pastTheEnd } from "../errors.ts";
import type { LogBatch, LogRecord } from "../topic-log.ts";
import { BrokenBatch, decodeBatch, type EncodedBatch } from "./record-batch.ts";
import type { EmbeddedTopic } from "./topics.ts";

/** A batch gathers rows up to this many bytes of records, expanded. */
const BATCH_BYTES = 8 << 20;

type BatchRow = EncodedBatch & { readonly last_offset: number };

export interface Reader {
  readonly bounds: (
    topic: EmbeddedTopic,
    partition: number,
  ) => { readonly start: number; readonly end: number };
  readonly rows: (topic: EmbeddedTopic, partition: number, from: number) => IterableIterator<BatchRow>;
}

export function makeReader(db: Sqlite): Reader {
  const bounds = db.prepare(
    "SELECT start_offset AS start, end_offset AS end FROM partitions WHERE topic = ? AND partition = ?",
  );
  // By the primary key, no sort.
  const rows = db.prepare(
    `SELECT last_offset, records, bytes, compressed, data FROM batches
     WHERE topic = ? AND partition = ? AND last_offset >= ? ORDER BY last_offset`,
  );
  return {
    bounds: (topic, partition) => bounds.get(topic.id, partition) as { start: number; end: number },
    rows: (topic, partition, from) => rows.iterate(topic.id, partition, from) as IterableIterator<BatchRow>,
  };
}

export class Cursor {
  readonly #name: TopicName;
  readonly #partition: number;
  readonly #reader: Reader;
  readonly #topic: EmbeddedTopic;
  #position: number;
  /** Decoded records that `next` has not given yet: a stored batch may hold more records than the call wanted. */
  #held: LogRecord[] = [];

  constructor(reader: Reader, topic: EmbeddedTopic, partition: number, position: number) {
    this.#reader = reader;
    this.#topic = topic;
    this.#name = topic.spec.name;
    this.#partition = partition;
    this.#position = position;
  }

  /** Goes on from `position`, or from the start when that lies before it. Throws LogMismatch past the end. */
  seek(position: number): void {
    if (position === this.#position) return;
    const { start, end } = this.#reader.bounds(this.#topic, this.#partition);
    if (position > end) throw pastTheEnd({ topic: this.#name, partition: this.#partition }, position, end);
    this.#held = [];
    this.#position = Math.max(position, start);
  }

  /** The next records below the offset `end`, at most `most`; undefined when there are none now. */
  next(most: number, end = Number.POSITIVE_INFINITY): LogBatch | undefined {
    if (this.#held.length === 0) this.#fill(most);
    let count = Math.min(most, this.#held.length);
    while (count > 0 && (this.#held[count - 1] as LogRecord).offset >= end) count -= 1;
    if (count === 0) return undefined;
    const records = count === this.#held.length ? this.#held : this.#held.slice(0, count);
    this.#held = count === this.#held.length ? [] : this.#held.slice(count);
    const last = records[count - 1] as LogRecord;
    this.#position = last.broken?.until ?? last.offset + 1;
    return { topic: this.#name, partition: this.#partition, records, next: this.#position };
  }

  #fill(most: number): void {
    const groups: LogRecord[][] = [];
    let count = 0;
    let bytes = 0;
    for (const row of this.#reader.rows(this.#topic, this.#partition, this.#position)) {
      if (count > 0 && (count + row.records > most || bytes + row.bytes > BATCH_BYTES)) break;
      const first = row.last_offset - row.records + 1;
      groups.push(recordsOf(row, first, this.#position));
      count += row.records;
      bytes += row.bytes;
      if (count >= most) break;
    }
    this.#held = groups.length === 1 ? (groups[0] as LogRecord[]) : groups.flat();
  }
}

/** The records of a row from `position` on. One stands for all of them when the batch is not as it was written. */
function recordsOf(row: BatchRow, first: number, position: number): LogRecord[] {
  try {
    const records = decodeBatch(row, first);
    return position > first ? records.slice(position - first) : records;
  } catch (error) {
    if (!(error instanceof BrokenBatch)) throw error;
    const broken = { reason: error.reason, until: row.last_offset + 1 };
    return [{ offset: Math.max(position, first), key: null, value: null, broken }];
  }
}
