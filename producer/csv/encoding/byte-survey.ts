/** Surveys all bytes of a file in one pass: whether they are ASCII, UTF-8 or UTF-16, and what cuts their text. */
import { isAscii, isUtf8 } from "node:buffer";
import { TextSurvey } from "./text-survey.ts";

/** In UTF-16, at least this share of the bytes at even places, or at odd places, is NUL. */
const UTF_16_NULS = 0.25;
/** The NULs at the other places are at most this share of those. */
const UTF_16_OTHER_NULS = 0.05;
/** How many bytes at the beginning are kept: the longest byte order mark has as many. */
const START_BYTES = 4;

export class ByteSurvey {
  /** The first bytes of the file. */
  start: Buffer = Buffer.alloc(0);
  ascii = true;
  utf8 = true;
  readonly text = new TextSurvey();
  #size = 0;
  /** NULs at even and at odd places. */
  readonly #nuls: [number, number] = [0, 0];
  /** The beginning of a character that the end of the block cut. */
  #cut: Buffer = Buffer.alloc(0);

  /** Adds the next bytes of the file. */
  add(block: Buffer): void {
    if (this.#size === 0) this.start = Buffer.from(block.subarray(0, START_BYTES));
    if (block.includes(0)) this.#countNuls(block);
    this.#size += block.length;
    this.text.add(block);
    if (this.#cut.length === 0 && isAscii(block)) return;
    this.ascii = false;
    if (!this.utf8) return;
    const all = this.#cut.length === 0 ? block : Buffer.concat([this.#cut, block]);
    const whole = wholeCharacters(all);
    this.utf8 = isUtf8(all.subarray(0, whole));
    this.#cut = Buffer.from(all.subarray(whole));
  }

  /** All bytes are added. */
  end(): void {
    if (this.#cut.length > 0) this.utf8 = false;
    this.text.end();
  }

  /** The UTF-16 in which every other byte of a text in a Latin script is NUL; undefined when they are not. */
  get utf16(): "utf-16le" | "utf-16be" | undefined {
    const [even, odd] = this.#nuls;
    const [most, least] = [Math.max(even, odd), Math.min(even, odd)];
    if (most < UTF_16_NULS * (this.#size / 2) || least > UTF_16_OTHER_NULS * most) return undefined;
    return odd > even ? "utf-16le" : "utf-16be";
  }

  #countNuls(block: Buffer): void {
    let [even, odd] = [0, 0];
    for (let i = 0; i < block.length; i++)
      if (block[i] === 0) {
        if ((i & 1) === 0) even++;
        else odd++;
      }
    const shifted = (this.#size & 1) === 1;
    this.#nuls[0] += shifted ? odd : even;
    this.#nuls[1] += shifted ? even : odd;
  }
}

/** How many bytes come before the character that the end of the block cuts; all of them when it cuts none. */
function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] as number;
    if (byte < 0x80) break;
    if (byte >= 0xc0)
      return (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}
