/** How well a dialect reads a whole file: the last word where several would do. */
import type { Dialect } from "./dialect.ts";
import { RecordReader } from "./record-reader.ts";

export interface Measure {
  /** Records with as many fields as the header, and all others. */
  readonly good: number;
  readonly bad: number;
  /** Good ones with a field that is properly quoted. */
  readonly quoted: number;
}

/** Yields between blocks. */
export function* measure(fd: number, dialect: Dialect): Generator<void, Measure> {
  const reader = new RecordReader({ fd, dialect, keepOpen: () => true });
  let good = 0;
  let bad = 0;
  const sink = {
    record: () => {
      good++;
    },
    bad: () => {
      bad++;
    },
  };
  while (reader.next(sink)) yield;
  return { good, bad, quoted: reader.quoted };
}
