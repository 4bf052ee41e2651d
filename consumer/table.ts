/** What the tables of products, shops and sales do alike. */
import type { BatchState } from "./batch-state.ts";
import type { Claim, KeyState } from "./rules/index.ts";

export interface EntityTable {
  /** The claim that the stored row is, while it is its key's only one; undefined without a row. */
  readonly claimOfRow: (batch: BatchState, key: string) => Claim | undefined;
  /**
   * Writes the row that `after` makes and what follows from it for other rows, or removes it. `before`: as it was
   * held. Returns whether the row says all that the claims say, so that they need not be stored (rule 8).
   */
  readonly write: (batch: BatchState, key: string, before: KeyState, after: KeyState) => boolean;
  /** Whether the stored row is the one that the claims make. */
  readonly rowSays: (batch: BatchState, key: string, state: KeyState) => boolean;
}

/** Rows of one shape: equal in every column. */
export const sameRow = <Row extends object>(a: Row, b: Row): boolean => {
  for (const name in a) if (a[name] !== b[name]) return false;
  return true;
};
