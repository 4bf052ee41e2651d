/**
 * The topic `sources` as this program has read it: registrations, and the announcements of each source's versions.
 * Records whose key is not theirs are somebody else's and are ignored.
 */
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Schema from "effect/Schema";
import { Announcement, Registration, versionKey } from "#shared/event.ts";
import { partitionOf } from "#shared/partitioner.ts";
import type { LogFailure } from "#shared/topic-log/errors.ts";
import type { LogRecord, TopicLog } from "#shared/topic-log/topic-log.ts";

const TopicRecord = Schema.fromJsonString(Schema.Union([Registration, Announcement]));
const decodeRecord = Schema.decodeUnknownOption(TopicRecord);

/** How many offsets of announcements are remembered of each source. */
const REMEMBERED = 64;

export interface LastAnnouncement {
  readonly offset: number;
  readonly value: Announcement;
}

interface Entry {
  registration: Registration | undefined;
  /** Offset of the record that said so: what is read twice, and out of turn, changes nothing. */
  registeredAt: number;
  last: LastAnnouncement | undefined;
  /** Offsets of its announcements, the latest ones. */
  offsets: number[];
}

export class Registry {
  readonly #log: TopicLog["Service"];
  readonly #positions: number[];
  readonly #entries = new Map<string, Entry>();

  constructor(log: TopicLog["Service"]) {
    this.#log = log;
    this.#positions = new Array(log.partitions("sources")).fill(0);
  }

  /** The partition of a source's registration and announcements. */
  partition(source: string): number {
    return partitionOf(source, this.#positions.length);
  }

  /** Reads what is new, of one partition or of all. */
  refresh(partition?: number): Effect.Effect<void, LogFailure> {
    const from = this.positions().filter((p) => partition === undefined || p.partition === partition);
    return this.#log.read(from, (batch) =>
      Effect.sync(() => {
        for (const record of batch.records) this.apply(record);
        this.#positions[batch.partition] = batch.next;
      }),
    );
  }

  /** Returns the source whose registration changed, if one did. */
  apply({ key, value, offset }: LogRecord): string | undefined {
    if (key === null) return undefined;
    if (value === null) return this.#register(key, undefined, offset);
    const decoded = Option.getOrUndefined(decodeRecord(value.toString("utf8")));
    if (decoded === undefined) return undefined;
    if (decoded.kind === "source") {
      if (key !== decoded.source) return undefined;
      return this.#register(key, decoded, offset);
    }
    if (key !== versionKey(decoded.source)) return undefined;
    const entry = this.#entry(decoded.source);
    if (entry.last !== undefined && offset <= entry.last.offset) return undefined;
    entry.last = { offset, value: decoded };
    entry.offsets.push(offset);
    if (entry.offsets.length > REMEMBERED) entry.offsets.shift();
    return undefined;
  }

  #register(source: string, registration: Registration | undefined, offset: number): string | undefined {
    const entry = this.#entry(source);
    if (offset <= entry.registeredAt) return undefined;
    entry.registeredAt = offset;
    entry.registration = registration;
    return source;
  }

  /** Where a follower goes on. */
  positions(): { readonly topic: "sources"; readonly partition: number; readonly offset: number }[] {
    return this.#positions.map((offset, partition) => ({ topic: "sources", partition, offset }));
  }

  #entry(source: string): Entry {
    let entry = this.#entries.get(source);
    if (entry === undefined) {
      entry = { registration: undefined, registeredAt: -1, last: undefined, offsets: [] };
      this.#entries.set(source, entry);
    }
    return entry;
  }

  registration(source: string): Registration | undefined {
    return this.#entries.get(source)?.registration;
  }

  registrations(): Registration[] {
    return [...this.#entries.values()].flatMap((e) => (e.registration === undefined ? [] : [e.registration]));
  }

  last(source: string): LastAnnouncement | undefined {
    return this.#entries.get(source)?.last;
  }

  /** The offset of the announcement of this source before the one at `offset`. */
  before(source: string, offset: number): number | undefined {
    return this.#entries.get(source)?.offsets.findLast((o) => o < offset);
  }
}
