/**
 * The records of a CSV file in UTF-8, in blocks: each with its fields, the line it begins on and its raw text,
 * without its line end. A record that cannot be read is told as one, never thrown: a line with bad quotes stops
 * only itself, and reading goes on with the next line. Blank lines are skipped. Memory is a block and a record.
 *
 * Lines without a quote, nearly all, are split here; what has quotes goes through csv-parse, a block at a time.
 */
import { isUtf8 } from "node:buffer";
import { readSync } from "node:fs";
import { parse } from "csv-parse/sync";
import type { RejectCode } from "#shared/sentences.ts";
import { SourceRefusal } from "../source-error.ts";

export type Delimiter = "," | ";" | "\t";

const BLOCK_BYTES = 64 * 1024;
/** A longer record is a reject: a quote that is never closed must not hold the file in memory. */
export const MAX_RECORD_BYTES = 1024 * 1024;
/** What is kept of the raw text of a record that is too long. */
const RAW_OF_TOO_LONG = 1000;

const QUOTE = 0x22;
const LF = 0x0a;
const CR = 0x0d;

export interface RecordSink {
  /** `n` counts records from 0, bad ones included. */
  readonly record: (n: number, fields: string[], line: number, raw: string) => void;
  readonly bad: (n: number, code: RejectCode, value: string, line: number, raw: string) => void;
}

export interface LastLine {
  readonly line: number;
  readonly raw: string;
}

export interface ReaderOptions {
  readonly fd: number;
  readonly delimiter: Delimiter;
  /** Whether a last line without a line end is a record. */
  readonly keepOpen: (last: LastLine) => boolean;
  /** Where to begin, a line's beginning. Default: the beginning. */
  readonly from?: { readonly byte: number; readonly line: number };
}

/** Outcomes of `endOfRecord` other than an index. */
const BAD = -1;
const UNFINISHED = -2;

/** The index of the line end (or of the end) that closes the record at `from`, quotes considered. */
function endOfRecord(s: string, from: number, delimiter: number): number {
  let i = from;
  for (;;) {
    if (s.charCodeAt(i) === QUOTE) {
      for (;;) {
        i = s.indexOf('"', i + 1);
        if (i < 0) return UNFINISHED;
        if (s.charCodeAt(i + 1) !== QUOTE) break;
        i++;
      }
      i++;
      if (i >= s.length) return UNFINISHED;
      const c = s.charCodeAt(i);
      if (c === delimiter) {
        i++;
        continue;
      }
      if (c === LF) return i;
      if (c === CR && i + 1 >= s.length) return UNFINISHED;
      return c === CR && s.charCodeAt(i + 1) === LF ? i + 1 : BAD;
    }
    for (;;) {
      if (i >= s.length) return UNFINISHED;
      const c = s.charCodeAt(i);
      if (c === LF) return i;
      if (c === QUOTE) return BAD;
      i++;
      if (c === delimiter) break;
    }
  }
}

const isBlank = (line: string): boolean => line.length === 0 || (line.length < 64 && line.trim() === "");

const countLines = (s: string): number => {
  let n = 0;
  for (let i = s.indexOf("\n"); i >= 0; i = s.indexOf("\n", i + 1)) n++;
  return n;
};

/** What waits for csv-parse until the end of the block, so that records leave in their order. */
interface Waiting {
  readonly n: number;
  readonly line: number;
  readonly raw: string;
  /** null: quoted, to be parsed. */
  readonly fields: string[] | null;
  readonly code: RejectCode | null;
}

export class RecordReader {
  /** The last line when it had no line end; `kept`: it was given as a record. */
  open: (LastLine & { readonly kept: boolean }) | undefined;
  /** Records given so far, bad ones included. */
  records = 0;
  readonly #options: ReaderOptions;
  /** A block, after the bytes of the line that the block before left unfinished. */
  #buffer = Buffer.allocUnsafe(2 * BLOCK_BYTES);
  #kept = 0;
  /** Text of an unfinished quoted record. */
  #text = "";
  #position = 0;
  #line = 1;
  #skipping = false;
  #ended = false;
  #openBytes = 0;

  constructor(options: ReaderOptions) {
    this.#options = options;
    this.#position = options.from?.byte ?? 0;
    this.#line = options.from?.line ?? 1;
  }

  /** Once all is read: where the last line with a line end ended. */
  get end(): { readonly byte: number; readonly line: number } {
    return { byte: this.#position - this.#openBytes, line: this.open?.line ?? this.#line };
  }

  /** Gives the records of the next block; false at the end of the file. Throws SourceRefusal (source.not_utf8). */
  next(sink: RecordSink): boolean {
    if (this.#ended) return false;
    if (this.#kept + BLOCK_BYTES > this.#buffer.length)
      this.#buffer = Buffer.concat([this.#buffer], this.#buffer.length * 2);
    const buffer = this.#buffer;
    const kept = this.#kept;
    const got = readSync(this.#options.fd, buffer, kept, BLOCK_BYTES, this.#position);
    if (got === 0) {
      this.#ended = true;
      this.#finish(sink);
      return false;
    }
    let start = 0;
    if (this.#position === 0 && buffer[0] === 0xef && buffer[1] === 0xbb && buffer[2] === 0xbf) start = 3;
    this.#position += got;
    const filled = kept + got;
    const end = buffer.subarray(kept, filled).lastIndexOf(LF) + 1;
    if (end > 0) this.#give(this.#decode(buffer.subarray(start, kept + end)), sink);
    const from = end > 0 ? kept + end : start;
    buffer.copyWithin(0, from, filled);
    this.#kept = filled - from;
    if (this.#skipping) this.#kept = 0;
    else if (this.#kept > MAX_RECORD_BYTES) this.#giveTooLong(sink);
    return true;
  }

  /** The line goes on: what comes of it is skipped. */
  #giveTooLong(sink: RecordSink): void {
    // Its beginning only: the cut may fall inside a character.
    const raw = (this.#text + this.#buffer.toString("utf8", 0, RAW_OF_TOO_LONG)).slice(0, RAW_OF_TOO_LONG);
    sink.bad(this.records++, "record.too_long", String(MAX_RECORD_BYTES), this.#line, raw);
    this.#line += countLines(this.#text);
    this.#text = "";
    this.#kept = 0;
    this.#skipping = true;
  }

  #decode(bytes: Buffer): string {
    if (!isUtf8(bytes)) throw new SourceRefusal("source.not_utf8", String(this.#line));
    return bytes.toString("utf8");
  }

  /** Whole lines. */
  #give(block: string, sink: RecordSink): void {
    let s = block;
    if (this.#skipping) {
      this.#skipping = false;
      this.#line++;
      s = s.slice(s.indexOf("\n") + 1);
    }
    if (this.#text !== "") s = this.#text + s;
    this.#text = "";
    if (s.indexOf('"') < 0) this.#givePlain(s, sink);
    else this.#giveQuoted(s, sink, false);
  }

  #givePlain(s: string, sink: RecordSink): void {
    const { delimiter } = this.#options;
    for (let i = 0; i < s.length; this.#line++) {
      const end = s.indexOf("\n", i);
      const raw = s.substring(i, s.charCodeAt(end - 1) === CR && end > i ? end - 1 : end);
      i = end + 1;
      if (!isBlank(raw)) sink.record(this.records++, raw.split(delimiter), this.#line, raw);
    }
  }

  #giveQuoted(s: string, sink: RecordSink, atEnd: boolean): void {
    const { delimiter } = this.#options;
    const mark = delimiter.charCodeAt(0);
    const waiting: Waiting[] = [];
    let quote = s.indexOf('"');
    for (let i = 0; i < s.length; ) {
      const lineEnd = s.indexOf("\n", i);
      if (quote >= 0 && quote < i) quote = s.indexOf('"', i);
      const quoted = quote >= 0 && quote < lineEnd;
      let end = lineEnd;
      let code: RejectCode | null = null;
      if (quoted) {
        end = endOfRecord(s, i, mark);
        if (end === UNFINISHED && !atEnd && s.length - i <= MAX_RECORD_BYTES) {
          this.#text = s.slice(i);
          break;
        }
        if (end < 0) {
          code = "record.bad_quotes";
          end = lineEnd;
        }
      }
      const raw = s.substring(i, end > i && s.charCodeAt(end - 1) === CR ? end - 1 : end);
      i = end + 1;
      if (quoted || !isBlank(raw)) {
        const fields = quoted ? null : raw.split(delimiter);
        waiting.push({ n: this.records++, line: this.#line, raw, fields, code });
      }
      this.#line += quoted ? countLines(raw) + 1 : 1;
    }
    this.#parse(waiting, sink);
  }

  #parse(waiting: readonly Waiting[], sink: RecordSink): void {
    const quoted = waiting.filter((w) => w.fields === null && w.code === null);
    const parsed = parseRecords(
      quoted.map((w) => w.raw),
      this.#options.delimiter,
    );
    let next = 0;
    for (const { n, line, raw, fields, code } of waiting) {
      if (code !== null) sink.bad(n, code, raw.slice(0, 80), line, raw);
      else if (fields !== null) sink.record(n, fields, line, raw);
      else {
        const found = parsed[next++];
        if (found === undefined) sink.bad(n, "record.bad_quotes", raw.slice(0, 80), line, raw);
        else sink.record(n, found, line, raw);
      }
    }
  }

  /** The end of the file: what has no line end, and quotes that were never closed. */
  #finish(sink: RecordSink): void {
    if (this.#skipping) return;
    const tail = this.#decode(this.#buffer.subarray(0, this.#kept));
    this.#kept = 0;
    const rest = this.#text + tail;
    this.#text = "";
    if (rest === "") return;
    const unended = !rest.endsWith("\n");
    const cut = unended ? rest.lastIndexOf("\n") + 1 : rest.length;
    const last = rest.slice(cut);
    // A record that spans lines and ends with the file is whole; quotes that stay open reject their line.
    const whole = unended && endOfRecord(`${rest}\n`, 0, this.#options.delimiter.charCodeAt(0));
    const lines = whole === rest.length ? "" : rest.slice(0, cut);
    const final = whole === rest.length ? rest : last;
    if (lines !== "") this.#giveQuoted(lines, sink, true);
    if (isBlank(final)) return;
    this.#openBytes = Buffer.byteLength(final);
    const raw = final.endsWith("\r") ? final.slice(0, -1) : final;
    const open = { line: this.#line, raw };
    const kept = this.#options.keepOpen(open);
    this.open = { ...open, kept };
    if (kept) this.#giveQuoted(`${raw}\n`, sink, true);
  }
}

/** undefined where a record is not CSV. */
function parseRecords(raws: readonly string[], delimiter: Delimiter): (string[] | undefined)[] {
  if (raws.length === 0) return [];
  const options = { delimiter, relax_column_count: true, record_delimiter: ["\n"] };
  const attempt = (text: string, count: number): string[][] | undefined => {
    try {
      const records = parse(text, options);
      return records.length === count ? records : undefined;
    } catch {
      return undefined;
    }
  };
  return attempt(raws.join("\n"), raws.length) ?? raws.map((raw) => attempt(raw, 1)?.[0]);
}

/** The fields of one record, or undefined when it is not CSV. */
export const splitRecord = (raw: string, delimiter: Delimiter): string[] | undefined =>
  raw.includes('"') ? parseRecords([raw], delimiter)[0] : raw.split(delimiter);
