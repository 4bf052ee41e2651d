/** The operations that the tables of products, shops and sales have in common. */
import type { BatchState } from "./batch-state.ts";
import type { Claim, KeyState } from "./rules/index.ts";

export interface EntityTable {
  /** The claim that the stored row stands for, while its key has only one; undefined when there is no row. */
  readonly claimOfRow: (batch: BatchState, key: string) => Claim | undefined;
  /**
   * Writes or deletes the row that the state `after` gives, and updates the rows that depend on it. `before` is the
   * state until now. Returns whether the row holds everything of the claims, so that they need not be stored (rule 8).
   */
  readonly write: (batch: BatchState, key: string, before: KeyState, after: KeyState) => boolean;
  /** Whether the stored row is the one that the claims give. */
  readonly rowSays: (batch: BatchState, key: string, state: KeyState) => boolean;
}

/** Whether two rows of one shape are equal in every column. */
export const sameRow = <Row extends object>(a: Row, b: Row): boolean => {
  for (const name in a) if (a[name] !== b[name]) return false;
  return true;
};
