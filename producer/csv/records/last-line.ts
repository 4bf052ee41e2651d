/** Finds what the end of a file leaves open: a last line without a line end, or a record that this line ends. */
import { Cutter } from "./cutter.ts";
import type { Dialect } from "./dialect.ts";
import { afterLastLineEnd } from "./line-ends.ts";
import { maySpan } from "./quoted-lines.ts";

/**
 * Where the open part of the last text of a file begins: `text.length` when a line end closes the text. The open
 * part is the last line; it is the whole text when its lines together are one record.
 */
export function startOfOpenPart(text: string, dialect: Dialect): number {
  const { quote, lineEnd } = dialect;
  const start = afterLastLineEnd(text, lineEnd);
  if (start === 0 || start === text.length) return start;
  if (quote !== null && text.includes(quote)) {
    // The text begins with the record whose quotes the lines before it left open.
    const closed = `${text}\n`;
    const cutter = new Cutter(closed, dialect);
    if (cutter.endOfRecord(0) === closed.length && maySpan(closed, cutter.fields, true, dialect)) return 0;
  }
  return start;
}
