/** The result of a poll. */
import type { DoubtReport } from "#shared/contract/doubt.ts";
import type { EntityName } from "#shared/contract/entities/index.ts";
import type { VersionCounts } from "#shared/contract/source-records.ts";

export interface PollResult {
  readonly counts: VersionCounts;
  /** Offset of the source's last announcement; null: it has none. */
  readonly version: number | null;
  /** Whether this poll announced a version. */
  readonly announced: boolean;
  readonly entities: readonly EntityName[];
  /** What a person must know about the version, although it is applied. */
  readonly attention: readonly DoubtReport[];
  /** How long the answer is fresh by its Cache-Control, in milliseconds; null: the server does not say. */
  readonly freshMs: number | null;
}

export type VersionResult = Omit<PollResult, "freshMs">;

/** Another producer announced the source between our diff and the end of our events. The poll starts again. */
export const OVERTAKEN = "overtaken";
/** The appended part alone does not show what changed. The producer must read the whole content. */
export const NOT_CONTINUED = "not continued";

export type VersionOutcome = VersionResult | typeof OVERTAKEN | typeof NOT_CONTINUED;

export const NOTHING: VersionCounts = {
  records: 0,
  emitted: 0,
  unchanged: 0,
  superseded: 0,
  rejected: 0,
  vanished: 0,
  rounded: 0,
};

/** The counts of a version that equals the last one. */
export function unchangedCounts(last: VersionCounts | null): VersionCounts {
  if (last === null) return NOTHING;
  const unchanged = <C extends { superseded: number }>(counts: C) => ({
    ...counts,
    emitted: 0,
    withdrawn: 0,
    unchanged: last.records - counts.superseded - last.rejected,
  });
  return {
    ...unchanged(last),
    ...(last.parents === undefined
      ? {}
      : {
          parents: Object.fromEntries(
            Object.entries(last.parents).map(([name, counts]) => [name, unchanged(counts)]),
          ),
        }),
  };
}
