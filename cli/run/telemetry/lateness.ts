/** How long the figures have been behind the topics. */
import type { Bounds, Position } from "#shared/topic-log/topic-log.ts";
import { lagsOf } from "../../../consumer/log-binding.ts";

/** What one look finds. */
export interface Look {
  /** Of the event topics. */
  readonly bounds: readonly Bounds[];
  /** Of the database. */
  readonly positions: readonly Position[];
  /** The number of its newest commit, and of the one that the analyses reflect. */
  readonly newest: number;
  readonly analysed: number;
}

/** The events that were in the topics at one moment. */
interface Target {
  readonly bounds: readonly Bounds[];
  readonly at: number;
  /** The newest commit when all of them were in the database; null: they are not yet. */
  commit: number | null;
}

/**
 * Follows one target at a time: the ends of the topics at one look. Once the analyses have all of it, the next look
 * gives the next one. So the time is right to the interval between looks, and the memory is of one target.
 */
export class Lateness {
  #target: Target | null = null;
  #caughtUp = false;

  /** `now`: milliseconds that never go back. */
  note({ bounds, positions, newest, analysed }: Look, now: number): void {
    const target = this.#target ?? { bounds, at: now, commit: null };
    if (target.commit === null && hasAll(positions, target.bounds)) target.commit = newest;
    const isReached = target.commit !== null && target.commit <= analysed;
    if (isReached) this.#caughtUp = true;
    this.#target = isReached ? null : target;
  }

  /** Milliseconds for which events have been in the topics and not in the analyses; 0: all of the last look were. */
  behindMs(now: number): number {
    return this.#target === null ? 0 : now - this.#target.at;
  }

  /** Whether the analyses have ever had all events of a look. */
  get caughtUp(): boolean {
    return this.#caughtUp;
  }
}

const hasAll = (positions: readonly Position[], bounds: readonly Bounds[]): boolean =>
  lagsOf(positions, bounds).every(({ lag }) => lag === 0);
