/** The notes on a dialect: what an operator should know of how a file is written. */
import type { ReadingNote } from "../notes.ts";
import type { Delimiter, Dialect } from "../records/dialect.ts";
import type { Candidate, Search } from "./search.ts";

const NAMES: Readonly<Record<Delimiter, string>> = { ",": ",", ";": ";", "\t": "tab", "|": "|" };

/** A delimiter as people read it. */
export const delimiterName = (delimiter: string): string => NAMES[delimiter as Delimiter] ?? delimiter;

export function notesOn(
  dialect: Dialect,
  { record, header }: Candidate,
  { text, head, request }: Search,
): readonly ReadingNote[] {
  const notes: ReadingNote[] = [];
  const before = request.before?.reading.delimiter;
  if (before !== undefined && before !== dialect.delimiter)
    notes.push({
      code: "delimiter.changed",
      what: delimiterName(before),
      more: delimiterName(dialect.delimiter),
    });
  if (dialect.quote === "'") notes.push({ code: "quote.single" });
  if (dialect.quote === null) notes.push({ code: "quote.none" });
  if (dialect.escape === "\\") notes.push({ code: "escape.backslash" });
  if (dialect.lineEnd === "any") notes.push({ code: text.survey.lf ? "line_ends.mixed" : "line_ends.cr" });
  const { skipLines = 0 } = request.options;
  if (skipLines > 0) notes.push({ code: "lines.skipped", what: String(skipLines) });
  if (record === null) notes.push({ code: "header.none" });
  else if (head.text.slice(0, record.start).trim() !== "")
    notes.push({ code: "header.preamble", what: String(record.line) });
  const trailing = header.length - dialect.header.length;
  if (dialect.trailing > Math.max(0, trailing))
    notes.push({ code: "records.trailing_delimiters", what: String(dialect.trailing) });
  if (trailing > 0) notes.push({ code: "header.trailing_delimiters", what: String(trailing) });
  return notes;
}
