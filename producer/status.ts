/** How a source stands, as `SourceStatus` tells it. */
import type { Registration, SourceStatus } from "#shared/event.ts";
import type { LookResult } from "./look.ts";
import type { LastAnnouncement } from "./registry.ts";

/** As the topic `sources` has it. */
export function announcedStatus(
  { source, entities, catalogue, unlisted }: Registration,
  last: LastAnnouncement | undefined,
): SourceStatus {
  const counts = last?.value.counts ?? null;
  return {
    source,
    entities: [...entities],
    state: unlisted !== undefined ? "gone" : counts === null ? "new" : "ok",
    reason: "",
    records: counts?.records ?? 0,
    emitted: counts?.emitted ?? 0,
    unchanged: counts?.unchanged ?? 0,
    superseded: counts?.superseded ?? 0,
    rejected: counts?.rejected ?? 0,
    vanished: counts?.vanished ?? 0,
    rounded: counts?.rounded ?? 0,
    version: last?.offset ?? null,
    looked: null,
    changed: counts === null ? null : (last?.value.published ?? null),
    ...(catalogue === undefined ? {} : { catalogue }),
  };
}

/** After a look. */
export function lookedStatus(before: SourceStatus, result: LookResult, now: string): SourceStatus {
  return {
    ...before,
    ...result.counts,
    entities: [...result.entities],
    state: "ok",
    reason: "",
    version: result.version,
    looked: now,
    changed: result.announced ? now : before.changed,
  };
}

/** No longer listed by its catalogue: it stays as it was read last. */
export const goneStatus = (before: SourceStatus, { catalogue }: Registration): SourceStatus => ({
  ...before,
  state: "gone",
  reason: "",
  ...(catalogue === undefined ? {} : { catalogue }),
});

/** What it emitted before is unchanged now: the counts still account for every record. */
export const parkedStatus = (before: SourceStatus, reason: string, now: string): SourceStatus => ({
  ...before,
  emitted: 0,
  unchanged: before.unchanged + before.emitted,
  state: "parked",
  reason,
  looked: now,
});
