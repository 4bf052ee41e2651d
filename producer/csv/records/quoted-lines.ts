/**
 * Cuts lines of which some have quotes, or bytes that cannot be in a record: bytes that are not UTF-8, and NULs.
 *
 * A record spans lines only if it then has as many fields as the header and at most MAX_RECORD_BYTES. Otherwise
 * only the line on which its quote opens is a reject, and reading goes on with the next line.
 */
import type { RejectCode } from "#shared/contract/sentences.ts";
import { Cutter, UNFINISHED } from "./cutter.ts";
import type { Dialect } from "./dialect.ts";
import { bytesOf, hasEscaped } from "./escaped-bytes.ts";
import { countLines, withoutLineEnd } from "./line-ends.ts";
import { isWhole, type RecordCheck } from "./record-check.ts";
import {
  beginningOf,
  isSurelyShort,
  isTooLong,
  KEPT_OF_TOO_LONG,
  MAX_RECORD_BYTES,
} from "./record-length.ts";
import type { RecordSink } from "./record-sink.ts";
import { type QuotedRecord, splitQuoted, splitRecord } from "./split-record.ts";

/** A record, without its line end, or a reject when it has a `code`. */
export interface Piece extends QuotedRecord {
  readonly line: number;
  /** null: the record has quotes, and csv-parse splits it. */
  readonly fields: string[] | null;
  readonly code: RejectCode | null;
}

export interface Lines {
  /** Whole lines, each with its line end. */
  readonly text: string;
  /** The number of the first line. */
  readonly line: number;
  /** Whether `text` may have bytes that are not UTF-8, or NULs. */
  readonly careful: boolean;
  /** How many bytes were read after `text`; null at the end of the file, when nothing can close open quotes. */
  readonly beyond: number | null;
}

export interface CutLines {
  readonly pieces: readonly Piece[];
  /** How many UTF-16 units of the text were cut; what remains is a record whose quotes the next block may close. */
  readonly done: number;
  /** The number of the line after the pieces. */
  readonly line: number;
  /** How many comments were left out. */
  readonly comments: number;
  /** How many records have a quoted field. */
  readonly quoted: number;
}

/** Cuts whole lines into pieces. */
export function cutLines({ text, careful, beyond, ...first }: Lines, dialect: Dialect): CutLines {
  const cutter = new Cutter(text, dialect);
  const pieces: Piece[] = [];
  let { line } = first;
  let comments = 0;
  let quoted = 0;
  let i = 0;
  while (i < text.length) {
    const lineAfter = cutter.lineAfter(i);
    if (dialect.comment !== null && text.startsWith(dialect.comment, i)) {
      comments++;
      line++;
      i = lineAfter;
      continue;
    }
    let end = lineAfter;
    let code: RejectCode | null = null;
    let isQuoted = false;
    if (isLineTooLong(text, i, lineAfter, careful)) code = "record.too_long";
    else if (cutter.hasQuote(i, lineAfter)) {
      end = cutter.endOfRecord(i);
      if (end === UNFINISHED && mayBeClosed(text.slice(i), careful, beyond)) break;
      const spans = end > lineAfter;
      if (end < 0 || (spans && !maySpan(text.slice(i, end), cutter.fields, careful, dialect))) {
        code = "record.bad_quotes";
        end = lineAfter;
      } else {
        isQuoted = cutter.quoted;
        if (isQuoted) quoted++;
      }
    }
    const raw = withoutLineEnd(text.substring(i, end));
    if (careful) code ??= unreadable(raw);
    pieces.push({
      line,
      raw: code === "record.too_long" ? beginningOf(raw, KEPT_OF_TOO_LONG) : raw,
      fields: isQuoted && code === null ? null : raw.split(dialect.delimiter),
      code,
      spaced: isQuoted && cutter.spaced,
    });
    line += end > lineAfter ? countLines(text.slice(i, end), dialect.lineEnd) : 1;
    i = end;
  }
  return { pieces, done: i, line, comments, quoted };
}

/** Gives the pieces in their order; csv-parse splits those that have quotes, in one call. */
export function givePieces(
  pieces: readonly Piece[],
  dialect: Dialect,
  check: RecordCheck,
  sink: RecordSink,
): void {
  const parsed = splitQuoted(
    pieces.filter(({ fields }) => fields === null),
    dialect,
  );
  let next = 0;
  for (const { line, raw, fields, code } of pieces) {
    if (code !== null) {
      check.giveBad(code, line, raw, sink);
      continue;
    }
    const found = fields ?? parsed[next++];
    if (found === undefined) check.giveBad("record.bad_quotes", line, raw, sink);
    else check.give(found, line, raw, sink);
  }
}

/** Whether a text of several lines is one record; `count`: how many fields it has. */
export function maySpan(record: string, count: number, escaped: boolean, dialect: Dialect): boolean {
  const { header, trailing } = dialect;
  if (isTooLong(record, escaped) || count !== header.length + trailing) return false;
  if (trailing === 0) return true;
  const fields = splitRecord(withoutLineEnd(record), dialect);
  return fields !== undefined && isWhole(fields, dialect);
}

/** Whether bytes that are still to come may close the quotes of this text, the end of all lines read so far. */
const mayBeClosed = (text: string, escaped: boolean, beyond: number | null): boolean =>
  beyond !== null && bytesOf(text, escaped) + beyond <= MAX_RECORD_BYTES;

/** Whether the line between `from` and `to` is too long. Slices no short line, as most are. */
const isLineTooLong = (text: string, from: number, to: number, escaped: boolean): boolean =>
  !isSurelyShort(to - from) && isTooLong(withoutLineEnd(text.slice(from, to)), escaped);

/** Why a record with these bytes is a reject; null: all of them may be in a record. */
function unreadable(raw: string): RejectCode | null {
  if (hasEscaped(raw)) return "record.not_utf8";
  return raw.includes("\0") ? "record.nul" : null;
}
