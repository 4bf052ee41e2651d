/** The figures of a consumer. */
import type { BatchResult } from "./batch.ts";
import { type Counts, noCounts } from "./batch-state.ts";

/** Counts since this consumer started. */
export interface ConsumerFigures extends Readonly<Counts> {
  /** Number of the newest commit that this consumer made; 0 before its first. */
  readonly commit: number;
}

/** Before the first batch. */
export const NO_FIGURES: ConsumerFigures = { ...noCounts(), commit: 0 };

/** Adds to `sum` the figures of the next batch, or of the consumer that went on after the first one. */
export const addFigures = (
  sum: ConsumerFigures,
  next: Pick<BatchResult, keyof ConsumerFigures>,
): ConsumerFigures => ({
  events: sum.events + next.events,
  changed: sum.changed + next.changed,
  unchanged: sum.unchanged + next.unchanged,
  superseded: sum.superseded + next.superseded,
  rejected: sum.rejected + next.rejected,
  repaired: sum.repaired + next.repaired,
  commit: Math.max(sum.commit, next.commit ?? 0),
});
