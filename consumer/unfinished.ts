/**
 * An event that changes more sales than one transaction should is applied in several: its key first, then the sales of
 * that key, some in each transaction. The table `unfinished` says where this stands, so that any consumer goes on after
 * a kill. Until the last of these transactions
 *
 * - no other event is applied: each consumer of the database helps to finish this one first;
 * - the position of the partition stays at the event, so that it is given again;
 * - there is no commit: old images and new rows bear the number and the rowids of the commit at the end. So a
 *   reader of the tables as of a commit, such as the analyses, sees none of it, and then all of it at once.
 */
import type { BatchState, Placing } from "./batch-state.ts";
import { placeSales } from "./sale-parents.ts";
import type { Statements } from "./statements.ts";

/** The one row of the table `unfinished`. */
export interface Unfinished extends Placing {
  /** The partition of the topic `parent`, and the offset of the event there. */
  readonly partition: number;
  readonly offset: number;
  /** The first rowid of its new sales, and the next one. */
  readonly rowFrom: number;
  readonly rowNext: number;
  /** Rows that it has changed so far. */
  readonly changed: number;
}

export const readUnfinished = (sql: Statements): Unfinished | undefined =>
  sql.unfinished.get() as Unfinished | undefined;

/**
 * Keeps what is left of the event at `offset` of the batch's partition. `changedBefore`: by its earlier transactions.
 */
export function keepUnfinished(
  batch: BatchState,
  placing: Placing,
  { partition, offset }: Pick<Unfinished, "partition" | "offset">,
  changedBefore: number,
): void {
  batch.sql.putUnfinished.run({
    ...placing,
    partition,
    offset,
    rowFrom: batch.firstRowId,
    rowNext: batch.nextRowId,
    changed: changedBefore + batch.counts.changed,
  });
}

/**
 * One more transaction of an unfinished event. Returns true when it was the last one: the position is behind the event,
 * unless a replay has set it back meanwhile.
 */
export function goOn(batch: BatchState, unfinished: Unfinished): boolean {
  const { sql } = batch;
  placeSales(batch, unfinished);
  if (batch.placing !== null) {
    keepUnfinished(batch, batch.placing, unfinished, unfinished.changed);
    return false;
  }
  sql.dropUnfinished.run();
  // A position that a replay has set back stays there.
  const { parent, partition, offset } = unfinished;
  sql.passEvent.run({ topic: parent, partition, offset });
  return true;
}
