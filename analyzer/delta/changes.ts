/** What a delta is asked for, and what it answers. */

/** The commits after `from` up to `to`. A rang is the rowid of a sale; rangs grow in the order of commits. */
export interface Span {
  readonly from: number;
  readonly to: number;
  /** Sales whose rang is below it existed at `from`; sales from it up to `rangEnd` (excluded) are new at `to`. */
  readonly rangFirst: number;
  readonly rangEnd: number;
}

/** What one row of an analysis gained and lost. */
export interface Change {
  /** Millionths. */
  readonly sum: bigint;
  /** A sale that counted for this row before changed: the row may have no sale left. */
  readonly lost: boolean;
}

/** By the analysis' nom, then by cle. */
export type Changes = ReadonlyMap<string, ReadonlyMap<string, Change>>;
