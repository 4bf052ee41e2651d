/**
 * One batch, one transaction: compare-and-set of the position, rows, claims, orphans, rejects, old images and
 * the commit, all durable together or not at all (invariants 2, 3 and 4). Everything in it is synchronous: no
 * transaction spans an await. What an event does to its key: claims.ts.
 */
import type { Sqlite } from "#shared/database/sqlite.ts";
import { partitionOf } from "#shared/partitioner.ts";
import type { LogBatch, LogRecord } from "#shared/topic-log/topic-log.ts";
import type { EventTopic } from "#shared/topics.ts";
import { type BatchState, type Counts, makeKnown, noCounts } from "./batch-state.ts";
import { makeClaims } from "./claims.ts";
import { decodeEvent } from "./decode.ts";
import { makeRejects } from "./rejects.ts";
import { prepareStatements } from "./statements.ts";

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

export function makeBatchApplier(db: Sqlite, options: ApplierOptions = {}): BatchApplier {
  const { partitions, maxTransactionMs = MAX_TRANSACTION_MS } = options;
  const sql = prepareStatements(db);
  const known = makeKnown(sql);
  const state: BatchState = {
    sql,
    known,
    topic: "ventes",
    partition: 0,
    commit: 0,
    firstRang: 0,
    nextRang: 0,
    haut: 0,
    orphansExist: false,
    withdrawnExist: false,
    counts: noCounts(),
  };
  const claims = makeClaims(state);
  const rejects = makeRejects(state);
  /** The newest commit as this writer left it: another number means that another one wrote. */
  let lastCommit = -1;
  /** Of this partition: each source's highest version, and those that rose in this batch. */
  const newest = new Map<string, number>();
  const risen = new Set<string>();

  /** Rule 20: false when a newer version of its source was seen in this partition. */
  function isCurrent(source: string, version: number): boolean {
    let highest = newest.get(source);
    if (highest === undefined) {
      highest = (sql.version.get(state.topic, state.partition, source) as number | undefined) ?? -1;
      newest.set(source, highest);
    }
    if (version > highest) {
      newest.set(source, version);
      risen.add(source);
    }
    return version >= highest;
  }

  function applyRecord(record: LogRecord): void {
    const { topic, counts } = state;
    const decoded = decodeEvent(topic, record);
    if ("reject" in decoded) {
      rejects.setAside(record, decoded.reject);
      return;
    }
    const { event, key } = decoded;
    if (partitions !== undefined && event.kind !== "mark") {
      const own = partitionOf(key, partitions(topic));
      if (own !== state.partition) {
        rejects.setAside(record, {
          code: "event.wrong_partition",
          details: { value: key, more: String(own) },
        });
        return;
      }
    }
    if (record.offset < state.haut) rejects.takeBack(record);
    const current = isCurrent(event.source, event.version);
    if (event.kind === "mark") return;
    counts.events++;
    const outcome = !current
      ? "superseded"
      : topic === "rejets"
        ? rejects.apply(key, record.offset, event)
        : claims.apply(topic, key, record.offset, event);
    if (outcome === "changed") {
      counts.changed++;
      if (record.offset < state.haut) counts.repaired++;
    } else if (outcome === "unchanged") counts.unchanged++;
    else if (outcome === "superseded") counts.superseded++;
  }

  /** Inside the transaction. */
  function applyAll(batch: LogBatch, position: number, haut: number): BatchResult {
    const begun = performance.now();
    const before = sql.counter.get("commit") as number;
    if (before !== lastCommit) known.forget();
    newest.clear();
    risen.clear();
    state.topic = batch.topic as EventTopic;
    state.partition = batch.partition;
    state.commit = before + 1;
    state.haut = haut;
    state.firstRang = (sql.counter.get("rang") as number) + 1;
    state.nextRang = state.firstRang;
    state.orphansExist = sql.anyOrphan.get() === 1;
    state.withdrawnExist = sql.anyWithdrawn.get(batch.topic) === 1;
    state.counts = noCounts();

    // Never back: a batch may be given again whole after a reconnect, and what it holds was applied.
    let next = Math.max(batch.next, position);
    let any = false;
    for (const record of batch.records) {
      if (record.offset < position) continue;
      if (any && performance.now() - begun > maxTransactionMs) {
        next = record.offset;
        break;
      }
      applyRecord(record);
      any = true;
    }

    const { topic, partition, counts, firstRang, nextRang } = state;
    for (const source of risen) sql.putVersion.run(topic, partition, source, newest.get(source));
    const { events, unchanged, superseded, rejected } = counts;
    sql.advance.run({ topic, partition, position: next, events, unchanged, superseded, rejected });
    if (counts.repaired > 0) sql.addToCounter.run(counts.repaired, "repares");
    const commit = counts.changed > 0 ? state.commit : null;
    if (commit !== null) {
      sql.setCounter.run(commit, "commit");
      if (nextRang > firstRang) sql.setCounter.run(nextRang - 1, "rang");
      sql.putCommit.run(commit, firstRang, nextRang - 1, counts.changed, new Date().toISOString());
      if (commit % KEPT_COMMITS === 0) sql.pruneCommits.run(commit - KEPT_COMMITS);
    }
    return { ...counts, position: next, applied: true, commit };
  }

  const begin = db.prepare("BEGIN IMMEDIATE");
  const end = db.prepare("COMMIT");
  const undo = db.prepare("ROLLBACK");
  return {
    apply: (batch, expected) => {
      begin.run();
      try {
        const { position, haut } = (sql.position.get(batch.topic, batch.partition) as
          | { position: number; haut: number }
          | undefined) ?? { position: 0, haut: 0 };
        if (position !== expected) {
          undo.run();
          return { ...noCounts(), position, applied: false, commit: null };
        }
        const result = applyAll(batch, position, haut);
        end.run();
        lastCommit = result.commit ?? state.commit - 1;
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
