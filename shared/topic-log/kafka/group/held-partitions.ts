/**
 * The partitions that a follower holds, each with its cursor: which one is served next, and the fetch in the background
 * that fills them. The session decides which partitions these are.
 */
import { partitionKey } from "../../by-partition.ts";
import type { LogBatch } from "../../topic-log.ts";
import type { PartitionCursor } from "../reading/cursor.ts";
import type { Fetcher } from "../reading/fetcher.ts";

export class HeldPartitions {
  readonly #fetcher: Fetcher;
  readonly #onFetched: (error?: unknown) => void;
  readonly #cursors = new Map<string, PartitionCursor>();
  #isFetching = false;
  /** The index of the cursor that was served last. */
  #served = 0;

  /** `onFetched`: called after each fetch, with its error if it failed. */
  constructor(fetcher: Fetcher, onFetched: (error?: unknown) => void) {
    this.#fetcher = fetcher;
    this.#onFetched = onFetched;
  }

  get cursors(): PartitionCursor[] {
    return [...this.#cursors.values()];
  }

  /** Adds a partition, or gives one another cursor. */
  put(cursor: PartitionCursor): void {
    this.#cursors.set(partitionKey(cursor), cursor);
  }

  /** True while the partition of the cursor is held and has no other cursor. */
  has(cursor: PartitionCursor): boolean {
    return this.#cursors.get(partitionKey(cursor)) === cursor;
  }

  clear(): void {
    this.#cursors.clear();
  }

  /** Starts a fetch, unless one is in flight. */
  fetch(): void {
    if (this.#isFetching || this.#cursors.size === 0) return;
    this.#isFetching = true;
    const onEnd = (error?: unknown) => {
      this.#isFetching = false;
      this.#onFetched(error);
    };
    this.#fetcher.more(this.#cursors.values()).then(() => onEnd(), onEnd);
  }

  /**
   * At most `most` records of the next partition that has any, beginning after the one that was served last; undefined
   * when no partition has any now.
   */
  next(most: number): { readonly cursor: PartitionCursor; readonly batch: LogBatch } | undefined {
    const list = this.cursors;
    for (let i = 1; i <= list.length; i++) {
      const at = (this.#served + i) % list.length;
      const cursor = list[at] as PartitionCursor;
      const batch = cursor.next(most);
      if (batch === undefined) continue;
      this.#served = at;
      return { cursor, batch };
    }
    return undefined;
  }
}
