/**
 * The encoding of a file, from all of its bytes: what the operator fixed; else its mark; else UTF-16 where every
 * other byte is NUL; else UTF-8 where all of it decodes, or all but a few bytes of it; else what the server says,
 * unless the content contradicts it; else which of Windows-1252, ISO-8859-15 and Mac Roman gives letters. Where none
 * does, the source is refused: no character is ever replaced, none is guessed.
 */
import { isAscii, isUtf8 } from "node:buffer";
import { SourceRefusal } from "../source/index.ts";
import { blocksOf } from "./blocks.ts";
import { LetterSurvey, senseOf } from "./letters.ts";
import type { ReadingNote } from "./notes.ts";
import { TextSurvey } from "./text-survey.ts";

/** Nothing but ASCII: what comes later decides. */
export const ASCII = "ascii";
export const UTF_8 = "utf-8";

export interface EncodingRequest {
  /** What the operator fixed. */
  readonly fixed: string | undefined;
  /** What HTTP said. */
  readonly charset: string | null;
  /** How the version before was read. */
  readonly before: string | null;
  /** The file is the continuation of the version before. */
  readonly tail: boolean;
}

export interface EncodingDecision {
  readonly encoding: string;
  /** Bytes before the text. */
  readonly mark: number;
  readonly notes: readonly ReadingNote[];
  /** Of the text, when the file is in UTF-8 already. */
  readonly survey: TextSurvey;
}

/** Names that people use, beside those that TextDecoder knows. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  ansi: "windows-1252",
  "latin-1": "windows-1252",
  latin9: "iso-8859-15",
  "latin-9": "iso-8859-15",
  "mac-roman": "macintosh",
  "mac roman": "macintosh",
  macroman: "macintosh",
  "utf-8-sig": "utf-8",
  "utf8-sig": "utf-8",
  "utf-16-le": "utf-16le",
  "utf-16-be": "utf-16be",
};

const KNOWN = "utf-8, utf-16le, utf-16be, windows-1252, iso-8859-1, iso-8859-15, macintosh";

/** The name that TextDecoder has for it; undefined when it has none. */
export function encodingNamed(name: string): string | undefined {
  const said = name.trim().toLowerCase();
  try {
    return new TextDecoder(OTHER_NAMES[said] ?? said).encoding;
  } catch {
    return undefined;
  }
}

/** In the order in which they are preferred where the bytes do not tell. */
const CANDIDATES = ["windows-1252", "iso-8859-15", "macintosh"];

/** At least so much of one half of the bytes is NUL in UTF-16, and nearly none of the other. */
const UTF_16_NULS = 0.25;
const UTF_16_OTHER_NULS = 0.05;
/** So many bad bytes for each good character, at most, in what is plainly UTF-8. */
const BAD_FOR_EACH = 4;
const BAD_FOR_EACH_UNUSUAL = 0.1;
/** Below, an encoding makes no sense of the bytes. */
const SENSE = 0.2;
/** What the content must say for a charset of the server not to be believed. */
const SURE = 0.5;
const BETTER = 0.3;

const MARKS: readonly { readonly encoding: string; readonly bytes: readonly number[] }[] = [
  { encoding: "utf-32", bytes: [0xff, 0xfe, 0, 0] },
  { encoding: "utf-32", bytes: [0, 0, 0xfe, 0xff] },
  { encoding: UTF_8, bytes: [0xef, 0xbb, 0xbf] },
  { encoding: "utf-16le", bytes: [0xff, 0xfe] },
  { encoding: "utf-16be", bytes: [0xfe, 0xff] },
];

/** What one pass over the bytes tells. */
class ByteSurvey {
  size = 0;
  ascii = true;
  utf8 = true;
  /** NULs at even and at odd places. */
  readonly nuls: [number, number] = [0, 0];
  readonly text = new TextSurvey();
  #rest = Buffer.alloc(0);

  add(block: Buffer): void {
    if (block.includes(0)) this.#countNuls(block);
    this.size += block.length;
    this.text.add(block);
    if (this.#rest.length === 0 && isAscii(block)) return;
    this.ascii = false;
    if (!this.utf8) return;
    const all = this.#rest.length === 0 ? block : Buffer.concat([this.#rest, block]);
    const whole = wholeCharacters(all);
    this.utf8 = isUtf8(all.subarray(0, whole));
    this.#rest = Buffer.from(all.subarray(whole));
  }

  #countNuls(block: Buffer): void {
    let [even, odd] = [0, 0];
    for (let i = 0; i < block.length; i++)
      if (block[i] === 0) {
        if ((i & 1) === 0) even++;
        else odd++;
      }
    const shifted = (this.size & 1) === 1;
    this.nuls[0] += shifted ? odd : even;
    this.nuls[1] += shifted ? even : odd;
  }

  end(): this {
    if (this.#rest.length > 0) this.utf8 = false;
    this.text.end();
    return this;
  }

  get utf16(): "utf-16le" | "utf-16be" | undefined {
    const [even, odd] = this.nuls;
    const [most, least] = [Math.max(even, odd), Math.min(even, odd)];
    if (most < UTF_16_NULS * (this.size / 2) || least > UTF_16_OTHER_NULS * most) return undefined;
    return odd > even ? "utf-16le" : "utf-16be";
  }
}

/** How many bytes come before a character that the end of the block may have cut. */
function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] as number;
    if (byte < 0x80) break;
    if (byte >= 0xc0)
      return (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

/** Reads all of the file once; a second time when it is not UTF-8. Yields between blocks. Throws SourceRefusal. */
export function* decideEncoding(fd: number, request: EncodingRequest): Generator<void, EncodingDecision> {
  const { fixed, before, tail } = request;
  const bytes = new ByteSurvey();
  let start: Buffer | undefined;
  for (const block of blocksOf(fd)) {
    start ??= Buffer.from(block.subarray(0, 4));
    bytes.add(block);
    yield;
  }
  bytes.end();
  const survey = bytes.text;
  const decided = (encoding: string, notes: readonly ReadingNote[] = [], mark = 0): EncodingDecision => ({
    encoding,
    mark,
    notes,
    survey,
  });

  const said = fixed === undefined ? undefined : encodingNamed(fixed);
  if (fixed !== undefined && said === undefined)
    throw new SourceRefusal("source.encoding_unknown", fixed, KNOWN);
  if (tail && before !== null && before !== ASCII) return decided(before);

  const mark = MARKS.find((m) => m.bytes.every((byte, i) => start?.[i] === byte));
  if (mark !== undefined) {
    const { encoding } = mark;
    if (encoding === "utf-32") throw new SourceRefusal("source.encoding_unknown", "UTF-32", KNOWN);
    if (said !== undefined && said !== encoding && !(fixed?.trim().toLowerCase() === "utf-16"))
      throw new SourceRefusal("source.encoding_contradicted", fixed, encoding);
    const notes: ReadingNote[] = encoding === UTF_8 ? [] : [{ code: "encoding.mark", what: encoding }];
    if (encoding === UTF_8 && !bytes.utf8) notes.push(badBytes(yield* lettersOf(fd)));
    return decided(encoding, [...notes, ...notBelieved(request, encoding)], mark.bytes.length);
  }

  if (said !== undefined) {
    if (said === "utf-16le" && bytes.utf16 !== undefined && fixed?.trim().toLowerCase() === "utf-16")
      return decided(bytes.utf16);
    if (said !== UTF_8 || bytes.utf8) return decided(said);
    const letters = yield* lettersOf(fd);
    if (isPlainlyUtf8(letters)) return decided(said, [badBytes(letters)]);
    throw new SourceRefusal("source.undecodable", said, String(letters.badLine));
  }

  if (bytes.utf16 !== undefined) {
    const note: ReadingNote = { code: "encoding.nuls", what: bytes.utf16 };
    return decided(bytes.utf16, [note, ...notBelieved(request, bytes.utf16)]);
  }
  if (bytes.ascii) return decided(ASCII);
  if (bytes.utf8) return decided(UTF_8, notBelieved(request, UTF_8));

  const letters = yield* lettersOf(fd);
  if (isPlainlyUtf8(letters)) return decided(UTF_8, [badBytes(letters), ...notBelieved(request, UTF_8)]);
  return decided(...(yield* byLetters(fd, request, letters)));
}

function* lettersOf(fd: number): Generator<void, LetterSurvey> {
  const letters = new LetterSurvey();
  for (const block of blocksOf(fd)) {
    letters.add(block);
    yield;
  }
  return letters.end();
}

/** By chance, a letter and a sign of a one-byte encoding make a usual character of UTF-8 nearly never. */
const isPlainlyUtf8 = ({ usual, unusual, bad }: LetterSurvey): boolean =>
  (usual > 0 && bad <= BAD_FOR_EACH * usual) || bad <= BAD_FOR_EACH_UNUSUAL * (usual + unusual);

const badBytes = ({ usual, unusual, bad }: LetterSurvey): ReadingNote => ({
  code: "encoding.bad_bytes",
  what: String(usual + unusual),
  more: String(bad),
});

/** Not UTF-8: what the server says, or which encoding gives letters. */
function* byLetters(
  fd: number,
  request: EncodingRequest,
  letters: LetterSurvey,
): Generator<void, [string, readonly ReadingNote[]]> {
  const { before } = request;
  const candidates = before !== null && CANDIDATES.includes(before) ? [before, ...CANDIDATES] : CANDIDATES;
  const ranked = candidates
    .map((encoding) => ({ encoding, sense: senseOf(encoding, letters) ?? 0 }))
    .sort((a, b) => b.sense - a.sense);
  const best = ranked[0] as (typeof ranked)[number];

  const charset = request.charset === null ? undefined : encodingNamed(request.charset);
  if (
    charset !== undefined &&
    charset !== UTF_8 &&
    !charset.startsWith("utf-16") &&
    charset !== best.encoding
  ) {
    const sense = senseOf(charset, letters);
    const contradicted =
      sense === undefined ? best.sense > SURE : best.sense > SURE && best.sense - sense > BETTER;
    if (!contradicted && (sense !== undefined || (yield* decodesAll(fd, charset))))
      return [charset, [{ code: "encoding.charset", what: charset }]];
  }
  if (best.sense < SENSE)
    throw new SourceRefusal("source.encoding_undecided", String(letters.badLine), KNOWN);
  const note: ReadingNote = {
    code: "encoding.letters",
    what: best.encoding,
    more: sampleOf(best.encoding, letters),
  };
  const mixed: readonly ReadingNote[] =
    letters.usual > 0 ? [{ code: "encoding.mixed", what: String(letters.usual), more: best.encoding }] : [];
  return [best.encoding, [note, ...mixed, ...notBelieved(request, best.encoding)]];
}

/** The letters that decided, the most frequent first. */
function sampleOf(encoding: string, { count }: LetterSurvey): string {
  const decoder = new TextDecoder(encoding);
  return Array.from(count, (n, at) => ({ n, char: decoder.decode(Uint8Array.of(0x80 + at)) }))
    .filter(({ n, char }) => n > 0 && /[\p{L}\p{S}\p{P}]/u.test(char))
    .sort((a, b) => b.n - a.n)
    .slice(0, 5)
    .map(({ n, char }) => `${char} ${n}`)
    .join(", ");
}

function* decodesAll(fd: number, encoding: string): Generator<void, boolean> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  try {
    for (const block of blocksOf(fd)) {
      decoder.decode(block, { stream: true });
      yield;
    }
    decoder.decode();
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

/** The server's charset, where the content says another; none where it makes no difference. */
function notBelieved({ charset }: EncodingRequest, encoding: string): readonly ReadingNote[] {
  if (charset === null || encodingNamed(charset) === encoding) return [];
  return [{ code: "encoding.charset_not_believed", what: charset.slice(0, 40), more: encoding }];
}
