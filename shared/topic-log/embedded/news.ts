/**
 * How a follower learns that there may be something new in events.db: at once when this process wrote it, else
 * by looking at PRAGMA data_version (microseconds) a few times a second. A wait holds one timer, and only while
 * it waits.
 */
import * as Effect from "effect/Effect";
import type { Sqlite } from "../../database/sqlite.ts";
import { dataVersion } from "./events-db.ts";

const POLL_MS = 50;

/** Who is to be woken, by the file's real path: several TopicLogs of one process may have one open. */
const listeners = new Map<string, Set<() => void>>();

export class News {
  readonly #file: string;
  readonly #db: Sqlite;
  #seen: number;
  #fresh = true;
  #resume: (() => void) | undefined;

  constructor(file: string, db: Sqlite) {
    this.#file = file;
    this.#db = db;
    this.#seen = dataVersion(db);
    const set = listeners.get(this.#file) ?? new Set();
    listeners.set(this.#file, set.add(this.wake));
  }

  close(): void {
    const set = listeners.get(this.#file);
    set?.delete(this.wake);
    if (set?.size === 0) listeners.delete(this.#file);
  }

  readonly wake = (): void => {
    this.#fresh = true;
    this.#resume?.();
  };

  /** Tells this process' followers of a file that it was written. */
  static tell(file: string): void {
    for (const wake of listeners.get(file) ?? []) wake();
  }

  /** True once after anything was written: what was looked up before may be out of date. */
  take(): boolean {
    const version = dataVersion(this.#db);
    const fresh = this.#fresh || version !== this.#seen;
    this.#seen = version;
    this.#fresh = false;
    return fresh;
  }

  /** Waits until `take` would answer true. */
  readonly wait: Effect.Effect<void> = Effect.callback<void>((resume) => {
    const done = () => {
      clearInterval(timer);
      this.#resume = undefined;
      resume(Effect.void);
    };
    const timer = setInterval(() => {
      if (dataVersion(this.#db) !== this.#seen) done();
    }, POLL_MS);
    this.#resume = done;
    if (this.#fresh) done();
    return Effect.sync(() => {
      clearInterval(timer);
      this.#resume = undefined;
    });
  });
}
