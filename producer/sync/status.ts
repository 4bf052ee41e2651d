/** Makes the status of a source, which producers publish in the topic `status`. */

import { type DoubtReport, isOpen } from "#shared/contract/doubt.ts";
import type { Registration } from "#shared/contract/source-records.ts";
import type { SourceStatus } from "#shared/contract/status.ts";
import type { Language } from "#shared/runtime/settings.ts";
import {
  doubtsText,
  type LastAnnouncement,
  type RefusedRecord,
  type SourceError,
  SourceRefusal,
} from "../source/index.ts";
import { NOTHING, type PollResult } from "./result.ts";

/** The status by the topic `sources` alone, before this producer polled the source. */
export function announcedStatus(
  { source, entities, catalogue, unlisted }: Registration,
  last: LastAnnouncement | undefined,
): SourceStatus {
  const counts = last?.value.counts ?? null;
  return {
    source,
    entities: [...entities],
    state: unlisted !== undefined ? "unlisted" : counts === null ? "new" : "ok",
    reason: "",
    ...(counts ?? NOTHING),
    version: last?.offset ?? null,
    polled: null,
    changed: counts === null ? null : (last?.value.published ?? null),
    ...(catalogue === undefined ? {} : { catalogue }),
  };
}

/** The fields that stay from one poll to the next. */
function lasting({ next: _, doubts: __, ...status }: SourceStatus): SourceStatus {
  return status;
}

/** The status after a poll. `now`: ISO time. */
export function polledStatus(before: SourceStatus, result: PollResult, now: string): SourceStatus {
  return {
    ...lasting(before),
    ...result.counts,
    entities: [...result.entities],
    state: "ok",
    reason: doubtsText(result.attention.filter(isOpen)),
    version: result.version,
    polled: now,
    changed: result.announced ? now : before.changed,
    ...(result.attention.length === 0 ? {} : { doubts: result.attention }),
  };
}

/** The status with what else a person must know of its version. */
export const withAttention = (status: SourceStatus, more: readonly DoubtReport[]): SourceStatus =>
  more.length === 0
    ? status
    : {
        ...status,
        reason: [status.reason, doubtsText(more)].filter((text) => text !== "").join(". "),
        doubts: [...(status.doubts ?? []), ...more],
      };

/** The status of a source that its catalogue no longer lists: its rows and counts stay. */
export const unlistedStatus = (before: SourceStatus, { catalogue }: Registration): SourceStatus => ({
  ...lasting(before),
  state: "unlisted",
  reason: "",
  ...(catalogue === undefined ? {} : { catalogue }),
});

/**
 * The status after a poll that failed, or whose version waits for a confirmation. Rows that an earlier poll emitted
 * count as unchanged, so the counts still account for every record.
 */
export const parkedStatus = (before: SourceStatus, error: SourceError, now: string): SourceStatus => ({
  ...lasting(before),
  emitted: 0,
  unchanged: before.unchanged + before.emitted,
  state: error.code === "source.held_back" ? "held" : "parked",
  reason: error.sentence,
  polled: now,
  ...(error.doubts === undefined ? {} : { doubts: error.doubts }),
});

const REFUSED_SHOWN = 100;

/**
 * The statuses of records in `sources` that are not valid: parked until somebody removes or replaces them. A client of the
 * topic may write any number of them: one status stands for those after the first REFUSED_SHOWN.
 */
export class RefusedStatuses {
  readonly #language: Language;
  /** Made once for each record: all are shown again after each change of the topic. */
  readonly #made = new WeakMap<RefusedRecord, SourceStatus>();
  readonly #others: SourceStatus;

  constructor(language: Language) {
    this.#language = language;
    const refusal = new SourceRefusal("registration.many_not_valid", String(REFUSED_SHOWN));
    this.#others = this.#make("topic sources", refusal);
  }

  of(records: IteratorObject<RefusedRecord>): SourceStatus[] {
    const first = records.take(REFUSED_SHOWN + 1).toArray();
    const statuses = first.slice(0, REFUSED_SHOWN).map((record) => this.#statusOf(record));
    return first.length > REFUSED_SHOWN ? [...statuses, this.#others] : statuses;
  }

  #statusOf(record: RefusedRecord): SourceStatus {
    let status = this.#made.get(record);
    if (status === undefined) {
      status = this.#make(record.shown, record.refusal);
      this.#made.set(record, status);
    }
    return status;
  }

  readonly #make = (source: string, refusal: SourceRefusal): SourceStatus => ({
    source,
    entities: [],
    state: "parked",
    reason: refusal.toError(source, this.#language).sentence,
    ...NOTHING,
    version: null,
    polled: null,
    changed: null,
  });
}
