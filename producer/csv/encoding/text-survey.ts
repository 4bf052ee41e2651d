/**
 * Surveys a whole text in UTF-8 for what decides how it is cut into records: which line ends it has, and whether
 * backslashes stand before quotes.
 */
const LF = 0x0a;
const CR = 0x0d;

export class TextSurvey {
  /** Whether there is an LF. */
  lf = false;
  /** Whether there is a CR that neither LF nor CR follows. */
  loneCr = false;
  /** Whether a backslash stands before a quote. */
  backslashedQuote = false;
  #endsInCr = false;

  /** Adds the next bytes of the text. */
  add(block: Buffer): void {
    if (block.length === 0) return;
    if (!this.lf) this.lf = block.includes(LF);
    if (!this.loneCr) {
      if (this.#endsInCr && block[0] !== LF && block[0] !== CR) this.loneCr = true;
      else if (block.includes(CR)) this.loneCr = /\r[^\r\n]/.test(block.toString("latin1"));
      this.#endsInCr = block[block.length - 1] === CR;
    }
    // This misses a pair that two blocks part. A file that escapes quotes so has more pairs than one.
    if (!this.backslashedQuote && block.includes(0x5c))
      this.backslashedQuote = block.includes('\\"') || block.includes("\\'");
  }

  /** All bytes are added. A CR that ends the text is alone, and counts when no LF ends a line. */
  end(): this {
    if (this.#endsInCr && !this.lf) this.loneCr = true;
    return this;
  }
}
