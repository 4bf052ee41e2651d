/** The head: the beginning of a file, as text. The header is searched for in it, and its first records are a sample. */
import { readSync } from "node:fs";
import { Cutter } from "../records/cutter.ts";
import type { Cut, Place } from "../records/dialect.ts";
import { bytesOf, decode, showEscaped } from "../records/escaped-bytes.ts";
import { countLines, withoutLineEnd } from "../records/line-ends.ts";
import { splitRecord } from "../records/split-record.ts";

const HEAD_BYTES = 512 * 1024;
/** How many records of the head are looked at for what they have in common. */
export const SAMPLE = 1000;
const BYTE_ORDER_MARK = "\uFEFF";
const BYTE_ORDER_MARK_BYTES = 3;
const LF = 0x0a;
const CR = 0x0d;

export interface Head {
  /** Whole lines, each with its line end. */
  readonly text: string;
  /** Where the text begins in the file. */
  readonly from: Place;
  /** Whether some of its bytes are not UTF-8. */
  readonly escaped: boolean;
  /** Whether the text is the whole file. */
  readonly whole: boolean;
}

/** A record of the head. */
export interface HeadRecord {
  /** undefined: the record is not valid CSV. */
  readonly fields: readonly string[] | undefined;
  readonly raw: string;
  readonly line: number;
  /** Where the record begins in the text of the head. */
  readonly start: number;
  /** Where the text after its line end begins, and on which line. */
  readonly end: number;
  readonly next: number;
}

/** Reads the head from the byte `from` on; `size`: of the file, in bytes. */
export function readHead(fd: number, size: number, from: number): Head {
  const bytes = Buffer.alloc(Math.min(HEAD_BYTES, Math.max(0, size - from)));
  const got = bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, from));
  const whole = from + got.length >= size;
  const lineEnd = Math.max(got.lastIndexOf(LF), got.subarray(0, -1).lastIndexOf(CR)) + 1;
  const lines = whole ? got : got.subarray(0, lineEnd);
  const { text, escaped } = decode(lines);
  const ended = /[\r\n]$/.test(text) || text === "";
  return { text: ended ? text : `${text}\n`, from: { byte: from, line: 1 }, escaped, whole };
}

/** The head without the byte order marks at its beginning. */
export function withoutMarks(head: Head): Head {
  let { text, from } = head;
  while (text.startsWith(BYTE_ORDER_MARK)) {
    text = text.slice(BYTE_ORDER_MARK.length);
    from = { ...from, byte: from.byte + BYTE_ORDER_MARK_BYTES };
  }
  return { ...head, text, from };
}

/** The head without its first line. */
export function withoutFirstLine(head: Head): Head {
  const lineEnd = /\r\n?|\n/.exec(head.text);
  const end = lineEnd === null ? head.text.length : lineEnd.index + lineEnd[0].length;
  return { ...head, text: head.text.slice(end), from: placeIn(head, end, head.from.line + 1) };
}

/** The place in the file of the index `end` of the text, which is on this line. */
export const placeIn = (head: Head, end: number, line: number): Place => ({
  byte: head.from.byte + bytesOf(head.text.slice(0, end), head.escaped),
  line,
});

/** The records of the head, without blank lines. */
export function* recordsOf(head: Head, cut: Cut): Generator<HeadRecord, void> {
  const { text } = head;
  const cutter = new Cutter(text, cut);
  let line = head.from.line;
  for (let i = 0; i < text.length; ) {
    const after = cutter.lineAfter(i);
    const quoted = cutter.hasQuote(i, after);
    const end = quoted ? cutter.endOfRecord(i) : after;
    const bad = end < 0;
    const stop = bad ? after : end;
    const raw = withoutLineEnd(text.slice(i, stop));
    const next = line + (stop > after ? countLines(text.slice(i, stop), cut.lineEnd) : 1);
    const fields = bad ? undefined : splitRecord(raw, cut)?.map(showEscaped);
    if (raw.trim() !== "") yield { fields, raw, line, start: i, end: stop, next };
    line = next;
    i = stop;
  }
}
