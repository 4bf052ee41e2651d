/** How long it takes from the publication of a version to the analyses that have its first events. */

import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Schema from "effect/Schema";
import { CommitEvent } from "#shared/contract/commit.ts";
import type { LogRecord } from "#shared/topic-log/topic-log.ts";
import type { Refreshed } from "./refresh.ts";

/** Commits that are waited for, at most: more are pending only while a backlog is read. */
const MOST_PENDING = 1_000;

/**
 * Brings commit events and refreshes together. Either may come first: an analyzer polls the file too, so a commit may be in
 * the analyses before its event is read.
 */
export class Visibility {
  readonly #tell: (ms: number) => void;
  /** Commit -> when its events were published, ms since 1970. */
  readonly #pending = new Map<number, number>();
  #reached: { readonly commit: number; readonly at: number } | null = null;

  /** `tell` gets each time in milliseconds. */
  constructor(tell: (ms: number) => void) {
    this.#tell = tell;
  }

  /** A commit event. Without `published` nothing is known of it. */
  announced({ commit, published }: { readonly commit: number; readonly published?: string }): void {
    const since = Date.parse(published ?? "");
    if (Number.isNaN(since)) return;
    if (this.#reached !== null && commit <= this.#reached.commit) this.#tell(this.#reached.at - since);
    else if (this.#pending.size < MOST_PENDING) this.#pending.set(commit, since);
  }

  /** The analyses reflect all commits up to this one. `now`: ms since 1970. */
  reached(commit: number, now: number): void {
    this.#reached = { commit, at: now };
    for (const [pending, since] of this.#pending)
      if (pending <= commit) {
        this.#pending.delete(pending);
        this.#tell(now - since);
      }
  }
}

const decode = Schema.decodeUnknownOption(Schema.fromJsonString(CommitEvent));

type OnRefresh = (refreshed: Refreshed) => void;

/**
 * Calls `onVisible` with the milliseconds of each commit, from what the two functions that it returns are told: of the
 * records of the topic `commits`, and of the refreshes, which it passes on.
 */
export const watchVisible = ({
  onVisible,
  onRefresh = () => {},
}: {
  readonly onVisible?: (ms: number) => void;
  readonly onRefresh?: OnRefresh;
}): Effect.Effect<{ readonly announced: (record: LogRecord) => void; readonly onRefresh: OnRefresh }> =>
  Effect.clockWith((clock) => {
    if (onVisible === undefined) return Effect.succeed({ announced: () => {}, onRefresh });
    const visibility = new Visibility(onVisible);
    return Effect.succeed({
      announced: ({ value }) => {
        const event = Option.getOrUndefined(decode(value?.toString("utf8")));
        if (event !== undefined) visibility.announced(event);
      },
      onRefresh: (refreshed) => {
        visibility.reached(refreshed.to, clock.currentTimeMillisUnsafe());
        onRefresh(refreshed);
      },
    });
  });
