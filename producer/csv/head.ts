/** The beginning of a file as text: where its header is looked for. */
import { isUtf8 } from "node:buffer";
import { readSync } from "node:fs";
import { BAD, Cutter, countLines, splitRecord, withoutLineEnd } from "./cutter.ts";
import type { Cut, Place } from "./dialect.ts";
import { bytesOf, decodeEscaped, showEscaped } from "./escaped-bytes.ts";

const HEAD_BYTES = 512 * 1024;
const LF = 0x0a;
const CR = 0x0d;

export interface Head {
  /** Whole lines, each with its line end. */
  readonly text: string;
  /** Where it begins in the file. */
  readonly from: Place;
  /** Whether bytes of it are no UTF-8. */
  readonly escaped: boolean;
  /** Whether it is the whole file. */
  readonly whole: boolean;
}

/** A record of the head, a bad one by its raw text alone. */
export interface HeadRecord {
  readonly fields: readonly string[] | undefined;
  readonly raw: string;
  readonly line: number;
  /** Characters of the head before it. */
  readonly start: number;
  /** Characters of the head before what comes after it, and the line of that. */
  readonly end: number;
  readonly next: number;
}

export function readHead(fd: number, size: number, from: number): Head {
  const bytes = Buffer.alloc(Math.min(HEAD_BYTES, Math.max(0, size - from)));
  const got = bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, from));
  const whole = from + got.length >= size;
  const lineEnd = Math.max(got.lastIndexOf(LF), got.subarray(0, -1).lastIndexOf(CR)) + 1;
  const lines = whole ? got : got.subarray(0, lineEnd);
  const escaped = !isUtf8(lines);
  const text = escaped ? decodeEscaped(lines) : lines.toString("utf8");
  const ended = /[\r\n]$/.test(text) || text === "";
  return { text: ended ? text : `${text}\n`, from: { byte: from, line: 1 }, escaped, whole };
}

/** The head without its first line. */
export function withoutFirstLine(head: Head): Head {
  const end = /\r\n?|\n/.exec(head.text);
  const at = end === null ? head.text.length : end.index + end[0].length;
  const from = {
    byte: head.from.byte + bytesOf(head.text.slice(0, at), head.escaped),
    line: head.from.line + 1,
  };
  return { ...head, text: head.text.slice(at), from };
}

export const placeIn = (head: Head, end: number, line: number): Place => ({
  byte: head.from.byte + bytesOf(head.text.slice(0, end), head.escaped),
  line,
});

/** Its first records, blank lines left out. */
export function* recordsOf(head: Head, cut: Cut): Generator<HeadRecord, void> {
  const { text } = head;
  const cutter = new Cutter(text, cut);
  let line = head.from.line;
  for (let i = 0; i < text.length; ) {
    const after = cutter.lineAfter(i);
    const quoted = cutter.hasQuote(i, after);
    const end = quoted ? cutter.endOfRecord(i) : after;
    const bad = end <= BAD;
    const stop = bad ? after : end;
    const raw = withoutLineEnd(text.slice(i, stop));
    const next = line + (stop > after ? countLines(text.slice(i, stop), cut) : 1);
    const fields = bad ? undefined : splitRecord(raw, cut)?.map(showEscaped);
    if (raw.trim() !== "") yield { fields, raw, line, start: i, end: stop, next };
    line = next;
    i = stop;
  }
}
