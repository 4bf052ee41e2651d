/**
 * One batch, one transaction: compare-and-set of the position, rows, claims, orphans, rejects, old images and
 * the commit, all durable together or not at all (invariants 2, 3 and 4). Everything in it is synchronous: no
 * transaction spans an await. What an event does to its key: rules/, and claims.ts for the SQL around them.
 */

import { partitionOf } from "#shared/contract/partitioner.ts";
import type { EventTopic } from "#shared/contract/topics.ts";
import type { Sqlite } from "#shared/database/sqlite.ts";
import type { LogBatch, LogRecord } from "#shared/topic-log/topic-log.ts";
import { type BatchState, type Counts, type Known, makeKnown, noCounts } from "./batch-state.ts";
import { applyEvent } from "./claims.ts";
import { decodeEvent } from "./decode.ts";
import { PartitionFences } from "./fences.ts";
import { applyReject, exclude, takeBack } from "./rejects.ts";
import { prepareStatements, type Statements } from "./statements.ts";

export interface BatchResult extends Readonly<Counts> {
  /**
   * Where the partition stands now: `batch.next`, before it when the transaction took too long, beyond it when
   * the batch was applied before; another writer's position when nothing was applied.
   */
  readonly position: number;
  readonly applied: boolean;
  /** The commit made, or null when no row changed. */
  readonly commit: number | null;
}

export interface BatchApplier {
  /**
   * Applies `batch` if the partition stands where the follower expected it to (`expected`), else nothing.
   * Throws what SQLite throws (SQLITE_BUSY: try again); the transaction is then rolled back.
   */
  readonly apply: (batch: LogBatch, expected: number) => BatchResult;
}

/** Commits kept in the outbox after they were announced and analysed. */
const KEPT_COMMITS = 1000;

/**
 * A transaction that has lasted this long ends after the event in hand, and what is left of its batch is for
 * the next one: withdrawing one product scans the sales, so a batch of withdrawals would hold the lock and the
 * event loop for minutes.
 */
const MAX_TRANSACTION_MS = 1000;

export interface ApplierOptions {
  /** Number of partitions of a topic: an event in another than its key's is no event (rule 16). */
  readonly partitions?: (topic: EventTopic) => number;
  readonly maxTransactionMs?: number;
}

/** A partition as its position says, before anything was read of it. */
const AT_START = { position: 0, highWatermark: 0 };

export function makeBatchApplier(db: Sqlite, options: ApplierOptions = {}): BatchApplier {
  const sql = prepareStatements(db);
  const known = makeKnown(sql);
  const begin = db.prepare("BEGIN IMMEDIATE");
  const end = db.prepare("COMMIT");
  const undo = db.prepare("ROLLBACK");
  /** The newest commit as this writer left it: another number means that another one wrote. */
  let lastCommit = -1;
  return {
    apply: (batch, expected) => {
      begin.run();
      try {
        const { position, highWatermark } =
          (sql.position.get(batch.topic, batch.partition) as typeof AT_START | undefined) ?? AT_START;
        if (position !== expected) {
          undo.run();
          return { ...noCounts(), position, applied: false, commit: null };
        }
        const before = sql.counter.get("commit") as number;
        if (before !== lastCommit) known.forget();
        const state = begun(sql, known, batch, before + 1, highWatermark);
        const result = applyAll(state, batch, position, options);
        end.run();
        lastCommit = result.commit ?? before;
        return result;
      } catch (error) {
        if (db.inTransaction) undo.run();
        known.forget();
        lastCommit = -1;
        throw error;
      }
    },
  };
}

function begun(
  sql: Statements,
  known: Known,
  batch: LogBatch,
  commit: number,
  highWatermark: number,
): BatchState {
  const firstRowId = (sql.counter.get("row") as number) + 1;
  return {
    sql,
    known,
    topic: batch.topic as EventTopic,
    partition: batch.partition,
    commit,
    firstRowId,
    nextRowId: firstRowId,
    highWatermark,
    orphansExist: sql.anyOrphan.get() === 1,
    withdrawnExist: sql.anyWithdrawn.get(batch.topic) === 1,
    counts: noCounts(),
  };
}

/** Inside the transaction. */
function applyAll(
  state: BatchState,
  batch: LogBatch,
  position: number,
  { partitions, maxTransactionMs = MAX_TRANSACTION_MS }: ApplierOptions,
): BatchResult {
  const started = performance.now();
  const fences = new PartitionFences(state);
  const partitionCount = partitions?.(state.topic);
  // Never back: a batch may be given again whole after a reconnect, and what it holds was applied.
  let next = Math.max(batch.next, position);
  let any = false;
  for (const record of batch.records) {
    if (record.offset < position) continue;
    if (any && performance.now() - started > maxTransactionMs) {
      next = record.offset;
      break;
    }
    applyRecord(state, fences, record, partitionCount);
    any = true;
  }
  fences.save();
  const { sql, topic, partition, counts } = state;
  const { events, unchanged, superseded, rejected } = counts;
  sql.advance.run({ topic, partition, position: next, events, unchanged, superseded, rejected });
  if (counts.repaired > 0) sql.addToCounter.run(counts.repaired, "repaired");
  return { ...counts, position: next, applied: true, commit: numberCommit(state) };
}

/** The number of the batch's commit, put into the outbox; null when no row changed. */
function numberCommit({ sql, commit, counts, firstRowId, nextRowId }: BatchState): number | null {
  if (counts.changed === 0) return null;
  sql.setCounter.run(commit, "commit");
  if (nextRowId > firstRowId) sql.setCounter.run(nextRowId - 1, "row");
  sql.putCommit.run(commit, firstRowId, nextRowId - 1, counts.changed, new Date().toISOString());
  if (commit % KEPT_COMMITS === 0) sql.pruneCommits.run(commit - KEPT_COMMITS);
  return commit;
}

/** `partitionCount`: of the topic; undefined where it is not known, and the partition of a key is not checked. */
function applyRecord(
  state: BatchState,
  fences: PartitionFences,
  record: LogRecord,
  partitionCount: number | undefined,
): void {
  const { topic, counts } = state;
  const { offset } = record;
  const decoded = decodeEvent(topic, record);
  if ("reject" in decoded) {
    exclude(state, record, decoded.reject);
    return;
  }
  const { event, key } = decoded;
  if (partitionCount !== undefined && event.kind !== "fence") {
    const own = partitionOf(key, partitionCount);
    if (own !== state.partition) {
      exclude(state, record, {
        code: "event.wrong_partition",
        details: { value: key, more: String(own) },
      });
      return;
    }
  }
  if (offset < state.highWatermark) takeBack(state, record);
  const isCurrent = fences.passes(event.source, event.version);
  if (event.kind === "fence") return;
  counts.events++;
  const outcome = !isCurrent
    ? "superseded"
    : topic === "rejets"
      ? applyReject(state, key, event, offset)
      : applyEvent(state, topic, key, event, offset);
  if (outcome === "changed") {
    counts.changed++;
    if (offset < state.highWatermark) counts.repaired++;
  } else if (outcome === "unchanged") counts.unchanged++;
  else if (outcome === "superseded") counts.superseded++;
}
