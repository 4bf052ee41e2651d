/** How a source stands, as `SourceStatus` tells it. */
import type { Registration, SourceStatus } from "#shared/event.ts";
import type { LookResult } from "./look.ts";
import type { LastAnnouncement } from "./registry.ts";

/** As the topic `sources` has it. */
export function announcedStatus(
  { source, entities }: Registration,
  last: LastAnnouncement | undefined,
): SourceStatus {
  const counts = last?.value.counts ?? null;
  return {
    source,
    entities: [...entities],
    state: counts === null ? "new" : "ok",
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
  };
}

/** What is said again after each look. */
function lasting({ next: _, ...status }: SourceStatus): SourceStatus {
  return status;
}

/** After a look. */
export function lookedStatus(before: SourceStatus, result: LookResult, now: string): SourceStatus {
  return {
    ...lasting(before),
    ...result.counts,
    entities: [...result.entities],
    state: "ok",
    reason: "",
    version: result.version,
    looked: now,
    changed: result.announced ? now : before.changed,
  };
}

export const parkedStatus = (before: SourceStatus, reason: string, now: string): SourceStatus => ({
  ...lasting(before),
  emitted: 0,
  state: "parked",
  reason,
  looked: now,
});
