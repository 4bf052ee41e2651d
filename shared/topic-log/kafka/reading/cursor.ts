/**
 * A cursor reads one partition forward from a position. It holds the record batches that a fetch brought and decodes
 * them one by one, when they are wanted. It asks no broker: the fetcher fills it. `read` and `follow` both use it.
 *
 * A broken batch is fetched once more: the network, or the memory of one machine, may have damaged it. When it is broken
 * again, one record says so in its place, and reading goes on behind it.
 */
import * as Effect from "effect/Effect";
import type { TopicName } from "../../../contract/topics.ts";
import { type LogMismatch, pastTheEnd } from "../../errors.ts";
import type { LogBatch, LogRecord, Position } from "../../topic-log.ts";
import type { OffsetBounds } from "../cluster/offsets.ts";
import { decodeBatch, type IncomingBatch } from "../protocol/decode-batch.ts";
import type { TopicNames } from "../topics/names.ts";

/** A batch gathers record batches up to this many bytes, as they were fetched. */
const BATCH_BYTES = 8 << 20;

const NOTHING: Buffer = Buffer.alloc(0);

/** True for a record that nobody outside the layer sees; see ../topics/identity.ts. */
export type Hidden = (topic: TopicName, record: LogRecord) => boolean;

export class PartitionCursor {
  readonly name: TopicName;
  /** Its full name. */
  readonly topic: string;
  readonly partition: number;
  readonly #hidden: Hidden;
  /** The offset that `next` gives next. */
  #position: number;
  /** The answer of the last fetch; record batches before #at are decoded. */
  #fetched: Buffer = NOTHING;
  #at = 0;
  /** The end of the partition as of that fetch. */
  #end = 0;
  /** That fetch had to bring its first batch whole. */
  #whole = false;
  /** The position at which a broken batch was found, and is fetched again; -1 when there is none. */
  #suspect = -1;
  /** The last fetch ended within its first batch: the next one must ask for this partition first. */
  cut = false;
  /** Decoded records that `next` has not given yet. */
  #held: readonly LogRecord[] = [];
  /** The position once #held is given. */
  #heldNext = 0;
  /** Grows with each seek: by it the fetcher recognizes an answer to a fetch from before the seek. */
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

  /** True when it has given all fetched records: the fetcher must fetch more. */
  get drained(): boolean {
    return this.#held.length === 0 && this.#at >= this.#fetched.length;
  }

  seek(position: number): void {
    if (position === this.#position) return;
    this.#position = position;
    this.#fetched = NOTHING;
    this.#at = 0;
    this.#held = [];
    this.#suspect = -1;
    this.era += 1;
  }

  /**
   * Takes the answer of a fetch from the current position. `end`: the high watermark that came with it. `whole`: the
   * fetch asked for this partition first, so that the broker gives its first batch whole, however long it is.
   */
  accept(batches: Buffer, end: number, whole: boolean): void {
    this.#fetched = batches;
    this.#at = 0;
    this.#end = end;
    this.#whole = whole;
    this.cut = false;
  }

  /** The next records below the offset `end`, at most `most`; undefined when none are left of those fetched. */
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
      const batch = decodeBatch(this.#fetched, this.#at, this.#whole && this.#at === 0);
      if (batch === undefined || this.#isBroken(batch)) {
        // What lies before a broken batch is given first.
        if (batch !== undefined && groups.length > 0) break;
        if (groups.length === 0) this.#position = next;
        const broken = this.#atEndOfFetched(batch);
        if (broken === undefined) break;
        groups.push([broken]);
        next = broken.broken?.until ?? next;
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
    // Only gaps, control batches and hidden records: it passes over them.
    if (this.#held.length === 0) this.#position = next;
  }

  /** Also a batch whose offsets are not of this place: a broker begins with the batch that holds the position. */
  #isBroken(batch: IncomingBatch): boolean {
    if (batch.broken !== undefined || batch.next > this.#end) return true;
    return this.#at === 0 && batch.next <= this.#position;
  }

  /**
   * No batch can be read at #at: `batch` is broken, or undefined where the fetched bytes end. Returns the record that
   * stands for a batch that was broken twice; undefined when more must be fetched.
   */
  #atEndOfFetched(batch: IncomingBatch | undefined): LogRecord | undefined {
    const isWrong = batch !== undefined || (this.#at === 0 && this.#fetched.length > 0 && this.#whole);
    if (isWrong && this.#suspect === this.#position) {
      this.#suspect = -1;
      return this.#standIn(batch);
    }
    if (isWrong) this.#suspect = this.#position;
    else if (this.#at === 0 && this.#fetched.length > 0) this.cut = true;
    this.#fetched = NOTHING;
    this.#at = 0;
    return undefined;
  }

  /** Stands for a broken batch, and goes on behind it: where the next one begins, else at the next offset. */
  #standIn(batch: IncomingBatch | undefined): LogRecord {
    const position = this.#position;
    const after = batch === undefined || batch.bytes === 0 ? undefined : this.#at + batch.bytes;
    const following = after === undefined ? undefined : baseAt(this.#fetched, after);
    const isAhead = (offset: number | undefined): offset is number =>
      offset !== undefined && offset > position && offset <= this.#end;
    const known = [batch?.next, following].find(
      (offset): offset is number => isAhead(offset) && !(isAhead(following) && offset > following),
    );
    const until = known ?? position + 1;
    const base = batch?.base ?? position;
    if (after === undefined || known === undefined) {
      this.#fetched = NOTHING;
      this.#at = 0;
    } else this.#at = after;
    return {
      offset: base >= position && base < until ? base : position,
      key: null,
      value: null,
      broken: { reason: batch === undefined ? "length" : (batch.broken ?? "offsets"), until },
    };
  }
}

/** The first offset of the batch that begins at `at`, as its header says; undefined where the bytes end before it. */
const baseAt = (bytes: Buffer, at: number): number | undefined =>
  at + 8 <= bytes.length ? Number(bytes.readBigInt64BE(at)) : undefined;

/**
 * A cursor at each position, or at the start of its partition when the position lies before it. `bounds` are those of
 * the positions, in their order. LogMismatch when a position lies past the end.
 */
export const cursorsAt = (
  positions: readonly Position[],
  bounds: readonly OffsetBounds[],
  names: TopicNames,
  hidden: Hidden,
): Effect.Effect<PartitionCursor[], LogMismatch> =>
  Effect.suspend(() => {
    const cursors: PartitionCursor[] = [];
    for (const [i, { topic: name, partition, offset }] of positions.entries()) {
      const { start, end } = bounds[i] as OffsetBounds;
      const topic = names.full(name);
      if (offset > end) return Effect.fail(pastTheEnd({ topic, partition }, offset, end));
      cursors.push(new PartitionCursor(name, topic, partition, Math.max(offset, start), hidden));
    }
    return Effect.succeed(cursors);
  });
