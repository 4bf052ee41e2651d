/**
 * Applies one batch in one transaction: the compare-and-set of the position, rows, claims, orphans, rejects, old
 * images and the commit are durable together or not at all (invariants 2, 3 and 4). Everything in it is synchronous:
 * no transaction spans an await. The folder rules decides what an event does to its key; claims.ts has the SQL for it.
 */

import { partitionOf } from "#shared/contract/partitioner.ts";
import type { EventTopic } from "#shared/contract/topics.ts";
import type { Sqlite } from "#shared/database/sqlite.ts";
import { elapsedMsOf, isoOf, type PlainClock } from "#shared/runtime/time.ts";
import type { LogBatch, LogRecord, Position } from "#shared/topic-log/topic-log.ts";
import { type BatchState, type Counts, makeParentCache, noCounts, noteRepair } from "./batch-state.ts";
import { BetweenSources } from "./between-sources.ts";
import { applyEvent } from "./claims.ts";
import { type DecodeEvent, makeEventDecoder } from "./decode.ts";
import { PartitionFences } from "./fences.ts";
import { NewSales } from "./new-sales.ts";
import { applyReject, exclude, takeBack } from "./rejects.ts";
import type { Outcome } from "./rules/index.ts";
import { PAGE_ROWS, prepareStatements } from "./statements.ts";
import { goOn, keepUnfinished, readUnfinished, type Unfinished } from "./unfinished.ts";

export interface BatchResult extends Readonly<Counts> {
  /**
   * The stored position of the partition now. After an applied batch it is `batch.next`; lower when the transaction
   * took too long, or an event is unfinished (unfinished.ts); higher when the batch was read before an earlier delivery
   * of it was applied. When nothing was applied, it is the position that another writer stored.
   */
  readonly position: number;
  readonly applied: boolean;
  /** When the version of its first event was published, ISO 8601; null: it has no event. */
  readonly published: string | null;
  /** The newest version of each source whose events are in the batch, at most MOST_VERSIONS. */
  readonly versions: readonly (readonly [source: string, version: number])[];
  /** The number of the commit; null when no row changed, or an event is unfinished. */
  readonly commit: number | null;
  /** The new position of the partition whose unfinished event this transaction finished; absent: of none. */
  readonly finished?: Position;
}

export interface BatchApplier {
  /**
   * Applies `batch` if the stored position of the partition is `expected`; otherwise it changes nothing. Throws the
   * errors of SQLite, after it has rolled the transaction back. After SQLITE_BUSY the caller tries again.
   */
  readonly apply: (batch: LogBatch, expected: number) => BatchResult;
}

/** Versions that a batch tells of: it may hold events of thousands of sources. */
const MOST_VERSIONS = 10;

/** At least this many commits stay in the table after they are announced to analyzers and analysed. */
const KEPT_COMMITS = 1000;

/**
 * A transaction that has lasted this long ends after its current event, or in the middle of the sales that this event
 * places again; the next transaction goes on. Otherwise one price, or a batch of withdrawals, would hold the lock and
 * the event loop for as long as it takes to go through millions of sales.
 */
const MAX_TRANSACTION_MS = 400;

export interface ApplierOptions {
  /** Number of partitions of a topic. An event outside the partition of its key is rejected (rule 16). Default: no check. */
  readonly partitions?: (topic: EventTopic) => number;
  /** Default: MAX_TRANSACTION_MS. */
  readonly maxTransactionMs?: number;
  /** Sales of a parent that are placed again before the time is looked at. Default: PAGE_ROWS. */
  readonly pageRows?: number;
}

/** The position of a partition that has no row yet. */
const AT_START = { position: 0, highWatermark: 0 };

/**
 * Prepares the statements. The applier keeps its own parent cache between batches. `clock` dates the commits, and says
 * how long a transaction has lasted.
 */
export function makeBatchApplier(db: Sqlite, clock: PlainClock, options: ApplierOptions = {}): BatchApplier {
  // A sale is stored when its parents exist in its own transaction, and parked before they go (rule 18): the check of the
  // foreign keys would find each parent again, for a seventh of the time of an insert.
  db.pragma("foreign_keys = OFF");
  const sql = prepareStatements(db);
  const parentCache = makeParentCache(sql);
  const decode = makeEventDecoder();
  const begin = db.prepare("BEGIN IMMEDIATE");
  const end = db.prepare("COMMIT");
  const undo = db.prepare("ROLLBACK");
  const version = db.prepare("PRAGMA data_version").pluck();
  /** The file as this writer last saw it. Another number: another connection has written, whatever that was. */
  let lastVersion: unknown;
  return {
    apply: (batch, expected) => {
      begin.run();
      try {
        const { position, highWatermark } =
          (sql.position.get(batch.topic, batch.partition) as typeof AT_START | undefined) ?? AT_START;
        if (position !== expected) {
          undo.run();
          return { ...noCounts(), position, applied: false, published: null, versions: [], commit: null };
        }
        const before = sql.counter.get("commit") as number;
        const now = version.get();
        if (now !== lastVersion) parentCache.forget();
        lastVersion = now;
        const unfinished = readUnfinished(sql);
        const state = begun(
          { sql, clock, parentCache, commit: before + 1, highWatermark },
          batch,
          options,
          unfinished,
        );
        const result =
          unfinished === undefined
            ? applyAll(state, batch, position, { ...options, decode })
            : goOnWith(state, unfinished, position);
        end.run();
        return result;
      } catch (error) {
        if (db.inTransaction) undo.run();
        parentCache.forget();
        throw error;
      }
    },
  };
}

function begun(
  of: Pick<BatchState, "sql" | "clock" | "parentCache" | "commit" | "highWatermark">,
  batch: LogBatch,
  { maxTransactionMs = MAX_TRANSACTION_MS, pageRows = PAGE_ROWS }: ApplierOptions,
  unfinished: Unfinished | undefined,
): BatchState {
  const { sql, clock } = of;
  const started = elapsedMsOf(clock);
  const firstRowId = unfinished?.rowFrom ?? (sql.counter.get("row") as number) + 1;
  return {
    ...of,
    between: new BetweenSources(sql),
    topic: batch.topic as EventTopic,
    partition: batch.partition,
    firstRowId,
    nextRowId: unfinished?.rowNext ?? firstRowId,
    orphansExist: sql.anyOrphan.get() === 1,
    withdrawnExist: sql.anyWithdrawn.get(batch.topic) === 1,
    pageRows,
    isLong: () => elapsedMsOf(clock) - started >= maxTransactionMs,
    placing: null,
    published: null,
    counts: noCounts(),
  };
}

/** Goes on with an unfinished event instead of the batch, which is given again because its position stays. */
function goOnWith(state: BatchState, unfinished: Unfinished, position: number): BatchResult {
  const { sql, topic, partition } = state;
  const isFinished = goOn(state, unfinished);
  addRepairs(state);
  if (!isFinished) return resultOf(state, position, null);
  const commit = numberCommit(state, unfinished.changed);
  const positionOf = (t: string, p: number) => (sql.position.get(t, p) as typeof AT_START).position;
  const finished = {
    topic: unfinished.parent,
    partition: unfinished.partition,
    offset: positionOf(unfinished.parent, unfinished.partition),
  };
  const isSame = topic === finished.topic && partition === finished.partition;
  return { ...resultOf(state, isSame ? finished.offset : position, commit), finished };
}

/** Applies the records and advances the position. Runs inside the transaction. */
function applyAll(
  state: BatchState,
  batch: LogBatch,
  position: number,
  { partitions, decode }: Pick<ApplierOptions, "partitions"> & Pick<Applying, "decode">,
): BatchResult {
  const applying: Applying = {
    state,
    decode,
    fences: new PartitionFences(state),
    newSales: new NewSales(state, (key, event, offset) =>
      count(state, key, applyEvent(state, "ventes", key, event, offset), offset),
    ),
    partitionCount: partitions?.(state.topic),
  };
  // A position never goes back: after a reconnect the log may deliver a batch again that is applied by now. Its caller
  // passes the position as it is now, and the records below it are skipped.
  let next = Math.max(batch.next, position);
  let any = false;
  for (const record of batch.records) {
    if (record.offset < position) continue;
    if (any && state.isLong()) {
      next = record.offset;
      break;
    }
    applyRecord(applying, record);
    any = true;
    if (state.placing !== null) {
      next = record.offset;
      break;
    }
  }
  applying.newSales.end();
  applying.fences.save();
  const versions = applying.fences.versions(MOST_VERSIONS);
  const { sql, topic, partition, counts } = state;
  const { events, unchanged, superseded, rejected } = counts;
  sql.advance.run({ topic, partition, position: next, events, unchanged, superseded, rejected });
  addRepairs(state);
  state.between.save(counts.repaired > 0);
  if (state.placing !== null) {
    keepUnfinished(state, state.placing, { partition, offset: next }, 0);
    return resultOf(state, next, null, versions);
  }
  return resultOf(state, next, numberCommit(state, 0), versions);
}

/** The result of a transaction that applied something. */
const resultOf = (
  { counts, published }: BatchState,
  position: number,
  commit: number | null,
  versions: BatchResult["versions"] = [],
): BatchResult => ({ ...counts, position, applied: true, published, versions, commit });

/** Adds the repairs of the batch to the counter of the database. */
function addRepairs({ sql, counts }: BatchState): void {
  if (counts.repaired === 0) return;
  sql.addToCounter.run(counts.repaired, "repaired");
  sql.pruneRepairs.run();
}

/**
 * Puts the commit of the batch into the outbox and returns its number; null when no row changed. `changedBefore`: by
 * the earlier transactions of an unfinished event.
 */
function numberCommit(state: BatchState, changedBefore: number): number | null {
  const { sql, clock, commit, firstRowId, nextRowId } = state;
  const changed = changedBefore + state.counts.changed;
  if (changed === 0) return null;
  sql.setCounter.run(commit, "commit");
  if (nextRowId > firstRowId) sql.setCounter.run(nextRowId - 1, "row");
  sql.putCommit.run(commit, firstRowId, nextRowId - 1, changed, isoOf(clock));
  if (commit % KEPT_COMMITS === 0) sql.pruneCommits.run(commit - KEPT_COMMITS);
  return commit;
}

/** A batch that is being applied. */
interface Applying {
  readonly state: BatchState;
  readonly decode: DecodeEvent;
  readonly fences: PartitionFences;
  readonly newSales: NewSales;
  /** That of the topic. When it is undefined, the partition of the key is not checked. */
  readonly partitionCount: number | undefined;
}

function applyRecord({ state, decode, fences, newSales, partitionCount }: Applying, record: LogRecord): void {
  const { topic, counts } = state;
  const { offset } = record;
  const decoded = decode(topic, record);
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
  // A replay tells nothing of how long a publication took.
  if (offset >= state.highWatermark) state.published ??= event.published;
  counts.events++;
  if (!isCurrent) counts.superseded++;
  else if (topic === "rejets") count(state, key, applyReject(state, key, event, offset), offset);
  else {
    if (topic === "ventes") {
      if (event.kind === "row" && newSales.take(key, event, offset)) return;
      newSales.applyTaken(key);
    }
    count(state, key, applyEvent(state, topic, key, event, offset), offset);
  }
}

function count(state: BatchState, key: string, outcome: Outcome, offset: number): void {
  const { counts, highWatermark } = state;
  if (outcome === "changed") {
    counts.changed++;
    if (offset < highWatermark) noteRepair(state, key, offset);
  } else if (outcome === "unchanged") counts.unchanged++;
  else if (outcome === "superseded") counts.superseded++;
}
