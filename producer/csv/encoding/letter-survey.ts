/**
 * Counts the bytes beyond ASCII of a file that is not UTF-8: how often each stands, and beside what; and how many
 * of them would be characters in UTF-8. letter-sense.ts judges encodings by these counts. They are of the whole
 * file, so that one odd word decides nothing.
 */

export class LetterSurvey {
  /** How many bytes beyond ASCII there are, and how many of each, from 0x80 on. */
  total = 0;
  readonly count = new Uint32Array(128);
  /** Of each, how many stand after a lower-case letter, after a digit, between two letters, beside no letter. */
  readonly afterLower = new Uint32Array(128);
  readonly afterDigit = new Uint32Array(128);
  readonly between = new Uint32Array(128);
  readonly alone = new Uint32Array(128);
  /** How many sequences of UTF-8 are Latin letters or their punctuation. */
  usual = 0;
  /** How many other sequences are valid UTF-8. */
  unusual = 0;
  /** How many sequences and bytes are not valid UTF-8. */
  bad = 0;
  /** The line of the first of them. */
  badLine = 0;
  #line = 1;
  #before = 0;
  /** The byte beyond ASCII that was read last, less 0x80, and the byte before it; -1: it is counted already. */
  #high = -1;
  #beforeHigh = 0;
  /** How many bytes the sequence of UTF-8 still lacks, and the code point as far as it is read. */
  #need = 0;
  #point = 0;

  /** Adds the next bytes of the file. */
  add(block: Buffer): void {
    for (let i = 0; i < block.length; i++) {
      const byte = block[i] as number;
      if (this.#high >= 0) this.#countHigh(byte);
      if (byte >= 0x80) {
        this.#high = byte - 0x80;
        this.#beforeHigh = this.#before;
        this.#utf8(byte);
      } else {
        if (this.#need > 0) this.#broken();
        if (byte === 0x0a) this.#line++;
      }
      this.#before = byte;
    }
  }

  /** All bytes are added. */
  end(): void {
    if (this.#high >= 0) this.#countHigh(0);
    if (this.#need > 0) this.#broken();
  }

  /** Counts the byte beyond ASCII that was read last, now that the byte after it is known. */
  #countHigh(after: number): void {
    const at = this.#high;
    const before = this.#beforeHigh;
    this.#high = -1;
    this.total++;
    this.count[at] = (this.count[at] as number) + 1;
    const add = (counts: Uint32Array) => {
      counts[at] = (counts[at] as number) + 1;
    };
    if (before >= 0x61 && before <= 0x7a) add(this.afterLower);
    if (before >= 0x30 && before <= 0x39) add(this.afterDigit);
    const [left, right] = [isLetter(before), isLetter(after)];
    if (left && right) add(this.between);
    else if (!left && !right) add(this.alone);
  }

  /** Reads a byte beyond ASCII as UTF-8. */
  #utf8(byte: number): void {
    if (this.#need > 0 && byte < 0xc0) {
      this.#point = (this.#point << 6) | (byte & 0x3f);
      if (--this.#need > 0) return;
      if (isUsual(this.#point)) this.usual++;
      else this.unusual++;
      return;
    }
    if (this.#need > 0) this.#broken();
    if (byte >= 0xc2 && byte < 0xf5) {
      this.#need = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
      this.#point = byte & (0x3f >> this.#need);
    } else this.#broken();
  }

  #broken(): void {
    this.#need = 0;
    if (this.bad++ === 0) this.badLine = this.#line;
  }
}

const isLetter = (byte: number): boolean => (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;

/** Whether a code point is a Latin letter, or punctuation that is usual beside Latin letters. */
const isUsual = (point: number): boolean =>
  (point >= 0xa0 && point < 0x180) || (point >= 0x2010 && point < 0x2050) || point === 0x20ac;
