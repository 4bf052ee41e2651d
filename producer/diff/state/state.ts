/** The operations on producer.db. They are synchronous, so the caller keeps them short. */

import type { DoubtReport } from "#shared/contract/doubt.ts";
import type { EntityName } from "#shared/contract/entities/index.ts";
import type { ReadingDecisions, VersionCounts } from "#shared/contract/source-records.ts";
import type { EventTopic } from "#shared/contract/topics.ts";
import type { Sqlite } from "#shared/database/sqlite.ts";
import type { Habit } from "../evidence.ts";
import { decodeHeld, type HeldRow } from "./held-rows.ts";
import { SaleDayRows } from "./sale-day-rows.ts";

/** The sorted names of columns of each entity; null: the rows have different sets of columns. */
export type ColumnsByEntity = Readonly<Partial<Record<EntityName, readonly string[] | null>>>;

/** The last version, for a version that continues it. */
export interface LastVersion {
  readonly counts: VersionCounts;
  /** What a place is more than its line, for the places of its rows, and how the file behaved so far (rule 9). */
  readonly order: { readonly shift: number; readonly habit: Habit };
  /** Where the next version continues: byte of the content, and line. An open last line begins there. */
  readonly end: { readonly byte: number; readonly line: number } | null;
  readonly header: readonly string[];
  readonly reading: ReadingDecisions | null;
  /** What a person must know about it, although it was applied. */
  readonly attention?: readonly DoubtReport[] | undefined;
  /** The other sources, where the attention is about their sales. When they change, the version is read again. */
  readonly among?: string | undefined;
}

/** Hashes of the latest contents (rule 10); `waiting`: the earlier content that came back and was refused once. */
export interface Earlier {
  readonly hashes: readonly string[];
  readonly waiting: string | null;
}

/** A refused version. The producer does not read it again until the content or the registration changes. */
export interface Refused {
  readonly validators: unknown;
  readonly code: string;
  readonly sentence: string;
  /** The registration as JSON. */
  readonly registration: string;
  /** Of a version that is held back because of other sources: how they were (`othersOf`). */
  readonly among?: string | undefined;
  /** Of a version that is held back: what is unclear about it. */
  readonly doubts?: readonly DoubtReport[] | undefined;
}

export interface SourceState {
  readonly id: number;
  readonly source: string;
  readonly announcement: number | null;
  readonly pending: boolean;
  /** A read back from the start has not ended; a part of it is useless, so the next one starts again. */
  readonly dirty: boolean;
  readonly columns: ColumnsByEntity;
  readonly seen: ColumnsByEntity;
  readonly validators: unknown;
  readonly last: LastVersion | null;
  readonly earlier: Earlier;
  readonly refused: Refused | null;
}

/** How far the state knows the source's events in a partition, and the source's newest version there. */
export interface ReadBack {
  readonly topic: EventTopic;
  readonly partition: number;
  readonly position: number;
  readonly newest: number;
}

type RawSource = Record<"source" | "columns" | "seen", string> &
  Record<"validators" | "last" | "earlier" | "refused", string | null> &
  Record<"id" | "announcement" | "pending" | "dirty", number>;

export const NO_BYTES = Buffer.alloc(0);
const NO_EARLIER: Earlier = { hashes: [], waiting: null };

const json = (text: string | null) => (text === null ? null : JSON.parse(text));
const toJson = (value: unknown) => (value === null || value === undefined ? null : JSON.stringify(value));

export class State {
  /** The sales of each source by day. */
  readonly days: SaleDayRows;
  readonly #db: Sqlite;
  readonly #statements;

  constructor(db: Sqlite) {
    this.#db = db;
    this.days = new SaleDayRows(db);
    this.#statements = {
      insertSource: db.prepare("INSERT INTO sources (source) VALUES (?) ON CONFLICT DO NOTHING"),
      source: db.prepare("SELECT * FROM sources WHERE source = ?"),
      upTo: db.prepare("SELECT id, announcement, pending FROM sources WHERE source = ?").raw(),
      save: db.prepare(
        `UPDATE sources SET announcement = ?, pending = ?, dirty = ?, columns = ?, seen = ?, validators = ?,
           last = ?, earlier = ?, refused = ? WHERE id = ?`,
      ),
      held: db.prepare("SELECT held FROM held WHERE source = ? AND topic = ? AND part = ?").pluck(),
      heldByOthers: db.prepare("SELECT source, held FROM held WHERE topic = ? AND part = ? AND source <> ?"),
      heldParts: db.prepare("SELECT part FROM held WHERE source = ? AND topic = ?").pluck(),
      putHeld: db.prepare(
        "INSERT INTO held VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET held = excluded.held",
      ),
      removeHeld: db.prepare("DELETE FROM held WHERE source = ? AND topic = ? AND part = ?"),
      forgetHeld: db.prepare("DELETE FROM held WHERE source = ?"),
      forgetReadBack: db.prepare("DELETE FROM read_back WHERE source = ?"),
      forgetSource: db.prepare("DELETE FROM sources WHERE id = ?"),
      readBack: db.prepare("SELECT topic, partition, position, newest FROM read_back WHERE source = ?"),
      saveReadBack: db.prepare(
        `INSERT INTO read_back VALUES (?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET position = excluded.position, newest = excluded.newest`,
      ),
    };
  }

  source(source: string): SourceState {
    const s = this.#statements;
    s.insertSource.run(source);
    const raw = s.source.get(source) as RawSource;
    return {
      id: raw.id,
      source,
      announcement: raw.announcement,
      pending: raw.pending === 1,
      dirty: raw.dirty === 1,
      columns: json(raw.columns),
      seen: json(raw.seen),
      validators: json(raw.validators),
      last: json(raw.last),
      earlier: json(raw.earlier) ?? NO_EARLIER,
      refused: json(raw.refused),
    };
  }

  /**
   * The number of a source in the state, and whether `announcement` is its last one and nothing is pending. As `source`,
   * without the costly rest: it is asked for every source whenever one of them has new ids.
   */
  isUpTo(source: string, announcement: number): { readonly id: number; readonly is: boolean } {
    const s = this.#statements;
    s.insertSource.run(source);
    const [id, last, pending] = s.upTo.get(source) as [number, number | null, number];
    return { id, is: last === announcement && pending === 0 };
  }

  /** Saves a change of a source's state and returns the new state. */
  save(source: SourceState, change: Partial<SourceState>): SourceState {
    const s = { ...source, ...change };
    this.#statements.save.run(
      s.announcement,
      s.pending ? 1 : 0,
      s.dirty ? 1 : 0,
      toJson(s.columns),
      toJson(s.seen),
      toJson(s.validators),
      toJson(s.last),
      toJson(s.earlier),
      toJson(s.refused),
      s.id,
    );
    return s;
  }

  forget(source: string): void {
    const { id } = this.source(source);
    this.transaction(() => {
      this.#statements.forgetHeld.run(id);
      this.#statements.forgetReadBack.run(id);
      this.days.forget(id);
      this.#statements.forgetSource.run(id);
    });
  }

  /** Deletes the rows of a source, and how far they were read back. */
  forgetHeld(id: number): void {
    this.transaction(() => {
      this.#statements.forgetHeld.run(id);
      this.#statements.forgetReadBack.run(id);
    });
  }

  /** Deletes how far the rows of a source were read back: the next read begins at the start. */
  forgetReadBack(id: number): void {
    this.#statements.forgetReadBack.run(id);
  }

  held(id: number, topic: EventTopic, part: number): HeldRow[] {
    return decodeHeld(this.heldBytes(id, topic, part));
  }

  /** The rows as `decodeHeld` takes them. */
  heldBytes(id: number, topic: EventTopic, part: number): Buffer {
    return (this.#statements.held.get(id, topic, part) as Buffer | undefined) ?? NO_BYTES;
  }

  /** The rows of a part that other sources hold, for those of `sources`. */
  *heldByOthers(
    id: number,
    topic: EventTopic,
    part: number,
    sources: ReadonlySet<number>,
  ): Generator<readonly [source: number, rows: readonly HeldRow[]], void> {
    const all = this.#statements.heldByOthers.all(topic, part, id) as { source: number; held: Buffer }[];
    for (const { source, held } of all) if (sources.has(source)) yield [source, decodeHeld(held)];
  }

  /** The parts that hold rows. */
  heldParts(id: number, topic: EventTopic): ReadonlySet<number> {
    return new Set(this.#statements.heldParts.all(id, topic) as number[]);
  }

  putHeld(id: number, topic: EventTopic, part: number, held: Buffer): void {
    if (held.length > 0) this.#statements.putHeld.run(id, topic, part, held);
    else this.#statements.removeHeld.run(id, topic, part);
  }

  readBack(id: number): ReadBack[] {
    return this.#statements.readBack.all(id) as ReadBack[];
  }

  saveReadBack(id: number, at: ReadBack): void {
    this.#statements.saveReadBack.run(id, at.topic, at.partition, at.position, at.newest);
  }

  transaction<A>(work: () => A): A {
    return this.#db.transaction(work).immediate();
  }
}
