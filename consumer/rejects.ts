/** Rejects: rows like any other, of one source each (rule 11), and the records that are no events. */
import type { RejectRow } from "#shared/event.ts";
import { sentenceOf } from "#shared/sentences.ts";
import type { LogRecord } from "#shared/topic-log/topic-log.ts";
import type { BatchState } from "./batch-state.ts";
import type { Outcome, RowOrGone, Withdrawal } from "./claims.ts";
import type { NotAnEvent } from "./decode.ts";

/** Of a record that is no event, this much is kept. */
const MAX_RAW_BYTES = 10_000;
const SAID = ["entity", "raw", "code", "sentence"] as const;

export function makeRejects(batch: BatchState) {
  const { sql } = batch;
  return {
    apply: (key: string, offset: number, event: RowOrGone): Outcome => {
      const { counts } = batch;
      const row = sql.reject.get(key) as (RejectRow & { source: string; offset: number }) | undefined;
      const withdrawal = (batch.withdrawnExist ? sql.withdrawals.get("rejets", key) : undefined) as
        | Withdrawal
        | undefined;
      const highest = Math.max(row?.offset ?? -1, withdrawal?.offset ?? -1);
      if (offset < highest) return "superseded";
      if (event.kind === "gone") {
        if (offset === highest) return "equal";
        if (row === undefined) return "unchanged";
        sql.dropReject.run(key);
        sql.putWithdrawal.run("rejets", key, event.source, "", offset);
        batch.withdrawnExist = true;
        counts.superseded++;
        return "changed";
      }
      const said = event.row as unknown as RejectRow;
      const same = row !== undefined && SAID.every((column) => row[column] === said[column]);
      if (same) return offset === highest ? "equal" : "unchanged";
      if (offset === highest) {
        counts.repaired++;
        counts.changed++;
      } else {
        if (row !== undefined) counts.superseded++;
        if (withdrawal !== undefined) {
          sql.dropWithdrawal.run("rejets", key, event.source, "");
          counts.superseded++;
        }
      }
      const { source, version, line } = event;
      sql.putReject.run(key, said.entity, source, version, line, said.raw, said.code, said.sentence, offset);
      return offset === highest ? "equal" : "changed";
    },

    /** A record that is no event is set aside by its place, and its partition goes on. */
    setAside: (record: LogRecord, { code, details }: NotAnEvent): void => {
      const { topic, partition, counts } = batch;
      const id = placeOfRecord(topic, partition, record);
      counts.events++;
      counts.rejected++;
      const raw = record.value === null ? "" : record.value.subarray(0, MAX_RAW_BYTES).toString("utf8");
      // One language for all of them: the row must be the same whoever applies the event.
      // Well formed, as SQLite stores it: it is compared with what is stored.
      const sentence = sentenceOf(code, details, "fr").toWellFormed();
      const row = sql.reject.get(id) as RejectRow | undefined;
      if (row?.entity === topic && row.raw === raw && row.code === code && row.sentence === sentence) return;
      if (record.offset < batch.haut) counts.repaired++;
      sql.putReject.run(id, topic, "", null, null, raw, code, sentence, record.offset);
      counts.changed++;
    },

    /** In a replay: an event that an older program did not understand is none of the rejects any more. */
    takeBack: (record: LogRecord): void => {
      const { topic, partition, counts } = batch;
      if (sql.dropReject.run(placeOfRecord(topic, partition, record)).changes === 0) return;
      counts.repaired++;
      counts.changed++;
    },
  };
}

const placeOfRecord = (topic: string, partition: number, { offset }: LogRecord): string =>
  `${topic}/${partition}/${offset}`;
