/**
 * Finds where lines and records end in a text that has quotes. A record may span lines: it ends at the first line end
 * outside its quotes. A quote opens a quoted field only at the beginning of the field, with or without spaces before
 * it. Anywhere else in a field it is an ordinary character: `5" tube` is read as it stands, as spreadsheets do. But a
 * quote inside one field and a quote at the end of a later one may have enclosed the delimiters between them, as when
 * the delimiter before a quoted field is missing: `ok"a, b"`. Such a record is BAD.
 */
import type { Cut } from "./dialect.ts";

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const BACKSLASH = 0x5c;

/** What `endOfRecord` returns when its quotes are wrong: text follows a closing one, or none opens where one closes. */
const BAD = -1;
/** What `endOfRecord` returns when the text ends inside quotes. */
export const UNFINISHED = -2;

export class Cutter {
  /** How many fields the record has that `endOfRecord` saw last. */
  fields = 0;
  /** Whether one of its fields is quoted. */
  quoted = false;
  /** Whether spaces stand around one of its quoted fields. */
  spaced = false;
  readonly #text: string;
  /** Whether a CR alone ends a line. */
  readonly #any: boolean;
  readonly #delimiter: number;
  readonly #quote: string;
  /** The code of the quote; -1 without quotes. */
  readonly #quoteCode: number;
  readonly #backslash: boolean;
  /** Where the next CR, LF and quote stand, as far as the methods below polled. */
  #nextCr = -1;
  #nextLf = -1;
  #nextQuote = -1;

  /** `lineAfter` needs a text that ends with a line end. */
  constructor(text: string, cut: Cut) {
    this.#text = text;
    this.#any = cut.lineEnd === "any";
    this.#delimiter = cut.delimiter.charCodeAt(0);
    this.#quote = cut.quote ?? "";
    this.#quoteCode = cut.quote === null ? -1 : cut.quote.charCodeAt(0);
    this.#backslash = cut.escape === "\\";
  }

  /** The index after the line that begins at `from`, and after its line end. `from` must not go back. */
  lineAfter(from: number): number {
    const text = this.#text;
    if (this.#nextLf < from) this.#nextLf = indexOrEnd(text, "\n", from);
    if (!this.#any) return Math.min(this.#nextLf + 1, text.length);
    if (this.#nextCr < from) this.#nextCr = indexOrEnd(text, "\r", from);
    const end = Math.min(this.#nextLf, this.#nextCr) + 1;
    return Math.min(end === this.#nextLf && this.#nextCr === end - 1 ? end + 1 : end, text.length);
  }

  /** Whether a quote stands between `from` and `to`. `from` must not go back. */
  hasQuote(from: number, to: number): boolean {
    if (this.#quoteCode < 0) return false;
    if (this.#nextQuote < from) this.#nextQuote = indexOrEnd(this.#text, this.#quote, from);
    return this.#nextQuote < to;
  }

  /** The index after the record that begins at `from`, and after its line end; BAD or UNFINISHED, below 0. */
  endOfRecord(from: number): number {
    const text = this.#text;
    this.fields = 0;
    this.quoted = false;
    this.spaced = false;
    let opened = 0;
    for (let i = from; ; ) {
      this.fields++;
      const field = i;
      let start = i;
      while (text.charCodeAt(start) === SPACE) start++;
      if (text.charCodeAt(start) === this.#quoteCode) {
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
      let inside = false;
      for (;;) {
        const c = text.charCodeAt(i);
        if (c === this.#delimiter || c === LF || c === CR || i >= text.length) {
          const closes = i > start && text.charCodeAt(i - 1) === this.#quoteCode;
          if (closes && opened > 0) return BAD;
          if (c === this.#delimiter) break;
          if (c !== CR || this.#any) return this.#afterLineEnd(i);
        }
        if (c === this.#quoteCode) inside = true;
        i++;
      }
      if (inside) opened++;
      i++;
    }
  }

  /** The index of the quote that closes the quoted text that begins at `from`; -1 when no quote closes it. */
  #closing(from: number): number {
    const text = this.#text;
    for (let i = text.indexOf(this.#quote, from); i >= 0; i = text.indexOf(this.#quote, i + 1)) {
      if (this.#backslash) {
        let slashes = 0;
        while (i - slashes > from && text.charCodeAt(i - slashes - 1) === BACKSLASH) slashes++;
        if (slashes % 2 === 0) return i;
      } else if (text.charCodeAt(i + 1) === this.#quoteCode) i++;
      else return i;
    }
    return -1;
  }

  /** The index after the line end at `i`; BAD when there is none at `i`. */
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
