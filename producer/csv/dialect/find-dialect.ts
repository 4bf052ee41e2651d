/**
 * Finds the dialect of a file. Each way of cutting is tried; the one is taken under which the header names the
 * columns of an entity. Where several do, the one under which most of the whole file is read.
 *
 * papaparse and csv-parse guess a delimiter by how often each character comes. Decimal commas defeat that; the names
 * in the header leave no choice.
 */
import { SourceRefusal } from "../../source/index.ts";
import type { ReadingNote } from "../notes.ts";
import type { Delimiter } from "../records/dialect.ts";
import { bestOf, withoutUselessQuotes } from "./choose.ts";
import { cutsToTry } from "./cuts-to-try.ts";
import { delimiterName, notesOn } from "./dialect-notes.ts";
import { headersIn, headerTooLong } from "./find-header.ts";
import { candidatesWithColumns } from "./given-columns.ts";
import { type Head, readHead, recordsOf, withoutFirstLine, withoutMarks } from "./head.ts";
import { makeDialect } from "./make-dialect.ts";
import type { DialectRequest, FoundDialect, Text } from "./search.ts";
import { refuseSeveralTables } from "./several-tables.ts";
import { widened } from "./widen.ts";

/** A first line that tells the delimiter, for Excel. */
const SEP_LINE = /^"?sep=([,;\t|])"?[\t ]*(?:[\r\n]|$)/i;

/**
 * Reads the beginning of the file, and all of it where the beginning leaves a choice. Yields between blocks. Throws
 * SourceRefusal when the file is empty, or has no header that is wanted.
 */
export function* findDialect(text: Text, request: DialectRequest): Generator<void, FoundDialect> {
  const { columns } = request.options;
  const { head, said } = readStart(text, request.options.skipLines ?? 0);
  const cuts = cutsToTry(text, head, said, request);
  const found =
    columns === undefined
      ? headersIn(head, cuts, request)
      : candidatesWithColumns(head, cuts, columns, request);
  const search = { text, head, request };
  const choices = found.map((candidate) => ({
    candidate,
    dialect: makeDialect(candidate, candidate.cut, head, request.options),
  }));
  const { choice: chosen, notes: notWide } = widened(yield* bestOf(choices, text.fd), search);
  const { cut, record } = chosen.candidate;
  if (record !== null) refuseSeveralTables(record, recordsOf(head, cut));
  const dialect = yield* withoutUselessQuotes(chosen, search);
  const saidNote: readonly ReadingNote[] =
    said === undefined ? [] : [{ code: "delimiter.said", what: delimiterName(said) }];
  return { dialect, notes: [...saidNote, ...notWide, ...notesOn(dialect, chosen.candidate, search)] };
}

/** The beginning of the file, without byte order marks, the lines to leave out and a line `sep=`; `said`: the delimiter of that line. */
function readStart(
  text: Text,
  skipped: number,
): { readonly head: Head; readonly said: Delimiter | undefined } {
  const read = readHead(text.fd, text.size, text.mark);
  if (read.text === "" && !read.whole) throw headerTooLong();
  let head = withoutMarks(read);
  for (let n = 0; n < skipped; n++) head = withoutFirstLine(head);
  if (head.whole && head.text.trim() === "") throw new SourceRefusal("source.empty");
  const said = SEP_LINE.exec(head.text)?.[1] as Delimiter | undefined;
  return { head: said === undefined ? head : withoutFirstLine(head), said };
}
