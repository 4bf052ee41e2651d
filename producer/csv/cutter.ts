/**
 * Text cut into records where quotes must be considered: a record may span lines, and its end is only known when
 * its quotes are closed. A quote opens a field at its beginning (spaces before it do not count) and is a character
 * like any other inside one: `5" tube` is read as it stands, as spreadsheets do.
 */
import { parse } from "csv-parse/sync";
import type { Cut } from "./dialect.ts";

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const BACKSLASH = 0x5c;

/** Outcomes of `endOfRecord` other than an index. */
export const BAD = -1;
export const UNFINISHED = -2;

/** The text without the line end that closes it. */
export function withoutLineEnd(text: string): string {
  let end = text.length;
  if (text.charCodeAt(end - 1) === LF) end--;
  while (end > 0 && text.charCodeAt(end - 1) === CR) end--;
  return end === text.length ? text : text.substring(0, end);
}

export class Cutter {
  /** Of the last record: how many fields it has, and whether one of them was quoted. */
  fields = 0;
  quoted = false;
  /** Whether spaces stand around a quoted field. */
  spaced = false;
  readonly #text: string;
  readonly #any: boolean;
  readonly #delimiter: number;
  readonly #quote: string;
  readonly #mark: number;
  readonly #backslash: boolean;
  #nextCr = -1;
  #nextLf = -1;
  #nextQuote = -1;

  /** The text ends with a line end. */
  constructor(text: string, cut: Cut) {
    this.#text = text;
    this.#any = cut.lineEnd === "any";
    this.#delimiter = cut.delimiter.charCodeAt(0);
    this.#quote = cut.quote ?? "";
    this.#mark = cut.quote === null ? -1 : cut.quote.charCodeAt(0);
    this.#backslash = cut.escape === "\\";
  }

  /** The index after the line that begins at `from`, its line end included. `from` only grows. */
  lineAfter(from: number): number {
    const text = this.#text;
    if (this.#nextLf < from) this.#nextLf = indexOrEnd(text, "\n", from);
    if (!this.#any) return Math.min(this.#nextLf + 1, text.length);
    if (this.#nextCr < from) this.#nextCr = indexOrEnd(text, "\r", from);
    const end = Math.min(this.#nextLf, this.#nextCr) + 1;
    return Math.min(end === this.#nextLf && this.#nextCr === end - 1 ? end + 1 : end, text.length);
  }

  /** Whether a quote stands between `from` and `to`. `from` only grows. */
  hasQuote(from: number, to: number): boolean {
    if (this.#mark < 0) return false;
    if (this.#nextQuote < from) this.#nextQuote = indexOrEnd(this.#text, this.#quote, from);
    return this.#nextQuote < to;
  }

  /** The index after the record at `from` and its line end, or BAD, or UNFINISHED where its quotes stay open. */
  endOfRecord(from: number): number {
    const text = this.#text;
    this.fields = 0;
    this.quoted = false;
    this.spaced = false;
    for (let i = from; ; ) {
      this.fields++;
      const field = i;
      let start = i;
      while (text.charCodeAt(start) === SPACE) start++;
      if (text.charCodeAt(start) === this.#mark) {
        i = this.#closing(start + 1);
        if (i < 0) return UNFINISHED;
        const after = ++i;
        while (text.charCodeAt(i) === SPACE) i++;
        this.quoted = true;
        if (i > after || start > field) this.spaced = true;
        const c = text.charCodeAt(i);
        if (c === this.#delimiter) {
          i++;
          continue;
        }
        return this.#afterLineEnd(i);
      }
      for (;;) {
        const c = text.charCodeAt(i);
        if (c === this.#delimiter) break;
        if (c === LF || (c === CR && this.#any) || i >= text.length) return this.#afterLineEnd(i);
        i++;
      }
      i++;
    }
  }

  /** The index of the quote that closes what is quoted from `from` on; -1: none does. */
  #closing(from: number): number {
    const text = this.#text;
    for (let i = text.indexOf(this.#quote, from); i >= 0; i = text.indexOf(this.#quote, i + 1)) {
      if (this.#backslash) {
        let slashes = 0;
        while (i - slashes > from && text.charCodeAt(i - slashes - 1) === BACKSLASH) slashes++;
        if (slashes % 2 === 0) return i;
      } else if (text.charCodeAt(i + 1) === this.#mark) i++;
      else return i;
    }
    return -1;
  }

  /** The index after the line end that stands at `i`; BAD where none does. */
  #afterLineEnd(i: number): number {
    const text = this.#text;
    let at = i;
    if (this.#any) {
      if (text.charCodeAt(at) === CR) return text.charCodeAt(at + 1) === LF ? at + 2 : at + 1;
    } else while (text.charCodeAt(at) === CR) at++;
    if (at >= text.length) return at;
    return text.charCodeAt(at) === LF ? at + 1 : BAD;
  }
}

const indexOrEnd = (text: string, what: string, from: number): number => {
  const at = text.indexOf(what, from);
  return at < 0 ? text.length : at;
};

export const countLines = (text: string, cut: Cut): number => {
  if (cut.lineEnd === "any") return text.match(/\r\n?|\n/g)?.length ?? 0;
  let n = 0;
  for (let i = text.indexOf("\n"); i >= 0; i = text.indexOf("\n", i + 1)) n++;
  return n;
};

/** A quoted field with backslashes, as it stands at the beginning of a field. */
const BACKSLASHED: Readonly<Record<string, RegExp>> = Object.fromEntries(
  ['"', "'"].flatMap((quote) =>
    [",", ";", "\t", "|"].map((delimiter) => [
      delimiter + quote,
      new RegExp(`(?<=^|[${delimiter}]) *${quote}(?:[^${quote}\\\\]|\\\\[\\s\\S])*${quote}`, "g"),
    ]),
  ),
);

/** With backslashes made doubled quotes. A backslash before anything else is one: `C:\new`. */
const doubled = (raw: string, { delimiter, quote, ...cut }: Cut): string =>
  cut.escape !== "\\"
    ? raw
    : raw.replace(BACKSLASHED[`${delimiter}${quote}`] as RegExp, (field) => {
        const open = field.indexOf(quote as string) + 1;
        const inside = field.slice(open, -1);
        const plain = inside.replace(/\\([\\"'])/g, (pair, c) =>
          c === quote ? c + c : c === "\\" ? c : pair,
        );
        return field.slice(0, open) + plain + quote;
      });

/** A record that has quotes, without its line end. */
export interface Quoted {
  readonly raw: string;
  /** Spaces stand around a quoted field: they are no part of a value. */
  readonly spaced: boolean;
}

/** The fields of each record; undefined where one is not CSV. */
export function splitQuoted(records: readonly Quoted[], cut: Cut): (string[] | undefined)[] {
  if (records.length === 0) return [];
  const options = {
    delimiter: cut.delimiter,
    quote: cut.quote,
    escape: cut.quote ?? '"',
    relax_quotes: true,
    relax_column_count: true,
    record_delimiter: ["\n"],
  };
  const attempt = (texts: readonly string[], spaced: boolean): string[][] | undefined => {
    try {
      const all = texts.map((text) => doubled(text, cut)).join("\n");
      const found = parse(all, { ...options, ltrim: spaced, rtrim: spaced });
      return found.length === texts.length ? found : undefined;
    } catch {
      return undefined;
    }
  };
  const found = new Map<Quoted, string[]>();
  for (const spaced of [false, true]) {
    const some = records.filter((record) => record.spaced === spaced);
    if (some.length === 0) continue;
    const raws = some.map(({ raw }) => raw);
    // Together; one by one only where one of them is none.
    const all = attempt(raws, spaced) ?? raws.map((raw) => attempt([raw], spaced)?.[0]);
    some.forEach((record, i) => {
      const fields = all[i];
      if (fields !== undefined) found.set(record, fields);
    });
  }
  return records.map((record) => found.get(record));
}

/** The fields of one record, or undefined when it is not CSV. */
export function splitRecord(raw: string, cut: Cut): string[] | undefined {
  if (cut.quote === null || !raw.includes(cut.quote)) return raw.split(cut.delimiter);
  const cutter = new Cutter(raw, cut);
  if (cutter.endOfRecord(0) !== raw.length) return undefined;
  return splitQuoted([{ raw, spaced: cutter.spaced }], cut)[0];
}
