/** What `RecordReader` hands on, and the places in a file that it tells. */
import type { RejectCode } from "#shared/contract/sentences.ts";
import type { Place } from "./dialect.ts";

/** Takes the records of a file one by one, in order. `n` numbers them from 0, rejects included. */
export interface RecordSink {
  /** A record with one field for each column of the header. `raw`: its text without its line end. */
  readonly record: (n: number, fields: string[], line: number, raw: string) => void;
  /** A record that cannot be read. `value` and `more` are what the sentence of `code` needs. */
  readonly bad: (n: number, code: RejectCode, value: string, line: number, raw: string, more: string) => void;
}

/** The last line of a file, when no line end closes it. */
export interface LastLine {
  readonly line: number;
  readonly raw: string;
}

/** A place between two records. */
export interface RecordPlace extends Place {
  /** The number of the next record. */
  readonly record: number;
}
