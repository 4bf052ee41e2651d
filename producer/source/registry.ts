/**
 * The topic `sources` in memory, as far as this program has read it: registrations, catalogues, their entries that an
 * operator removed, the announcements of each source, and the records that are not valid, with the reason.
 */
import * as Effect from "effect/Effect";
import { partitionOf } from "#shared/contract/partitioner.ts";
import type { Announcement, Catalogue, Registration, Removal } from "#shared/contract/source-records.ts";
import { inSlices } from "#shared/runtime/slices.ts";
import type { LogFailure } from "#shared/topic-log/errors.ts";
import type { LogBatch, LogRecord, TopicLog } from "#shared/topic-log/topic-log.ts";
import { SourceRefusal } from "./error.ts";
import { type Named, parseSourceRecord, shownKey } from "./record.ts";

/** The decisions that an operator took about all entries of a source's catalogue, and then those about the source. */
export const acceptedIn = ({ accepted = [], inherited = [] }: Registration): readonly string[] =>
  inherited.length === 0 ? accepted : [...inherited, ...accepted];

/** How many offsets of announcements the registry keeps for each source. */
const REMEMBERED = 64;

export interface LastAnnouncement {
  readonly offset: number;
  readonly value: Announcement;
}

/** A record that is not valid. It stays until another record with its key, or a tombstone, replaces it. */
export interface RefusedRecord {
  readonly key: string;
  readonly partition: number;
  /** The key as users see it, and as `sources remove` accepts it. */
  readonly shown: string;
  readonly refusal: SourceRefusal;
}

interface Entry {
  named: Named | undefined;
  last: LastAnnouncement | undefined;
  /** Offsets of its latest announcements. */
  offsets: number[];
}

/**
 * Reads the topic `sources` as far as `refresh` was called; everything else answers from memory. Offsets are those of the
 * topic. Nothing but `refresh` fails (LogFailure); a record that is not valid is kept with its reason (`refused`).
 */
export class Registry {
  readonly #log: TopicLog["Service"];
  readonly #positions: number[];
  readonly #entries = new Map<string, Entry>();
  /** Keyed by partition and key. */
  readonly #refused = new Map<string, RefusedRecord>();
  #revision = 0;

  constructor(log: TopicLog["Service"]) {
    this.#log = log;
    this.#positions = new Array(log.partitions("sources")).fill(0);
  }

  /** The partition of a source's registration and announcements. */
  partition(source: string): number {
    return partitionOf(source, this.#positions.length);
  }

  /** Grows with each change of a registration, catalogue or removal, read by `refresh` or by a follower. */
  get revision(): number {
    return this.#revision;
  }

  /** Reads the new records of one partition, or of all. */
  refresh(partition?: number): Effect.Effect<void, LogFailure> {
    const from = this.positions().filter((p) => partition === undefined || p.partition === partition);
    return this.#log.read(from, (batch) => this.take(batch));
  }

  /**
   * Takes the records of a batch that it has not taken yet: `refresh` and a follower read the same ones, also at the same
   * time. A client of the topic may write thousands in one batch, so others run in between.
   */
  take({ partition, records, next }: LogBatch): Effect.Effect<void> {
    const taking = function* (this: Registry): Generator<void> {
      for (const record of records) {
        if (record.offset < this.#position(partition)) continue;
        this.#apply(record, partition);
        this.#positions[partition] = record.offset + 1;
        yield;
      }
      this.#positions[partition] = Math.max(this.#position(partition), next);
    };
    return inSlices(() => taking.call(this), Effect.die);
  }

  #position(partition: number): number {
    return this.#positions[partition] ?? 0;
  }

  #apply({ key, value, offset }: LogRecord, partition: number): void {
    if (key === null) return;
    const record = value === null ? null : parseSourceRecord(key, value);
    if (record?.is === "nothing") return;
    if (record?.is === "announced") {
      const { source } = record.announcement;
      if (this.partition(source) === partition)
        this.#announced(this.#entry(source), record.announcement, offset);
      return;
    }
    const isItsOwn = this.partition(key) === partition;
    this.#revision++;
    const place = `${partition} ${key}`;
    const refusal =
      record?.is === "refused"
        ? record.refusal
        : record === null || isItsOwn
          ? undefined
          : new SourceRefusal("registration.not_valid", `partition ${partition}`);
    if (refusal === undefined) this.#refused.delete(place);
    else this.#refused.set(place, { key, partition, shown: shownKey(key), refusal });
    if (!isItsOwn) return;
    if (record?.is === "named") this.#entry(key).named = record.named;
    else {
      const entry = this.#entries.get(key);
      if (entry !== undefined) entry.named = undefined;
    }
  }

  #announced(entry: Entry, value: Announcement, offset: number): void {
    if (entry.last !== undefined && offset <= entry.last.offset) return;
    entry.last = { offset, value };
    entry.offsets.push(offset);
    if (entry.offsets.length > REMEMBERED) entry.offsets.shift();
  }

  /** The positions from which a follower reads on. */
  positions(): { readonly topic: "sources"; readonly partition: number; readonly offset: number }[] {
    return this.#positions.map((offset, partition) => ({ topic: "sources", partition, offset }));
  }

  #entry(source: string): Entry {
    let entry = this.#entries.get(source);
    if (entry === undefined) {
      entry = { named: undefined, last: undefined, offsets: [] };
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

  /** The registrations to poll: without unlisted ones, and without those of a catalogue that was removed. */
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

  /** The records that are not valid. There may be very many. */
  refused(): IteratorObject<RefusedRecord> {
    return this.#refused.values();
  }

  get refusals(): number {
    return this.#refused.size;
  }

  last(source: string): LastAnnouncement | undefined {
    return this.#entries.get(source)?.last;
  }

  /** Every announced source with its last announcement, sources that were removed too. */
  announced(): readonly (readonly [source: string, last: LastAnnouncement])[] {
    return [...this.#entries].flatMap(([source, { last }]) =>
      last === undefined ? [] : [[source, last] as const],
    );
  }

  /** The last announcement of each source, whether it is registered or not. */
  announcements(): Announcement[] {
    return [...this.#entries.values()].flatMap(({ last }) => (last === undefined ? [] : [last.value]));
  }

  /** The offset of the announcement of this source before the one at `offset`. */
  before(source: string, offset: number): number | undefined {
    return this.#entries.get(source)?.offsets.findLast((o) => o < offset);
  }
}
