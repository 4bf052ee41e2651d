/**
 * Reading partitions with direct fetches: a cursor for each holds the record batches that were fetched and
 * decodes them one by one, when they are wanted. Used by `read` (no group at all) and by `follow`.
 */
import type { TopicName } from "../../topics.ts";
import { LogUnavailable } from "../errors.ts";
import type { LogBatch, LogRecord } from "../topic-log.ts";
import { type Connection, pastTheEnd } from "./connection.ts";
import { decodeBatch } from "./record-batch.ts";
import type { FetchedPartition } from "./requests.ts";

const OFFSET_OUT_OF_RANGE = 1;
/** How long a broker holds a fetch when there is nothing new. */
const LONG_POLL_MS = 500;
/** Expanded records gathered into one batch. */
const BATCH_BYTES = 8 << 20;

const NOTHING: Buffer = Buffer.alloc(0);

/** Ours alone, in topic `sources`; see identity.ts. */
export type Hidden = (topic: TopicName, record: LogRecord) => boolean;

export class PartitionCursor {
  readonly name: TopicName;
  readonly topic: string;
  readonly partition: number;
  readonly #hidden: Hidden;
  #position: number;
  /** What to fetch next: beyond the position while something fetched is left. */
  #fetched: Buffer = NOTHING;
  #at = 0;
  #held: readonly LogRecord[] = [];
  /** The position once #held is given. */
  #heldNext = 0;
  /** Tells answers to fetches from before a seek. */
  era = 0;

  constructor(name: TopicName, topic: string, partition: number, position: number, hidden: Hidden) {
    this.name = name;
    this.topic = topic;
    this.partition = partition;
    this.#position = position;
    this.#hidden = hidden;
  }

  get position(): number {
    return this.#position;
  }

  /** Nothing is left of what was fetched. */
  get drained(): boolean {
    return this.#held.length === 0 && this.#at >= this.#fetched.length;
  }

  seek(position: number): void {
    if (position === this.#position) return;
    this.#position = position;
    this.#fetched = NOTHING;
    this.#at = 0;
    this.#held = [];
    this.era += 1;
  }

  accept(batches: Buffer): void {
    this.#fetched = batches;
    this.#at = 0;
  }

  /** The next records, at most `most`, of those below `end`; undefined when none are left of what was fetched. */
  next(most: number, end = Number.POSITIVE_INFINITY): LogBatch | undefined {
    if (this.#held.length === 0) this.#fill(most);
    let count = Math.min(most, this.#held.length);
    while (count > 0 && (this.#held[count - 1] as LogRecord).offset >= end) count -= 1;
    if (count === 0) {
      // What is held lies beyond the end, so nothing is left before it.
      if (this.#held.length > 0) this.#position = end;
      return undefined;
    }
    const all = count === this.#held.length;
    const records = all ? this.#held : this.#held.slice(0, count);
    this.#held = all ? [] : this.#held.slice(count);
    this.#position = all ? this.#heldNext : (records[count - 1] as LogRecord).offset + 1;
    return { topic: this.name, partition: this.partition, records, next: this.#position };
  }

  #fill(most: number): void {
    const groups: (readonly LogRecord[])[] = [];
    let count = 0;
    let bytes = 0;
    let next = this.#position;
    while (count < most && bytes < BATCH_BYTES) {
      const batch = decodeBatch(this.#fetched, this.#at);
      if (batch === undefined) {
        this.#fetched = NOTHING;
        this.#at = 0;
        break;
      }
      if (count > 0 && count + batch.records.length > most) break;
      this.#at += batch.bytes;
      bytes += batch.bytes;
      if (batch.next <= this.#position) continue;
      next = batch.next;
      const wanted = batch.records.filter((r) => r.offset >= this.#position && !this.#hidden(this.name, r));
      if (wanted.length === 0) continue;
      groups.push(wanted);
      count += wanted.length;
    }
    this.#held = groups.length === 1 ? (groups[0] as LogRecord[]) : groups.flat();
    this.#heldNext = next;
    // Only gaps, control batches and what is hidden: passed over.
    if (this.#held.length === 0) this.#position = next;
  }
}

const nameOf = ({ topic, partition }: PartitionCursor) => ({ topic, partition });

/** Fetches for a changing set of cursors, at most one request under way for each broker. */
export class Fetcher {
  readonly #connection: Connection;
  readonly #address: string;
  readonly #underway = new Map<string, Promise<void>>();

  constructor(connection: Connection, address: string) {
    this.#connection = connection;
    this.#address = address;
  }

  /**
   * Fetches for the drained cursors of every broker that has no fetch under way; long polls where nothing else
   * is left to do. Resolves when one of the fetches has answered; rejects when one fails.
   */
  async more(cursors: Iterable<PartitionCursor>): Promise<void> {
    const groups = await this.#connection.byLeader([...cursors]);
    for (const [leader, group] of groups) {
      if (this.#underway.has(leader)) continue;
      const drained = group.filter((c) => c.drained);
      if (drained.length === 0) continue;
      const wait = drained.length === group.length ? LONG_POLL_MS : 0;
      const fetch = this.#fetch(leader, drained, wait).finally(() => this.#underway.delete(leader));
      this.#underway.set(leader, fetch);
    }
    if (this.#underway.size > 0) await Promise.race(this.#underway.values());
  }

  async #fetch(leader: string, cursors: readonly PartitionCursor[], maxWaitMs: number): Promise<void> {
    const asked = cursors.map((cursor) => ({ cursor, era: cursor.era, offset: cursor.position }));
    const answers = await this.#connection.fetch(
      leader,
      asked.map(({ cursor, offset }) => ({ topic: cursor.topic, partition: cursor.partition, offset })),
      maxWaitMs,
    );
    for (const answer of answers) {
      const ask = asked.find(
        ({ cursor }) => cursor.topic === answer.topic && cursor.partition === answer.partition,
      );
      if (ask === undefined || ask.cursor.era !== ask.era) continue;
      if (answer.errorCode === 0) ask.cursor.accept(answer.batches);
      else await this.#refused(ask.cursor, answer);
    }
  }

  async #refused(cursor: PartitionCursor, { errorCode }: FetchedPartition): Promise<void> {
    if (errorCode !== OFFSET_OUT_OF_RANGE) {
      // A leader that moved, mostly.
      await this.#connection.refresh();
      throw new LogUnavailable({
        address: this.#address,
        message: `${cursor.topic} partition ${cursor.partition} cannot be read now (error ${errorCode})`,
      });
    }
    const [bounds] = await this.#connection.boundsOfRead([{ ...nameOf(cursor), offset: cursor.position }]);
    if (bounds === undefined) return;
    if (cursor.position > bounds.end) throw pastTheEnd(cursor, cursor.position, bounds.end);
    if (cursor.position < bounds.start) cursor.seek(bounds.start);
  }
}
