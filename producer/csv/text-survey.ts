/** What the whole of a text in UTF-8 has that decides how it is cut: which line ends, backslashes before quotes. */
const LF = 0x0a;
const CR = 0x0d;

export class TextSurvey {
  lf = false;
  /** A CR that no LF follows. */
  loneCr = false;
  backslashedQuote = false;
  #endsInCr = false;

  add(block: Buffer): void {
    if (block.length === 0) return;
    if (!this.lf) this.lf = block.includes(LF);
    if (!this.loneCr) {
      if (this.#endsInCr && block[0] !== LF && block[0] !== CR) this.loneCr = true;
      else if (block.includes(CR)) this.loneCr = /\r[^\r\n]/.test(block.toString("latin1"));
      this.#endsInCr = block[block.length - 1] === CR;
    }
    // A pair that the border of two blocks parts is not alone, or it does not matter.
    if (!this.backslashedQuote && block.includes(0x5c))
      this.backslashedQuote = block.includes('\\"') || block.includes("\\'");
  }

  /** The last line may end in a CR alone. */
  end(): this {
    if (this.#endsInCr && !this.lf) this.loneCr = true;
    return this;
  }
}
