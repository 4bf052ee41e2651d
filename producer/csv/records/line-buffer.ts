/**
 * Reads a file block by block and gives its bytes as whole lines. What a block leaves unfinished stays here until
 * the next block completes it. The buffer holds a block and at most one record: `dropLine` gives up a line that is
 * too long, and skips what is still to come of it.
 */
import { readSync } from "node:fs";
import type { Cut } from "./dialect.ts";
import { MAX_RECORD_BYTES } from "./record-length.ts";

const LF = 0x0a;
const CR = 0x0d;

/** How many CRs at the end of the buffer may be the beginning of a line end, whose LF the next block brings. */
const MOST_CRS = 16;

/** What `read` did: it added bytes, it found nothing but more of a dropped line, or the file has ended. */
export type ReadOutcome = "more" | "skipping" | "end";

export class LineBuffer {
  readonly #fd: number;
  readonly #lineEnd: Cut["lineEnd"];
  readonly #blockBytes: number;
  #bytes: Buffer;
  /** How many bytes are in use: first `#wholeBytes` of whole lines, then the line that is unfinished. */
  #length = 0;
  #wholeBytes = 0;
  /** Whether the last block completed a line. */
  #hasNewLine = false;
  /** Whether what is read belongs to a line that was dropped. */
  #skipping = false;
  /** Where the next block begins in the file. */
  #position: number;

  /** Reads from the byte `position` on, `blockBytes` at once. */
  constructor(fd: number, lineEnd: Cut["lineEnd"], position: number, blockBytes: number) {
    this.#fd = fd;
    this.#lineEnd = lineEnd;
    this.#position = position;
    this.#blockBytes = blockBytes;
    this.#bytes = Buffer.allocUnsafe(2 * blockBytes);
  }

  /** Where the first byte of the buffer stands in the file. */
  get position(): number {
    return this.#position - this.#length;
  }

  /** The whole lines to be given now; undefined until a block completes a line, or the buffer is too full to wait. */
  get lines(): Buffer | undefined {
    const full = this.#length > MAX_RECORD_BYTES && this.#wholeBytes > 0;
    return this.#hasNewLine || full ? this.#bytes.subarray(0, this.#wholeBytes) : undefined;
  }

  /** How many bytes of the unfinished line there are. */
  get beyond(): number {
    return this.#length - this.#wholeBytes;
  }

  /** All bytes that are held; none while a dropped line is skipped. */
  get rest(): Buffer {
    return this.#bytes.subarray(0, this.#skipping ? 0 : this.#length);
  }

  /** Whether the buffer holds nothing but the beginning of a line that is too long already. */
  get isLineTooLong(): boolean {
    if (this.#wholeBytes > 0) return false;
    let length = this.#length;
    for (let n = 0; n < MOST_CRS && length > 0 && this.#bytes[length - 1] === CR; n++) length--;
    return length > MAX_RECORD_BYTES;
  }

  /** Reads the next block. */
  read(): ReadOutcome {
    const from = this.#length;
    const needed = from + this.#blockBytes;
    if (needed > this.#bytes.length)
      this.#bytes = Buffer.concat([this.#bytes], Math.max(needed, this.#bytes.length * 2));
    const got = readSync(this.#fd, this.#bytes, from, this.#blockBytes, this.#position);
    if (got === 0) return "end";
    this.#position += got;
    this.#length += got;
    const skipped = this.#skipping;
    if (skipped && !this.#skipLine()) return "skipping";
    const end = this.#afterLastLine(skipped ? 0 : from);
    this.#hasNewLine = end > 0;
    if (end > 0) this.#wholeBytes = end;
    return "more";
  }

  /** Removes so many bytes of the whole lines, from the beginning. */
  remove(bytes: number): void {
    this.#bytes.copyWithin(0, bytes, this.#length);
    this.#length -= bytes;
    this.#wholeBytes = Math.max(0, this.#wholeBytes - bytes);
  }

  /** Empties the buffer in the middle of a line: `read` skips the rest of that line. */
  dropLine(): void {
    this.#length = 0;
    this.#skipping = true;
  }

  /** Removes what belongs to the dropped line; false when the line goes on. */
  #skipLine(): boolean {
    const end = this.#afterFirstLine();
    if (end > 0) {
      this.#skipping = false;
      this.remove(end);
      return true;
    }
    // A CR at the end may be the first half of a line end.
    const half = this.#lineEnd === "any" && this.#length > 0 && this.#bytes[this.#length - 1] === CR ? 1 : 0;
    this.remove(this.#length - half);
    return false;
  }

  /** The index after the first line end; 0 when there is none, or when the next byte may still belong to it. */
  #afterFirstLine(): number {
    const bytes = this.#bytes.subarray(0, this.#length);
    const lf = bytes.indexOf(LF);
    if (this.#lineEnd === "lf") return lf + 1;
    const cr = bytes.indexOf(CR);
    if (cr < 0 || (lf >= 0 && lf < cr)) return lf + 1;
    if (cr + 1 === bytes.length) return 0;
    return bytes[cr + 1] === LF ? cr + 2 : cr + 1;
  }

  /** The index after the last line end at or after `from`; 0 when there is none. */
  #afterLastLine(from: number): number {
    const bytes = this.#bytes;
    const lf = bytes.subarray(from, this.#length).lastIndexOf(LF);
    const afterLf = lf < 0 ? 0 : from + lf + 1;
    if (this.#lineEnd === "lf") return afterLf;
    // A CR was last in the block before: only now is it known whether an LF follows it.
    const start = Math.max(0, from - 1);
    const cr = bytes.subarray(start, Math.max(start, this.#length - 1)).lastIndexOf(CR);
    const afterCr = cr < 0 ? 0 : start + cr + 1;
    return Math.max(afterLf, afterCr > 0 && bytes[afterCr] === LF ? afterCr + 1 : afterCr);
  }
}
