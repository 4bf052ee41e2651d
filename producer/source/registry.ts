/**
 * The topic `sources` as this program has read it: registrations, catalogues, entries of theirs that an operator
 * removed, and the announcements of each source's versions. Records whose key is not theirs are somebody else's and
 * are ignored.
 */
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Schema from "effect/Schema";
import { Announcement, Catalogue, Registration, Removal, versionKey } from "#shared/event.ts";
import { partitionOf } from "#shared/partitioner.ts";
import type { LogFailure } from "#shared/topic-log/errors.ts";
import type { LogRecord, TopicLog } from "#shared/topic-log/topic-log.ts";

const TopicRecord = Schema.fromJsonString(Schema.Union([Registration, Announcement, Catalogue, Removal]));
const decodeRecord = Schema.decodeUnknownOption(TopicRecord);

/** How many offsets of announcements are remembered of each source. */
const REMEMBERED = 64;

export interface LastAnnouncement {
  readonly offset: number;
  readonly value: Announcement;
}

/** What the record under a source's or catalogue's own key says. */
type Named = Registration | Catalogue | Removal;

interface Entry {
  named: Named | undefined;
  /** Offset of the record that said so. */
  namedAt: number;
  last: LastAnnouncement | undefined;
  /** Offsets of its announcements, the latest ones. */
  offsets: number[];
}

export class Registry {
  readonly #log: TopicLog["Service"];
  readonly #positions: number[];
  readonly #entries = new Map<string, Entry>();
  #revision = 0;

  constructor(log: TopicLog["Service"]) {
    this.#log = log;
    this.#positions = new Array(log.partitions("sources")).fill(0);
  }

  /** The partition of a source's registration and announcements. */
  partition(source: string): number {
    return partitionOf(source, this.#positions.length);
  }

  /** Grows whenever a registration, catalogue or removal changes, by whichever way it was read. */
  get revision(): number {
    return this.#revision;
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

  /** What is read twice, and out of turn, changes nothing. */
  apply({ key, value, offset }: LogRecord): void {
    if (key === null) return;
    if (value === null) {
      this.#name(key, undefined, offset);
      return;
    }
    const decoded = Option.getOrUndefined(decodeRecord(value.toString("utf8")));
    if (decoded === undefined) return;
    if (decoded.kind === "source" || decoded.kind === "catalogue" || decoded.kind === "removed") {
      if (key === (decoded.kind === "catalogue" ? decoded.catalogue : decoded.source))
        this.#name(key, decoded, offset);
      return;
    }
    if (key !== versionKey(decoded.source)) return;
    const entry = this.#entry(decoded.source);
    if (entry.last !== undefined && offset <= entry.last.offset) return;
    entry.last = { offset, value: decoded };
    entry.offsets.push(offset);
    if (entry.offsets.length > REMEMBERED) entry.offsets.shift();
  }

  #name(key: string, named: Named | undefined, offset: number): void {
    const entry = this.#entry(key);
    if (offset <= entry.namedAt) return;
    entry.namedAt = offset;
    entry.named = named;
    this.#revision++;
  }

  /** Where a follower goes on. */
  positions(): { readonly topic: "sources"; readonly partition: number; readonly offset: number }[] {
    return this.#positions.map((offset, partition) => ({ topic: "sources", partition, offset }));
  }

  #entry(source: string): Entry {
    let entry = this.#entries.get(source);
    if (entry === undefined) {
      entry = { named: undefined, namedAt: -1, last: undefined, offsets: [] };
      this.#entries.set(source, entry);
    }
    return entry;
  }

  registration(source: string): Registration | undefined {
    const named = this.#entries.get(source)?.named;
    return named?.kind === "source" ? named : undefined;
  }

  registrations(): Registration[] {
    return this.#all("source");
  }

  /** The registrations to be looked at: not those that a catalogue lists no more, or one that was removed had listed. */
  followed(): Registration[] {
    return this.registrations().filter(
      ({ catalogue, unlisted }) =>
        unlisted === undefined && (catalogue === undefined || this.catalogue(catalogue) !== undefined),
    );
  }

  catalogue(id: string): Catalogue | undefined {
    const named = this.#entries.get(id)?.named;
    return named?.kind === "catalogue" ? named : undefined;
  }

  catalogues(): Catalogue[] {
    return this.#all("catalogue");
  }

  /** Entries of catalogues that an operator removed. */
  removals(): Removal[] {
    return this.#all("removed");
  }

  removal(source: string): Removal | undefined {
    const named = this.#entries.get(source)?.named;
    return named?.kind === "removed" ? named : undefined;
  }

  #all<K extends Named["kind"]>(kind: K): Extract<Named, { kind: K }>[] {
    return [...this.#entries.values()].flatMap(({ named }) =>
      named?.kind === kind ? [named as Extract<Named, { kind: K }>] : [],
    );
  }

  last(source: string): LastAnnouncement | undefined {
    return this.#entries.get(source)?.last;
  }

  /** The offset of the announcement of this source before the one at `offset`. */
  before(source: string, offset: number): number | undefined {
    return this.#entries.get(source)?.offsets.findLast((o) => o < offset);
  }
}
