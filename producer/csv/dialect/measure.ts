/** Measures how well a dialect reads a whole file. This decides where several dialects may be right. */
import type { Dialect } from "../records/dialect.ts";
import { RecordReader } from "../records/record-reader.ts";

export interface Measure {
  /**
   * How many UTF-16 units are in records that have exactly as many fields as the header. Text is counted, not
   * records: a wrong cut may make more records of a text, but not more text.
   */
  readonly right: number;
  /** How many records are rejects. */
  readonly bad: number;
  /** How many records have a quoted field. */
  readonly quoted: number;
}

/** Reads the whole file with this dialect. Yields between blocks. */
export function* measure(fd: number, dialect: Dialect): Generator<void, Measure> {
  const reader = new RecordReader({ fd, dialect, keepOpen: () => true });
  let right = 0;
  let bad = 0;
  let filled = 0;
  const sink = {
    record: (_: number, __: string[], ___: number, raw: string) => {
      if (reader.leftOut.filled === filled) right += raw.length;
      else filled = reader.leftOut.filled;
    },
    bad: () => {
      bad++;
    },
  };
  while (reader.next(sink)) yield;
  return { right, bad, quoted: reader.quoted };
}

/** Whether one measure is better: more of the file is read, or as much and with more quoted fields. */
export const isBetter = (one: Measure, than: Measure): boolean =>
  one.right > than.right || (one.right === than.right && one.quoted > than.quoted);
