/**
 * Notifies a follower that events.db was written. A write of this process wakes the follower at once
 * (change-signal.ts). For writes of other processes the notifier polls PRAGMA data_version every POLL_MS, which takes
 * microseconds. A follower has a timer only while it waits. A notification may be for another table or topic than those
 * of the follower.
 */
import * as Effect from "effect/Effect";
import type { Sqlite } from "../../database/sqlite.ts";
import type { ChangeSignal } from "./change-signal.ts";
import { dataVersion } from "./events-db.ts";

const POLL_MS = 50;

export class ChangeNotifier {
  readonly #db: Sqlite;
  /** Ends the wakes of the signal. */
  readonly close: () => void;
  #seen: number;
  #fresh = true;
  #resume: (() => void) | undefined;

  constructor(signal: ChangeSignal, db: Sqlite) {
    this.#db = db;
    this.#seen = dataVersion(db);
    this.close = signal.onWrite(() => this.wake());
  }

  readonly wake = (): void => {
    this.#fresh = true;
    this.#resume?.();
  };

  /** True when the file was written since the last call (and at the first call): the follower must read its state again. */
  takeChange(): boolean {
    const version = dataVersion(this.#db);
    const fresh = this.#fresh || version !== this.#seen;
    this.#seen = version;
    this.#fresh = false;
    return fresh;
  }

  /** Waits until `takeChange` would return true. */
  readonly wait: Effect.Effect<void> = Effect.suspend(() => this.#woken).pipe(
    Effect.timeoutOption(POLL_MS),
    Effect.repeat({ until: () => this.#fresh || this.#mayHaveChanged() }),
    Effect.asVoid,
  );

  /** True also when the file cannot be asked: `takeChange` then throws the error where it is explained. */
  #mayHaveChanged(): boolean {
    try {
      return dataVersion(this.#db) !== this.#seen;
    } catch {
      return true;
    }
  }

  /** Completes when `wake` is called, or was called since the last `takeChange`. */
  get #woken(): Effect.Effect<void> {
    return Effect.callback<void>((resume) => {
      this.#resume = () => resume(Effect.void);
      if (this.#fresh) this.#resume();
      return Effect.sync(() => {
        this.#resume = undefined;
      });
    });
  }
}
