/** The operations on producer.db, one statement each. Synchronous; the caller keeps them short. */
import type { Sqlite } from "#shared/database/sqlite.ts";
import type { EventTopic } from "#shared/topics.ts";
import { decodeHeld, type HeldRow } from "./held-rows.ts";

export interface SourceState {
  readonly id: number;
  readonly source: string;
  readonly announcement: number | null;
  readonly pending: boolean;
  readonly dirty: boolean;
  readonly columns: readonly string[] | null;
  readonly seen: readonly string[] | null;
  readonly validators: unknown;
  readonly vanished: number;
}

export interface ReadBack {
  readonly topic: EventTopic;
  readonly partition: number;
  readonly position: number;
  readonly newest: number;
}

type RawSource = Record<"source" | "columns" | "seen" | "validators", string | null> &
  Record<"id" | "announcement" | "pending" | "dirty" | "vanished", number>;

const json = (text: string | null) => (text === null ? null : JSON.parse(text));
const toJson = (value: unknown) => (value === null || value === undefined ? null : JSON.stringify(value));

export class State {
  readonly #db: Sqlite;
  readonly #statements;

  constructor(db: Sqlite) {
    this.#db = db;
    this.#statements = {
      insertSource: db.prepare("INSERT INTO sources (source) VALUES (?) ON CONFLICT DO NOTHING"),
      source: db.prepare("SELECT * FROM sources WHERE source = ?"),
      save: db.prepare(
        `UPDATE sources SET announcement = ?, pending = ?, dirty = ?, columns = ?, seen = ?, validators = ?,
           vanished = ? WHERE id = ?`,
      ),
      held: db.prepare("SELECT held FROM held WHERE source = ? AND reject = ? AND part = ?").pluck(),
      putHeld: db.prepare(
        "INSERT INTO held VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET held = excluded.held",
      ),
      removeHeld: db.prepare("DELETE FROM held WHERE source = ? AND reject = ? AND part = ?"),
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
      vanished: raw.vanished,
    };
  }

  /** Saves what changed of a source, and returns it as it is now. */
  save(source: SourceState, change: Partial<SourceState>): SourceState {
    const s = { ...source, ...change };
    this.#statements.save.run(
      s.announcement,
      s.pending ? 1 : 0,
      s.dirty ? 1 : 0,
      toJson(s.columns),
      toJson(s.seen),
      toJson(s.validators),
      s.vanished,
      s.id,
    );
    return s;
  }

  forget(source: string): void {
    const { id } = this.source(source);
    this.transaction(() => {
      this.#statements.forgetHeld.run(id);
      this.#statements.forgetReadBack.run(id);
      this.#statements.forgetSource.run(id);
    });
  }

  /** Forgets the rows of a source and up to where they were read back. */
  forgetHeld(id: number): void {
    this.transaction(() => {
      this.#statements.forgetHeld.run(id);
      this.#statements.forgetReadBack.run(id);
    });
  }

  held(id: number, reject: boolean, part: number): HeldRow[] {
    const held = this.#statements.held.get(id, reject ? 1 : 0, part) as Buffer | undefined;
    return held === undefined ? [] : decodeHeld(held);
  }

  putHeld(id: number, reject: boolean, part: number, held: Buffer): void {
    if (held.length > 0) this.#statements.putHeld.run(id, reject ? 1 : 0, part, held);
    else this.#statements.removeHeld.run(id, reject ? 1 : 0, part);
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
