/**
 * Reads the records of a CSV file in UTF-8, block by block: each with its fields, the number of the line on which it
 * begins, and its raw text. A record that cannot be read is given as a reject, never thrown; reading goes on with
 * the next line. Lines that are not data are left out: the header, comments, blank lines, lines of totals.
 *
 * Memory holds a block and a record, however large the file is. How the file is cut into blocks changes no record.
 *
 * Bytes go one way: line-buffer.ts makes whole lines of blocks, plain-lines.ts or quoted-lines.ts cuts them into
 * records, and record-check.ts gives each to the sink.
 */
import type { ReadingNote } from "../notes.ts";
import type { Dialect } from "./dialect.ts";
import { bytesOf, decode, showEscaped } from "./escaped-bytes.ts";
import { startOfOpenPart } from "./last-line.ts";
import { LineBuffer } from "./line-buffer.ts";
import { withoutLineEnd } from "./line-ends.ts";
import { givePlainLines } from "./plain-lines.ts";
import { cutLines, givePieces } from "./quoted-lines.ts";
import { type LeftOut, RecordCheck } from "./record-check.ts";
import { beginningOf, KEPT_OF_TOO_LONG } from "./record-length.ts";
import type { LastLine, RecordPlace, RecordSink } from "./record-sink.ts";
import { splitRecord } from "./split-record.ts";

const BLOCK_BYTES = 64 * 1024;

export interface ReaderOptions {
  readonly fd: number;
  readonly dialect: Dialect;
  /** Where reading begins; by default where the dialect says that the first record begins. */
  readonly from?: RecordPlace | undefined;
  /** Asked once, at the end of the file: whether a last line without a line end is a record. */
  readonly keepOpen: (last: LastLine) => boolean;
  /** How many bytes are read at once. */
  readonly blockBytes?: number;
}

export class RecordReader {
  /** The last line when no line end closed it; `kept`: it was given as a record. Set at the end of the file. */
  open: (LastLine & { readonly kept: boolean }) | undefined;
  /** How many records have a quoted field. */
  quoted = 0;
  readonly #keepOpen: ReaderOptions["keepOpen"];
  readonly #dialect: Dialect;
  readonly #buffer: LineBuffer;
  readonly #check: RecordCheck;
  /** The number of the next line to be given. */
  #line: number;
  #ended = false;
  #end: RecordPlace;

  constructor(options: ReaderOptions) {
    const { fd, dialect, from = { ...dialect.data, record: 0 }, blockBytes = BLOCK_BYTES } = options;
    this.#keepOpen = options.keepOpen;
    this.#dialect = dialect;
    this.#buffer = new LineBuffer(fd, dialect.lineEnd, from.byte, blockBytes);
    this.#check = new RecordCheck(dialect, from.record);
    this.#line = from.line;
    this.#end = from;
  }

  /** The number of the next record: how many were given so far, rejects included, and those before `from`. */
  get records(): number {
    return this.#check.records;
  }

  get leftOut(): Readonly<LeftOut> {
    return this.#check.leftOut;
  }

  /** How many lines were set aside so far for their number of fields. */
  get otherWidth(): number {
    return this.#check.otherWidth;
  }

  /** The headers of other files in the middle, whose lines were set aside. */
  get aside(): RecordCheck["aside"] {
    return this.#check.aside;
  }

  /** What was left out or completed so far, as notes for the operator. */
  get notes(): readonly ReadingNote[] {
    return this.#check.notes;
  }

  /**
   * Where the last record ends that bytes appended to the file cannot change. It is before a last line without a
   * line end, and before a record whose quotes are open at the end of the file. When the file has grown, another
   * reader may continue `from` here.
   */
  get end(): RecordPlace {
    return this.#end;
  }

  /**
   * Whether at most an open last line was given after `end`, and the lines there stand under the file's header. Only then
   * may another reader continue from there.
   */
  get settled(): boolean {
    return (
      this.#check.other === undefined &&
      this.records === this.#end.record + (this.open?.kept === true ? 1 : 0)
    );
  }

  /** Gives the records that the next block completes; false at the end of the file, when all are given. */
  next(sink: RecordSink): boolean {
    if (this.#ended) return false;
    const buffer = this.#buffer;
    const outcome = buffer.read();
    if (outcome === "end") {
      this.#ended = true;
      this.#giveRest(sink);
      return false;
    }
    if (outcome === "skipping") return true;
    const { lines } = buffer;
    if (lines !== undefined) buffer.remove(this.#giveLines(lines, buffer.beyond, sink));
    this.#end = { byte: buffer.position, line: this.#line, record: this.records };
    if (buffer.isLineTooLong) this.#dropLine(sink);
    return true;
  }

  /** Gives whole lines; `beyond`: how many bytes were read after them. Returns how many bytes are done with. */
  #giveLines(bytes: Buffer, beyond: number, sink: RecordSink): number {
    const { text, escaped } = decode(bytes);
    const careful = escaped || bytes.includes(0);
    const { quote, lineEnd, delimiter } = this.#dialect;
    if (!careful && (quote === null || text.indexOf(quote) < 0)) {
      const lines = lineEnd === "any" ? text.replace(/\r\n?/g, "\n") : text;
      this.#line = givePlainLines(lines, this.#line, delimiter, this.#check, sink);
      return bytes.length;
    }
    const done = this.#giveCut(text, careful, beyond, sink);
    return done === text.length ? bytes.length : bytes.length - bytesOf(text.slice(done), escaped);
  }

  /** Gives lines that may have quotes or unreadable bytes. Returns how much of the text is done with. */
  #giveCut(text: string, careful: boolean, beyond: number | null, sink: RecordSink): number {
    const cut = cutLines({ text, line: this.#line, careful, beyond }, this.#dialect);
    this.#line = cut.line;
    this.quoted += cut.quoted;
    this.#check.leftOut.comments += cut.comments;
    givePieces(cut.pieces, this.#dialect, this.#check, sink);
    return cut.done;
  }

  /** Gives a line that is too long as a reject, before all of it is read. */
  #dropLine(sink: RecordSink): void {
    // Enough bytes for the characters that are kept. The last character may be cut; it is not kept.
    const start = decode(this.#buffer.rest.subarray(0, 4 * KEPT_OF_TOO_LONG)).text;
    this.#check.giveBad("record.too_long", this.#line++, beginningOf(start, KEPT_OF_TOO_LONG), sink);
    this.#buffer.dropLine();
  }

  /** At the end of the file, gives the lines whose quotes were never closed, and the last line if it is open. */
  #giveRest(sink: RecordSink): void {
    const { rest } = this.#buffer;
    const { text, escaped } = decode(rest);
    const careful = escaped || rest.includes(0);
    const start = startOfOpenPart(text, this.#dialect);
    if (start > 0) this.#giveCut(text.slice(0, start), careful, null, sink);
    const raw = withoutLineEnd(text.slice(start));
    if (raw === "" || this.#isLeftOut(raw)) return;
    const open = { line: this.#line, raw: showEscaped(raw) };
    const kept = this.#keepOpen(open);
    this.open = { ...open, kept };
    if (kept) this.#giveCut(`${raw}\n`, careful, null, sink);
  }

  /** Whether the open last line is a comment or another line that is left out. */
  #isLeftOut(raw: string): boolean {
    const fields = splitRecord(raw, this.#dialect);
    return fields !== undefined && this.#check.isLeftOut(fields, raw);
  }
}
