/** What became of the versions of a source. */
import * as Schema from "effect/Schema";

export const HistoryEntry = Schema.Struct({
  /** ISO 8601. */
  at: Schema.String,
  /**
   * applied: a version is published; held: it waits for a decision; failed: the file cannot be read; recovered: it can
   * again, or no version waits any more; unlisted: its catalogue no longer lists it; decided: a person accepted a doubt.
   */
  kind: Schema.Literals(["applied", "held", "failed", "recovered", "unlisted", "decided"]),
  /** The reason, or what a person accepted: one sentence a line. Empty when there is none. */
  says: Schema.String,
  /** The number of the last applied version; null: none, or it is a decision. */
  version: Schema.NullOr(Schema.Int),
  /** Of an applied version: what became of its lines. */
  counts: Schema.NullOr(
    Schema.Struct({
      records: Schema.Int,
      /** New or changed rows, which were published. */
      emitted: Schema.Int,
      unchanged: Schema.Int,
      rejected: Schema.Int,
      /** Rows that the file no longer has, and that stay. */
      vanished: Schema.Int,
      /** Rows that the file no longer has, and that were deleted. */
      withdrawn: Schema.Int,
    }),
  ),
});
export type HistoryEntry = typeof HistoryEntry.Type;

export const HistoryAnswer = Schema.Struct({
  now: Schema.String,
  demo: Schema.Boolean,
  currency: Schema.String,
  /** The newest first, at most 200. */
  rows: Schema.Array(HistoryEntry),
});
export type HistoryAnswer = typeof HistoryAnswer.Type;
