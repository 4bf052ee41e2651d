/** How well a dialect reads a whole file: the last word where several would do. */
import type { Dialect } from "./dialect.ts";
import { RecordReader } from "./record-reader.ts";

export interface Measure {
  /**
   * Characters in records that have exactly as many fields as the header: cut into more pieces, a text does not
   * become more.
   */
  readonly right: number;
  /** Records that cannot be read, or have another length. */
  readonly bad: number;
  /** Records with a field that is properly quoted. */
  readonly quoted: number;
}

/** Yields between blocks. */
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

/** Whether one reads better than the other: more of the file, and with more fields that are properly quoted. */
export const isBetter = (one: Measure, than: Measure): boolean =>
  one.right > than.right || (one.right === than.right && one.quoted > than.quoted);
