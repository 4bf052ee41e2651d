/** The figures of a consumer. */
import type { BatchResult } from "./batch.ts";
import { type Counts, noCounts } from "./batch-state.ts";

/** Counts since this consumer started. */
export interface ConsumerFigures extends Readonly<Counts> {
  /** Number of the newest commit that this consumer made; 0 before its first. */
  readonly commit: number;
  /** Its transactions, and how long they took together, in ms. */
  readonly batches: number;
  readonly batch_ms: number;
}

/** Before the first batch. */
export const NO_FIGURES: ConsumerFigures = { ...noCounts(), commit: 0, batches: 0, batch_ms: 0 };

/** The figures of one applied batch, whose transaction took `ms`. */
export const figuresOf = (result: BatchResult, ms: number): ConsumerFigures => {
  const { events, changed, unchanged, superseded, rejected, repaired, commit } = result;
  return {
    events,
    changed,
    unchanged,
    superseded,
    rejected,
    repaired,
    commit: commit ?? 0,
    batches: 1,
    batch_ms: ms,
  };
};

/** Adds to `sum` the figures of the next batch, or of the consumer that went on after the first one. */
export const addFigures = (sum: ConsumerFigures, next: ConsumerFigures): ConsumerFigures => ({
  events: sum.events + next.events,
  changed: sum.changed + next.changed,
  unchanged: sum.unchanged + next.unchanged,
  superseded: sum.superseded + next.superseded,
  rejected: sum.rejected + next.rejected,
  repaired: sum.repaired + next.repaired,
  commit: Math.max(sum.commit, next.commit),
  batches: sum.batches + next.batches,
  batch_ms: sum.batch_ms + next.batch_ms,
});
