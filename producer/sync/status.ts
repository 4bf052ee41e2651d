/** How a source stands, as `SourceStatus` tells it. */
import type { Registration } from "#shared/contract/source-records.ts";
import type { SourceStatus } from "#shared/contract/status.ts";
import type { Language } from "#shared/runtime/settings.ts";
import type { LastAnnouncement, RefusedRecord, SourceError } from "../source/index.ts";
import { NOTHING, type PollResult } from "./result.ts";

/** As the topic `sources` has it. */
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

/** What is said again after each look. */
function lasting({ next: _, ...status }: SourceStatus): SourceStatus {
  return status;
}

/** After a look. */
export function polledStatus(before: SourceStatus, result: PollResult, now: string): SourceStatus {
  return {
    ...lasting(before),
    ...result.counts,
    entities: [...result.entities],
    state: "ok",
    reason: "",
    version: result.version,
    polled: now,
    changed: result.announced ? now : before.changed,
  };
}

/** No longer listed by its catalogue: it stays as it was read last. */
export const unlistedStatus = (before: SourceStatus, { catalogue }: Registration): SourceStatus => ({
  ...lasting(before),
  state: "unlisted",
  reason: "",
  ...(catalogue === undefined ? {} : { catalogue }),
});

/**
 * After a look that failed, or whose version waits for a confirmation. What was emitted before is unchanged now: the
 * counts still account for every record.
 */
export const parkedStatus = (before: SourceStatus, error: SourceError, now: string): SourceStatus => ({
  ...lasting(before),
  emitted: 0,
  unchanged: before.unchanged + before.emitted,
  state: error.code === "source.held_back" ? "held" : "parked",
  reason: error.sentence,
  polled: now,
});

/** Of a record that is no registration: it is not looked at, and stays parked until it is taken out or written anew. */
export const refusedStatus = ({ shown, refusal }: RefusedRecord, language: Language): SourceStatus => ({
  source: shown,
  entities: [],
  state: "parked",
  reason: refusal.toError(shown, language).sentence,
  ...NOTHING,
  version: null,
  polled: null,
  changed: null,
});
