/** Reads the records of a version's file that match --where, in one pass. */
import type { Announcement } from "#shared/contract/source-records.ts";
import { type Reading, RecordReader, type RecordSink } from "../csv/index.ts";
import type { RecordFilter } from "../rows/index.ts";
import type { Tail } from "./options.ts";

/** `complete`: a last line without a line end is a record. */
export function readerOf(
  fd: number,
  { dialect }: Reading,
  {
    complete,
    before,
    tail,
  }: {
    readonly complete: boolean;
    readonly before: Announcement | undefined;
    readonly tail: Tail | null;
  },
): RecordReader {
  const opened = before?.open ?? null;
  return new RecordReader({
    fd,
    dialect,
    from: tail === null ? undefined : { byte: 0, line: tail.end.line, record: 0 },
    // An open line that was announced as a record stays a record while it is unchanged.
    keepOpen: ({ line, raw }) => complete || (opened !== null && opened.line === line && opened.raw === raw),
  });
}

/** Also takes the records that --where leaves out, with their number. */
export interface FilteredSink extends RecordSink {
  readonly leftOut?: (n: number, fields: readonly string[]) => void;
}

/** Gives the records that match the filter to `sink`. Returns how many did not match. Yields between blocks. */
export function* recordsOf(
  reader: RecordReader,
  filter: RecordFilter,
  sink: FilteredSink,
): Generator<void, number> {
  let filtered = 0;
  const wanted: RecordSink = {
    ...sink,
    record: (n, fields, line, raw) => {
      const prepared = filter.prepare(fields);
      if (prepared === "skip") {
        filtered++;
        sink.leftOut?.(n, fields);
      } else sink.record(n, prepared as string[], line, raw);
    },
  };
  while (reader.next(wanted)) yield;
  return filtered;
}
