/**
 * Which one-byte encoding makes sense of the bytes beyond ASCII: the one in which they are letters of the language
 * that these files are in, where letters belong. Counted over the whole file, so that one odd word decides nothing.
 */

/** Of each byte from 0x80 on: how often it stands, and beside what. */
export class LetterSurvey {
  total = 0;
  readonly count = new Uint32Array(128);
  /** After a lower-case letter, after a digit, between two letters, beside no letter at all. */
  readonly afterLower = new Uint32Array(128);
  readonly afterDigit = new Uint32Array(128);
  readonly between = new Uint32Array(128);
  readonly alone = new Uint32Array(128);
  /** Sequences of UTF-8: those that give a character of these languages, all others that decode, and bytes that do not. */
  usual = 0;
  unusual = 0;
  bad = 0;
  /** The line of the first byte that is no UTF-8. */
  badLine = 0;
  #line = 1;
  #before = 0;
  #high = -1;
  #beforeHigh = 0;
  #need = 0;
  #point = 0;

  add(block: Buffer): void {
    for (let i = 0; i < block.length; i++) {
      const byte = block[i] as number;
      if (this.#high >= 0) this.#judge(byte);
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

  end(): this {
    if (this.#high >= 0) this.#judge(0);
    if (this.#need > 0) this.#broken();
    return this;
  }

  /** The byte beyond ASCII that came before this one. */
  #judge(after: number): void {
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

/** Latin letters and their punctuation. */
const isUsual = (point: number): boolean =>
  (point >= 0xa0 && point < 0x180) || (point >= 0x2010 && point < 0x2050) || point === 0x20ac;

const FRENCH = new Set("éèêëàâäùûüôöîïçœæÿÉÈÊËÀÂÄÙÛÜÔÖÎÏÇŒÆŸ");
const WESTERN = new Set("áíóúñãõåøßìòýÁÍÓÚÑÃÕÅØÌÒÝ");
const SYMBOLS = new Set("€°«»‘’“”…–—·•£§²³½¼¾±×®©™ºª");

/** What a character is worth: more where it makes sense. */
function worthOf(char: string, at: number, of: LetterSurvey): number {
  const count = of.count[at] as number;
  const alone = of.alone[at] as number;
  const afterLower = of.afterLower[at] as number;
  const afterDigit = of.afterDigit[at] as number;
  const between = of.between[at] as number;
  if (/\p{L}/u.test(char) && char !== "º" && char !== "ª") {
    const worth = FRENCH.has(char) ? 1 : WESTERN.has(char) ? 0.5 : 0.1;
    const lower = char === char.toLowerCase();
    // An upper-case letter inside a word, a letter after a digit or by itself: not what people write.
    const wrong = (lower ? 0 : 2 * afterLower) + 1.5 * afterDigit;
    return (lower ? worth : 0.8 * worth) * (count - (char === "à" || char === "À" ? 0.5 : 1) * alone) - wrong;
  }
  if (char === "’") return 0.3 * count + 0.3 * between;
  if (char === "\u00a0" || char === "´") return 0.3 * count;
  if (char === "¡" || char === "¿") return 0.1 * count - between;
  if (SYMBOLS.has(char)) return 0.3 * count + (char === "€" ? 0.3 * (alone + afterDigit) : 0) - 1.5 * between;
  return -count;
}

const tables = new Map<string, readonly string[]>();

/** The characters of the bytes from 0x80 on; undefined when the encoding does not have one for each. */
export function charactersOf(encoding: string): readonly string[] | undefined {
  let table = tables.get(encoding);
  if (table === undefined) {
    const decoder = new TextDecoder(encoding);
    table = Array.from({ length: 128 }, (_, i) => decoder.decode(Uint8Array.of(0x80 + i)));
    tables.set(encoding, table);
  }
  return table.every((char) => char.length === 1) ? table : undefined;
}

/** How well an encoding reads, from about 1 (every byte a letter where one belongs) down to below 0 (nonsense). */
export function senseOf(encoding: string, letters: LetterSurvey): number | undefined {
  const table = charactersOf(encoding);
  if (table === undefined || letters.total === 0) return undefined;
  const worth = table.reduce(
    (sum, char, at) => (letters.count[at] === 0 ? sum : sum + worthOf(char, at, letters)),
    0,
  );
  return worth / letters.total;
}
