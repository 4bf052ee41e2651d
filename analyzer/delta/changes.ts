/** The input of a delta, and its result. */

/** The commits after `from` up to `to`. A row_id is the rowid of a sale; rowids grow in the order of commits. */
export interface Span {
  readonly from: number;
  readonly to: number;
  /** Sales whose row_id is below it existed at `from`; sales from it up to `rowEnd` (excluded) are new at `to`. */
  readonly rowFirst: number;
  readonly rowEnd: number;
}

/** What one row of an analysis gained and lost. */
export interface Change {
  /** Millionths. */
  readonly sum: bigint;
  /** True when a sale that counted for this row has changed: the row may have no sale left. */
  readonly lost: boolean;
}

/** By the analysis' nom, then by cle. */
export type Changes = ReadonlyMap<string, ReadonlyMap<string, Change>>;
