/**
 * The records of a CSV file in UTF-8, in blocks: each with its fields, the line it begins on and its raw text,
 * without its line end. Only data is given: no header, not when it comes again either, no comment, blank line or
 * line of totals. A record that cannot be read is told as one, never thrown: it stops only itself, and reading goes
 * on with the next line. Memory is a block and a record, whatever the file; how the file is cut into blocks changes
 * nothing.
 *
 * Fields: as many as the header has. More are taken when those at the end are empty (trailing delimiters). Fewer are
 * taken when no required column is lacking, as many exporters drop empty cells at the end. So of a line broken in two
 * inside a remark, the first half is its record, without the rest of the remark, and the second half is a reject.
 *
 * Quotes: a record spans lines only if it then has as many fields as the header, within MAX_RECORD_BYTES. Else the
 * quote that was never closed is the fault of its line alone.
 */
import { isUtf8 } from "node:buffer";
import { readSync } from "node:fs";
import type { RejectCode } from "#shared/sentences.ts";
import {
  BAD,
  Cutter,
  countLines,
  type Quoted,
  splitQuoted,
  splitRecord,
  UNFINISHED,
  withoutLineEnd,
} from "./cutter.ts";
import type { Dialect, Place } from "./dialect.ts";
import { bytesOf, decodeEscaped, hasEscaped, showEscaped } from "./escaped-bytes.ts";
import type { ReadingNote } from "./notes.ts";
import { isTotals, TOTALS_BEGIN } from "./totals.ts";

const BLOCK_BYTES = 64 * 1024;
/** A longer record is a reject: a quote that is never closed must not hold the file in memory. */
export const MAX_RECORD_BYTES = 1024 * 1024;
/** What is kept of the raw text of a record that is too long. */
const RAW_OF_TOO_LONG = 1000;
/** A shorter text has no more than MAX_RECORD_BYTES, whatever its characters. */
const SURELY_SHORT = MAX_RECORD_BYTES / 3;

/** CRs before an LF that are taken for part of a line end whose LF was not read yet. */
const MOST_CRS = 16;

const LF = 0x0a;
const CR = 0x0d;
const BYTE_ORDER_MARK = 0xfeff;

export interface RecordSink {
  /** `n` counts records from 0, bad ones included. */
  readonly record: (n: number, fields: string[], line: number, raw: string) => void;
  readonly bad: (
    n: number,
    code: RejectCode,
    value: string,
    line: number,
    raw: string,
    /** What else the sentence needs. */
    more: string,
  ) => void;
}

export interface LastLine {
  readonly line: number;
  readonly raw: string;
}

/** A place between two records. */
export interface RecordPlace extends Place {
  /** The number of the next record. */
  readonly record: number;
}

export interface ReaderOptions {
  readonly fd: number;
  readonly dialect: Dialect;
  /** Where to begin; else where the dialect says that data begins. */
  readonly from?: RecordPlace | undefined;
  /** Whether a last line without a line end is a record. */
  readonly keepOpen: (last: LastLine) => boolean;
  /** Bytes read at once. */
  readonly blockBytes?: number;
}

/** Lines that are no records, and records that were mended, counted. */
export interface LeftOut {
  comments: number;
  headers: number;
  totals: number;
  /** Records that lacked cells at the end. */
  filled: number;
}

/** A piece of text that is a record, or bad. */
interface Piece extends Quoted {
  readonly line: number;
  /** null: quoted, to be parsed. */
  readonly fields: string[] | null;
  readonly code: RejectCode | null;
}

/** At most so many characters, none of them cut in two. */
const beginning = (text: string, most: number): string => {
  if (text.length <= most) return text;
  const last = text.charCodeAt(most - 1);
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? most - 1 : most);
};

const isEmpty = (text: string): boolean => text === "" || text.trim() === "";

export class RecordReader {
  /** The last line when it had no line end; `kept`: it was given as a record. */
  open: (LastLine & { readonly kept: boolean }) | undefined;
  /** Records given so far, bad ones included. */
  records: number;
  readonly leftOut: LeftOut = { comments: 0, headers: 0, totals: 0, filled: 0 };
  /** Records with a field that is properly quoted. */
  quoted = 0;
  readonly #options: ReaderOptions;
  readonly #dialect: Dialect;
  readonly #width: number;
  readonly #blockBytes: number;
  /** First characters of lines that may be something else than a record. */
  readonly #special = new Uint8Array(128);
  /** What was read and not yet given: unfinished records, and the line that the block left unfinished. */
  #buffer: Buffer;
  #kept = 0;
  /** Of what is kept: bytes of whole lines. */
  #keptLines = 0;
  #position: number;
  #line: number;
  #skipping = false;
  #ended = false;
  #end: RecordPlace;

  constructor(options: ReaderOptions) {
    const { dialect, from = { ...options.dialect.data, record: 0 } } = options;
    this.#options = options;
    this.#dialect = dialect;
    this.#width = dialect.header.length;
    this.#blockBytes = options.blockBytes ?? BLOCK_BYTES;
    this.#buffer = Buffer.allocUnsafe(2 * this.#blockBytes);
    this.#position = from.byte;
    this.#line = from.line;
    this.records = from.record;
    this.#end = from;
    const first = `${dialect.comment ?? ""}${dialect.header[0]?.[0] ?? ""}${dialect.quote ?? ""}`;
    for (const c of `\t\n\r\x1a ${dialect.delimiter}${TOTALS_BEGIN}${first}`) {
      const code = c.charCodeAt(0);
      if (code < 128) this.#special[code] = 1;
    }
  }

  /**
   * Where the last record ended that nothing appended can change: before a last line without a line end, and before
   * quotes that the end of the file left open. A later reader of the same file, grown, goes on `from` here.
   */
  get end(): RecordPlace {
    return this.#end;
  }

  /** Whether nothing but an open last line was given after `end`: only then may a later version go on from there. */
  get settled(): boolean {
    return this.records === this.#end.record + (this.open?.kept === true ? 1 : 0);
  }

  /** What was left out or mended so far, for people. */
  get notes(): readonly ReadingNote[] {
    const { comments, headers, totals, filled } = this.leftOut;
    const counts = [
      ["comments.left_out", comments],
      ["headers.left_out", headers],
      ["totals.left_out", totals],
      ["records.filled", filled],
    ] as const;
    return counts.filter(([, n]) => n > 0).map(([code, n]) => ({ code, what: String(n) }));
  }

  /** Gives the records of the next block; false at the end of the file. */
  next(sink: RecordSink): boolean {
    if (this.#ended) return false;
    const kept = this.#kept;
    const size = this.#blockBytes;
    if (kept + size > this.#buffer.length)
      this.#buffer = Buffer.concat([this.#buffer], Math.max(kept + size, this.#buffer.length * 2));
    const buffer = this.#buffer;
    const got = readSync(this.#options.fd, buffer, kept, size, this.#position);
    if (got === 0) {
      this.#ended = true;
      this.#finish(sink);
      return false;
    }
    this.#position += got;
    let filled = kept + got;
    let searched = kept;
    if (this.#skipping) {
      const skip = this.#afterFirstLine(0, filled);
      if (skip === 0) {
        // A CR may be the first half of a line end.
        const half = filled > 0 && buffer[filled - 1] === CR && this.#dialect.lineEnd === "any" ? 1 : 0;
        buffer.copyWithin(0, filled - half, filled);
        this.#kept = half;
        return true;
      }
      this.#skipping = false;
      this.#line++;
      buffer.copyWithin(0, skip, filled);
      filled -= skip;
      searched = 0;
    }
    const lines = this.#afterLastLine(searched, filled);
    if (lines > 0) this.#keptLines = lines;
    if (lines > 0 || (filled > MAX_RECORD_BYTES && this.#keptLines > 0)) {
      const consumed = this.#give(buffer.subarray(0, this.#keptLines), filled - this.#keptLines, sink);
      buffer.copyWithin(0, consumed, filled);
      filled -= consumed;
      this.#keptLines -= consumed;
    }
    this.#kept = filled;
    this.#end = { byte: this.#position - filled, line: this.#line, record: this.records };
    if (this.#keptLines === 0 && this.#isLineTooLong()) this.#giveTooLong(sink);
    return true;
  }

  /** The index after the first line end between `from` and `to`; 0: there is none, or it is not known to be whole. */
  #afterFirstLine(from: number, to: number): number {
    const bytes = this.#buffer.subarray(from, to);
    const lf = bytes.indexOf(LF);
    if (this.#dialect.lineEnd === "lf") return lf + 1;
    const cr = bytes.indexOf(CR);
    if (cr < 0 || (lf >= 0 && lf < cr)) return lf + 1;
    if (cr + 1 === bytes.length) return 0;
    return bytes[cr + 1] === LF ? cr + 2 : cr + 1;
  }

  /** The index after the last whole line that ends between `from` and `to`; 0: none does. */
  #afterLastLine(from: number, to: number): number {
    const buffer = this.#buffer;
    const lf = buffer.subarray(from, to).lastIndexOf(LF);
    const afterLf = lf < 0 ? 0 : from + lf + 1;
    if (this.#dialect.lineEnd === "lf") return afterLf;
    // A CR that was last is decided now that the next byte is there.
    const start = Math.max(0, from - 1);
    const cr = buffer.subarray(start, to - 1).lastIndexOf(CR);
    const afterCr = cr < 0 ? 0 : start + cr + 1;
    return Math.max(afterLf, afterCr > 0 && buffer[afterCr] === LF ? afterCr + 1 : afterCr);
  }

  /** CRs at the end of what is kept may belong to a line end that has yet to come. */
  #isLineTooLong(): boolean {
    let length = this.#kept;
    for (let n = 0; n < MOST_CRS && length > 0 && this.#buffer[length - 1] === CR; n++) length--;
    return length > MAX_RECORD_BYTES;
  }

  /** The line goes on: what comes of it is skipped. */
  #giveTooLong(sink: RecordSink): void {
    // Its beginning only: the cut may fall inside a character.
    const start = this.#buffer.subarray(0, Math.min(this.#kept, 4 * RAW_OF_TOO_LONG));
    this.#bad("record.too_long", this.#line, beginning(decodeEscaped(start), RAW_OF_TOO_LONG), sink);
    this.#kept = 0;
    this.#skipping = true;
  }

  /** Whole lines, and how many bytes were read beyond them. Returns the bytes that need no more to be known. */
  #give(bytes: Buffer, beyond: number, sink: RecordSink): number {
    const utf8 = isUtf8(bytes);
    const text = utf8 ? bytes.toString("utf8") : decodeEscaped(bytes);
    const careful = !utf8 || bytes.includes(0);
    const { quote, lineEnd } = this.#dialect;
    if (!careful && (quote === null || text.indexOf(quote) < 0)) {
      this.#givePlain(lineEnd === "any" ? text.replace(/\r\n?/g, "\n") : text, sink);
      return bytes.length;
    }
    const done = this.#giveCut(text, careful, beyond, sink);
    return done === text.length ? bytes.length : bytes.length - bytesOf(text.slice(done), !utf8);
  }

  /** Lines without any quote: the hottest loop. */
  #givePlain(text: string, sink: RecordSink): void {
    const { delimiter } = this.#dialect;
    const width = this.#width;
    const special = this.#special;
    for (let i = 0; i < text.length; this.#line++) {
      const end = text.indexOf("\n", i);
      let stop = end;
      while (stop > i && text.charCodeAt(stop - 1) === CR) stop--;
      const raw = text.substring(i, stop);
      const c = text.charCodeAt(i);
      const length = end - i;
      i = end + 1;
      if (length > SURELY_SHORT && Buffer.byteLength(raw) > MAX_RECORD_BYTES) {
        this.#bad("record.too_long", this.#line, beginning(raw, RAW_OF_TOO_LONG), sink);
        continue;
      }
      const fields = raw.split(delimiter);
      if (fields.length === width && c < 128 && special[c] === 0)
        sink.record(this.records++, fields, this.#line, raw);
      else this.#record(fields, this.#line, raw, sink);
    }
  }

  /** Lines with quotes, or bytes that are no text. Returns how many characters are done with. */
  #giveCut(text: string, careful: boolean, beyond: number, sink: RecordSink): number {
    const dialect = this.#dialect;
    const cutter = new Cutter(text, dialect);
    const pieces: Piece[] = [];
    let i = 0;
    while (i < text.length) {
      const lineAfter = cutter.lineAfter(i);
      let end = lineAfter;
      let code: RejectCode | null = null;
      let quoted = false;
      if (dialect.comment !== null && text.startsWith(dialect.comment, i)) {
        this.leftOut.comments++;
        this.#line++;
        i = lineAfter;
        continue;
      }
      if (this.#isTooLong(text, i, lineAfter, careful)) code = "record.too_long";
      else if (cutter.hasQuote(i, lineAfter)) {
        end = cutter.endOfRecord(i);
        quoted = cutter.quoted;
        if (end === UNFINISHED) {
          const left = bytesOf(text.slice(i), careful) + beyond;
          if (beyond >= 0 && left <= MAX_RECORD_BYTES) break;
          end = BAD;
        } else if (end > lineAfter && !this.#maySpan(text.slice(i, end), cutter.fields, careful)) end = BAD;
        if (end === BAD) {
          code = "record.bad_quotes";
          end = lineAfter;
        } else if (quoted) this.quoted++;
      }
      let raw = withoutLineEnd(text.substring(i, end));
      if (careful && code === null) {
        if (hasEscaped(raw)) code = "record.not_utf8";
        else if (raw.includes("\0")) code = "record.nul";
      }
      if (code === "record.too_long") raw = beginning(raw, RAW_OF_TOO_LONG);
      const fields = quoted && code === null ? null : raw.split(dialect.delimiter);
      pieces.push({ line: this.#line, raw, fields, code, spaced: quoted && cutter.spaced });
      this.#line += end > lineAfter ? countLines(text.slice(i, end), dialect) : 1;
      i = end;
    }
    this.#giveParsed(pieces, sink);
    return i;
  }

  #isTooLong(text: string, from: number, to: number, escaped: boolean): boolean {
    if (to - from <= SURELY_SHORT) return false;
    return bytesOf(withoutLineEnd(text.slice(from, to)), escaped) > MAX_RECORD_BYTES;
  }

  /** Whether a text of several lines is one record. */
  #maySpan(record: string, count: number, escaped: boolean): boolean {
    if (record.length > SURELY_SHORT && bytesOf(record, escaped) > MAX_RECORD_BYTES) return false;
    if (count === this.#width) return true;
    if (count < this.#width) return false;
    const fields = splitRecord(withoutLineEnd(record), this.#dialect);
    return fields?.slice(this.#width).every(isEmpty) === true;
  }

  #giveParsed(pieces: readonly Piece[], sink: RecordSink): void {
    const parsed = splitQuoted(
      pieces.filter(({ fields }) => fields === null),
      this.#dialect,
    );
    let next = 0;
    for (const { line, raw, fields, code } of pieces) {
      if (code !== null) this.#bad(code, line, raw, sink);
      else {
        const found = fields ?? parsed[next++];
        if (found === undefined) this.#bad("record.bad_quotes", line, raw, sink);
        else this.#record(found, line, raw, sink);
      }
    }
  }

  /** What is no plain record of a plain line. */
  #record(fields: string[], line: number, raw: string, sink: RecordSink): void {
    const first = raw.charCodeAt(0);
    if (first >= 128 || this.#special[first] !== 0 || raw === "") {
      // Where files were put one behind the other.
      if (first === BYTE_ORDER_MARK && raw.length > 1) {
        const rest = raw.slice(1);
        const split = splitRecord(rest, this.#dialect);
        if (split !== undefined) {
          this.#record(split, line, rest, sink);
          return;
        }
      }
      if (this.#isLeftOut(fields, raw)) return;
    }
    const width = this.#width;
    const count = fields.length;
    while (fields.length > width && isEmpty(fields[fields.length - 1] as string)) fields.pop();
    if (fields.length > width || count < Math.min(width, Math.max(2, this.#dialect.least))) {
      sink.bad(this.records++, "record.wrong_length", String(count), line, raw, String(width));
      return;
    }
    if (count < width) this.leftOut.filled++;
    while (fields.length < width) fields.push("");
    sink.record(this.records++, fields, line, raw);
  }

  /** Blank lines, comments, the header again, totals. */
  #isLeftOut(fields: readonly string[], raw: string): boolean {
    const { comment, header, labels } = this.#dialect;
    if (fields.every(isEmpty) || raw === "\x1a") return true;
    if (comment !== null && raw.startsWith(comment)) {
      this.leftOut.comments++;
      return true;
    }
    if (fields[0] === header[0] && this.#isHeader(fields)) {
      this.leftOut.headers++;
      return true;
    }
    if (!isTotals(fields, labels)) return false;
    this.leftOut.totals++;
    return true;
  }

  #isHeader(fields: readonly string[]): boolean {
    const { header } = this.#dialect;
    return (
      fields.length >= header.length &&
      fields.every((field, i) => (i < header.length ? field === header[i] : isEmpty(field)))
    );
  }

  #bad(code: RejectCode, line: number, raw: string, sink: RecordSink): void {
    const shown = showEscaped(raw);
    const more = code === "record.too_long" ? String(MAX_RECORD_BYTES) : "";
    sink.bad(this.records++, code, beginning(shown, 80), line, shown, more);
  }

  /** The end of the file: what has no line end, and quotes that were never closed. */
  #finish(sink: RecordSink): void {
    const { keepOpen } = this.#options;
    if (!this.#skipping) {
      const bytes = this.#buffer.subarray(0, this.#kept);
      const utf8 = isUtf8(bytes);
      const careful = !utf8 || bytes.includes(0);
      const text = utf8 ? bytes.toString("utf8") : decodeEscaped(bytes);
      const unended = this.#openPart(text);
      const whole = text.slice(0, text.length - unended.length);
      this.#kept = 0;
      if (whole !== "") this.#giveCut(whole, careful, -1, sink);
      const raw = withoutLineEnd(unended);
      if (!this.#isNothing(raw)) {
        const open = { line: this.#line, raw: showEscaped(raw) };
        const kept = keepOpen(open);
        this.open = { ...open, kept };
        if (kept) this.#giveCut(`${raw}\n`, careful, -1, sink);
      }
    }
  }

  /** The last line without its line end, or a record that spans lines and ends with the file. */
  #openPart(text: string): string {
    const any = this.#dialect.lineEnd === "any";
    if (text.endsWith("\n") || (any && text.endsWith("\r"))) return "";
    const { quote } = this.#dialect;
    const lineEnd = Math.max(text.lastIndexOf("\n"), any ? text.lastIndexOf("\r") : -1);
    if (lineEnd < 0) return text;
    if (quote !== null && text.includes(quote)) {
      // What is kept of whole lines begins with a record whose quotes are open.
      const closed = `${text}\n`;
      const cutter = new Cutter(closed, this.#dialect);
      if (cutter.endOfRecord(0) === closed.length && this.#maySpan(closed, cutter.fields, true)) return text;
    }
    return text.slice(lineEnd + 1);
  }

  /** Whether a last line is none: it says nothing, or what is left out. */
  #isNothing(raw: string): boolean {
    if (raw === "") return true;
    const fields = splitRecord(raw, this.#dialect);
    const { headers, totals, comments } = this.leftOut;
    const nothing = fields !== undefined && this.#isLeftOut(fields, raw);
    // Said here only: nobody else will see this line.
    if (!nothing) Object.assign(this.leftOut, { headers, totals, comments });
    return nothing;
  }
}
