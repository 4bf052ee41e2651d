/**
 * Decides what a line is, once it is split into fields: a record, a reject, or a line that is left out (a blank
 * line, a comment, the header again, a line of totals). Numbers the records and counts what it left out.
 *
 * How many fields a record has: as many as the header. In a line with one delimiter too many or too few nothing tells
 * which value belongs to which column, so it is a reject, and none of its values moves. Two ways of writing are no
 * accident, because many lines share them (dialect/line-widths.ts): each line ends in the same delimiters too many, or
 * lines lack the empty fields at their end.
 */
import type { RejectCode } from "#shared/contract/sentences.ts";
import type { ReadingNote } from "../notes.ts";
import type { Dialect } from "./dialect.ts";
import { areEmptyFrom, isEmpty, lacksEmptyFields } from "./empty-fields.ts";
import { showEscaped } from "./escaped-bytes.ts";
import { type OtherHeader, otherHeader } from "./other-header.ts";
import { beginningOf, MAX_RECORD_BYTES } from "./record-length.ts";
import type { RecordSink } from "./record-sink.ts";
import { splitRecord } from "./split-record.ts";
import { isTotals, TOTALS_BEGIN } from "./totals.ts";

const BYTE_ORDER_MARK = 0xfeff;
/** The character that old DOS programs put at the end of a file. */
const END_OF_FILE = "\x1a";
/** How many characters of a bad record its sentence quotes. */
const QUOTED_OF_BAD = 80;

/** How many lines were left out, and how many records were completed. */
export interface LeftOut {
  comments: number;
  headers: number;
  totals: number;
  /** Records that lacked fields at the end. */
  filled: number;
}

export class RecordCheck {
  /** The number of the next record. */
  records: number;
  readonly leftOut: LeftOut = { comments: 0, headers: 0, totals: 0, filled: 0 };
  /** How many lines were set aside for their number of fields. */
  otherWidth = 0;
  /** How many fields a line has that needs no completing; -1: every line has empty fields to be left out. */
  readonly width: number;
  /** By ASCII code: not 0 when a line that begins with this character may be something else than a record. */
  readonly special: Uint8Array;
  /** The header under which the lines now stand, when it is not the file's. */
  other: OtherHeader | undefined;
  readonly #dialect: Dialect;
  /** The header that the last lines before the end stood under, for the notes. */
  readonly #others: { readonly header: OtherHeader; lines: number }[] = [];

  /** `records`: the number of the first record. */
  constructor(dialect: Dialect, records: number) {
    this.#dialect = dialect;
    this.records = records;
    this.width = dialect.trailing === 0 ? dialect.header.length : -1;
    this.special = specialCharacters(dialect);
  }

  /** What was left out or completed so far, as notes. */
  get notes(): readonly ReadingNote[] {
    const { comments, headers, totals, filled } = this.leftOut;
    const counts = [
      ["comments.left_out", comments],
      ["headers.left_out", headers],
      ["totals.left_out", totals],
      ["records.filled", filled],
    ] as const;
    return [
      ...counts.filter(([, n]) => n > 0).map(([code, n]) => ({ code, what: String(n) })),
      ...this.#others.map(noteOf),
    ];
  }

  /** The headers whose lines were set aside, with how many lines each has. */
  get aside(): readonly { readonly header: OtherHeader; readonly lines: number }[] {
    return this.#others.filter(({ header }) => header.order === null);
  }

  /** Gives a line of any kind to the sink: as a record, as a reject, or not at all. Changes `fields`. */
  give(fields: string[], line: number, raw: string, sink: RecordSink): void {
    const first = raw.charCodeAt(0);
    const kind = first >= 128 || raw === "" ? MAY_BE_ANY : (this.special[first] as number);
    if (kind === MAY_BE_ANY) {
      // Where files were joined, the second one may begin with a byte order mark.
      if (first === BYTE_ORDER_MARK && raw.length > 1) {
        const rest = raw.slice(1);
        const split = splitRecord(rest, this.#dialect);
        if (split !== undefined) {
          this.give(split, line, rest, sink);
          return;
        }
      }
      if (this.isLeftOut(fields, raw)) return;
    }
    if (kind !== RECORD && this.#isOtherHeader(fields, line, raw)) return;
    if (this.other !== undefined) {
      this.#giveUnder(this.other, fields, line, raw, sink);
      return;
    }
    const width = this.#dialect.header.length;
    const count = fields.length;
    if (isWhole(fields, this.#dialect)) fields.length = width;
    else if (isShort(fields, this.#dialect)) {
      this.leftOut.filled++;
      while (fields.length < width) fields.push("");
    } else {
      const wanted = count === width ? width + this.#dialect.trailing : width;
      this.otherWidth++;
      sink.bad(this.records++, "record.wrong_length", String(count), line, raw, String(wanted));
      return;
    }
    sink.record(this.records++, fields, line, raw);
  }

  /** Whether the line is another header, or the header again in other words. Under another one every line is looked at. */
  #isOtherHeader(fields: readonly string[], line: number, raw: string): boolean {
    // Headers rarely have a digit, and nearly every record has one.
    if (DIGIT.test(raw) && !this.#dialect.header.includes(fields[0] as string)) return false;
    const header = otherHeader(fields, line, this.#dialect);
    if (header === undefined) return false;
    const isSame = header.order?.every((at, i) => at === i) ?? false;
    if (isSame) {
      this.leftOut.headers++;
      this.#returnToHeader();
      return true;
    }
    this.other = header;
    this.#others.push({ header, lines: 0 });
    this.special.fill(MAY_BE_ANY);
    return true;
  }

  /** From here on lines are what they are to a reader that begins here. */
  #returnToHeader(): void {
    this.other = undefined;
    this.special.set(specialCharacters(this.#dialect));
  }

  /** Gives a line that stands under another header: its fields in the order of the file's header, or set aside. */
  #giveUnder(
    { order, width, line: at }: OtherHeader,
    fields: string[],
    line: number,
    raw: string,
    sink: RecordSink,
  ): void {
    const last = this.#others.at(-1);
    if (last !== undefined) last.lines++;
    const whole = width + this.#dialect.trailing;
    if (order === null) sink.bad(this.records++, "record.other_header", String(at), line, raw, "");
    else if (fields.length !== whole || !areEmptyFrom(fields, width)) {
      this.otherWidth++;
      sink.bad(this.records++, "record.wrong_length", String(fields.length), line, raw, String(whole));
    } else
      sink.record(
        this.records++,
        order.map((i) => fields[i] ?? ""),
        line,
        raw,
      );
  }

  /** Gives a record that cannot be read. */
  giveBad(code: RejectCode, line: number, raw: string, sink: RecordSink): void {
    const shown = showEscaped(raw);
    const more = code === "record.too_long" ? String(MAX_RECORD_BYTES) : "";
    sink.bad(this.records++, code, beginningOf(shown, QUOTED_OF_BAD), line, shown, more);
  }

  /** Whether a line is left out: a blank line, a comment, the header again or totals. Counts it when it is. */
  isLeftOut(fields: readonly string[], raw: string): boolean {
    const { comment, header, labels } = this.#dialect;
    if (fields.every(isEmpty) || raw === END_OF_FILE) return true;
    if (comment !== null && raw.startsWith(comment)) {
      this.leftOut.comments++;
      return true;
    }
    if (fields[0] === header[0] && this.#isHeader(fields)) {
      this.leftOut.headers++;
      this.#returnToHeader();
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
      header.every((name, i) => fields[i] === name) &&
      areEmptyFrom(fields, header.length)
    );
  }
}

/** Whether a line has the fields of the header, and the empty ones of the trailing delimiters. */
export const isWhole = (
  fields: readonly string[],
  { header, trailing }: Pick<Dialect, "header" | "trailing">,
): boolean => fields.length === header.length + trailing && areEmptyFrom(fields, header.length);

/** Whether a line lacks empty fields at its end, in a file whose lines do. */
const isShort = (fields: readonly string[], { header, ragged, least }: Dialect): boolean =>
  ragged && lacksEmptyFields(fields, header.length, least);

/** What a line may be that begins with a character: see `specialCharacters`. */
const RECORD = 0;
const MAY_BE_ANY = 1;
const MAY_BE_HEADER = 2;
const DIGIT = /\d/;

const noteOf = ({ header, lines }: { readonly header: OtherHeader; readonly lines: number }): ReadingNote =>
  header.order === null
    ? { code: "headers.aside", what: `${header.line}: ${lines}`, more: header.unknown.join(", ") }
    : { code: "headers.other", what: String(header.line), more: String(lines) };

/** Lines that begin with another character are records if they have as many fields as the header. */
function specialCharacters({ comment, header, quote, delimiter }: Dialect): Uint8Array {
  const special = new Uint8Array(128);
  for (const letters of ["A", "a"]) {
    const from = letters.charCodeAt(0);
    special.fill(MAY_BE_HEADER, from, from + 26);
  }
  const first = `${comment ?? ""}${header[0]?.[0] ?? ""}${quote ?? ""}`;
  for (const c of `\t\n\r${END_OF_FILE} ${delimiter}${TOTALS_BEGIN}${first}`) {
    const code = c.charCodeAt(0);
    if (code < 128) special[code] = MAY_BE_ANY;
  }
  return special;
}
