/**
 * How a follower learns that events.db was written. A write of this process wakes it at once. For writes of other
 * processes it polls PRAGMA data_version every POLL_MS, which takes microseconds. There is one timer for each
 * follower that waits, and none while it works. News may be false: another table or topic may have been written.
 */
import * as Effect from "effect/Effect";
import type { Sqlite } from "../../database/sqlite.ts";
import { dataVersion } from "./events-db.ts";

const POLL_MS = 50;

/** The followers of this process by the file's real path: several TopicLogs of one process may have one file open. */
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

  /** Wakes this process' followers of a file after a write. */
  static tell(file: string): void {
    for (const wake of listeners.get(file) ?? []) wake();
  }

  /** True once after each write: what the follower looked up before may be out of date. */
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
