/**
 * Cuts lines that have no quotes: each line is one record, split at its delimiters. Nearly every line of every file
 * goes through this loop, so it does no more than it must.
 */
import type { RecordCheck } from "./record-check.ts";
import { beginningOf, isSurelyShort, isTooLong, KEPT_OF_TOO_LONG } from "./record-length.ts";
import type { RecordSink } from "./record-sink.ts";

const CR = 0x0d;

/**
 * Gives each line of `text` to `sink`. Each ends with LF, with any CRs before it. `firstLine` is the number of the
 * first line; returns the number of the line after the last.
 */
export function givePlainLines(
  text: string,
  firstLine: number,
  delimiter: string,
  check: RecordCheck,
  sink: RecordSink,
): number {
  const { width, special } = check;
  let line = firstLine;
  for (let i = 0; i < text.length; line++) {
    const end = text.indexOf("\n", i);
    let stop = end;
    while (stop > i && text.charCodeAt(stop - 1) === CR) stop--;
    const raw = text.substring(i, stop);
    const first = text.charCodeAt(i);
    const length = end - i;
    i = end + 1;
    if (!isSurelyShort(length) && isTooLong(raw, false)) {
      check.giveBad("record.too_long", line, beginningOf(raw, KEPT_OF_TOO_LONG), sink);
      continue;
    }
    const fields = raw.split(delimiter);
    if (fields.length === width && first < 128 && special[first] === 0)
      sink.record(check.records++, fields, line, raw);
    else check.give(fields, line, raw, sink);
  }
  return line;
}
