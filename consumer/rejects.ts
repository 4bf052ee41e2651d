/** The table `rejets`: rejects of sources, which are rows like any other (rule 11), and records that are no events. */
import { shortDetails } from "#shared/contract/sentences.ts";
import type { LogRecord } from "#shared/topic-log/topic-log.ts";
import { type BatchState, noteRepair } from "./batch-state.ts";
import type { NotAnEvent } from "./decode.ts";
import {
  applyToReject,
  type DeleteEvent,
  detailsJson,
  type Outcome,
  type Reject,
  type RejectState,
  type RowEvent,
  rejectEventsHeld,
  type Withdrawal,
} from "./rules/index.ts";

/** `rejets` keeps the first bytes of a record that is no event, this many at most. */
const MAX_RAW_BYTES = 10_000;

function putReject({ sql }: BatchState, id: string, reject: Reject): void {
  const { entity, source, version, line, raw, code, details, offset } = reject;
  sql.putReject.run(id, entity, source, version, line, raw, code, details, offset);
}

function write(batch: BatchState, key: string, before: RejectState, after: RejectState): void {
  const { sql } = batch;
  if (after.row !== undefined) putReject(batch, key, after.row);
  else if (before.row !== undefined) sql.dropReject.run(key);
  if (after.withdrawal === before.withdrawal) return;
  if (before.withdrawal !== undefined) sql.dropWithdrawal.run("rejets", key, before.withdrawal.source, "");
  if (after.withdrawal === undefined) return;
  sql.putWithdrawal.run("rejets", key, after.withdrawal.source, "", after.withdrawal.offset);
  batch.withdrawnExist = true;
}

export function applyReject(
  batch: BatchState,
  key: string,
  event: RowEvent | DeleteEvent,
  offset: number,
): Outcome {
  const { sql, counts } = batch;
  const before: RejectState = {
    row: sql.reject.get(key) as Reject | undefined,
    withdrawal: (batch.withdrawnExist ? sql.withdrawals.get("rejets", key) : undefined) as
      | Withdrawal
      | undefined,
  };
  const { outcome, state } = applyToReject(before, event, offset);
  if (state === before) return outcome;
  write(batch, key, before, state);
  if (outcome === "equal") {
    noteRepair(batch, key, offset);
    counts.changed++;
  } else counts.superseded += rejectEventsHeld(before) + 1 - rejectEventsHeld(state);
  return outcome;
}

/** Rejects a record that is no event. Its id is its place, topic/partition/offset; the partition goes on. */
export function exclude(batch: BatchState, record: LogRecord, why: NotAnEvent): void {
  const { sql, topic, counts } = batch;
  const { offset } = record;
  const id = placeOfRecord(batch, record);
  counts.events++;
  counts.rejected++;
  const raw = record.value === null ? "" : record.value.subarray(0, MAX_RAW_BYTES).toString("utf8");
  const { code } = why;
  const details = detailsJson({ ...shortDetails(why.details) });
  const row = sql.reject.get(id) as Reject | undefined;
  if (row?.entity === topic && row.raw === raw && row.code === code && row.details === details) return;
  if (offset < batch.highWatermark) noteRepair(batch, id, offset);
  putReject(batch, id, { entity: topic, source: "", version: null, line: null, raw, code, details, offset });
  counts.changed++;
}

/** During a replay, deletes the reject of an event that an older program did not understand and this one does. */
export function takeBack(batch: BatchState, record: LogRecord): void {
  const { sql, counts } = batch;
  const id = placeOfRecord(batch, record);
  if (sql.dropReject.run(id).changes === 0) return;
  noteRepair(batch, id, record.offset);
  counts.changed++;
}

const placeOfRecord = ({ topic, partition }: BatchState, { offset }: LogRecord): string =>
  `${topic}/${partition}/${offset}`;
