/**
 * Decides the encoding of a file that has no mark and is neither UTF-8 nor UTF-16: the charset that the server gave,
 * unless the content contradicts it; else the one of Windows-1252, ISO-8859-15 and Mac Roman that makes most sense
 * of its letters.
 */
import { SourceRefusal } from "../../source/index.ts";
import type { ReadingNote } from "../notes.ts";
import { blocksOf } from "./blocks.ts";
import { senseOf } from "./letter-sense.ts";
import type { LetterSurvey } from "./letter-survey.ts";
import { encodingNamed, KNOWN_NAMES, UTF_8 } from "./names.ts";

/** Where several make as much sense, the first of them is taken. */
const CANDIDATES = ["windows-1252", "iso-8859-15", "macintosh"];

/** An encoding that makes less sense than this is not believed. */
const SENSE = 0.2;
/** The server's charset is contradicted by an encoding that makes more sense than this ... */
const SURE = 0.5;
/** ... and makes so much more sense than the charset. */
const BETTER = 0.3;
/** How many letters the note on a guess shows. */
const LETTERS_SHOWN = 5;

export interface Guess {
  readonly encoding: string;
  readonly notes: readonly ReadingNote[];
  /** Whether the encoding is the server's charset. */
  readonly fromCharset: boolean;
}

/**
 * `charset`: what the server said; `before`: the encoding of the version before. Reads the file once more where the
 * charset is not a one-byte encoding. Yields between blocks. Throws SourceRefusal (source.encoding_undecided) when
 * no encoding makes sense.
 */
export function* guessEncoding(
  fd: number,
  letters: LetterSurvey,
  { charset, before }: { readonly charset: string | null; readonly before: string | null },
): Generator<void, Guess> {
  const best = mostSensible(letters, before);
  const named = charset === null ? undefined : encodingNamed(charset);
  // A multi-byte Unicode charset is contradicted already: the survey of all bytes would have found it.
  const other = named !== UTF_8 && named !== best.encoding && named?.startsWith("utf-16") !== true;
  if (named !== undefined && other && (yield* isCredible(fd, named, letters, best.sense)))
    return { encoding: named, notes: [{ code: "encoding.charset", what: named }], fromCharset: true };
  if (best.sense < SENSE)
    throw new SourceRefusal("source.encoding_undecided", String(letters.badLine), KNOWN_NAMES);
  const { encoding } = best;
  const notes: ReadingNote[] = [
    { code: "encoding.letters", what: encoding, more: sampleOf(encoding, letters) },
  ];
  if (letters.usual > 0) notes.push({ code: "encoding.mixed", what: String(letters.usual), more: encoding });
  return { encoding, notes, fromCharset: false };
}

/** The candidate that makes most sense; of several the one of the version before, else the first. */
function mostSensible(letters: LetterSurvey, before: string | null) {
  const candidates = before !== null && CANDIDATES.includes(before) ? [before, ...CANDIDATES] : CANDIDATES;
  const ranked = candidates
    .map((encoding) => ({ encoding, sense: senseOf(encoding, letters) ?? 0 }))
    .sort((a, b) => b.sense - a.sense);
  return ranked[0] as (typeof ranked)[number];
}

/** Whether the content does not contradict the charset, and all of it decodes in the charset. */
function* isCredible(
  fd: number,
  charset: string,
  letters: LetterSurvey,
  bestSense: number,
): Generator<void, boolean> {
  const sense = senseOf(charset, letters);
  if (bestSense > SURE && (sense === undefined || bestSense - sense > BETTER)) return false;
  return sense !== undefined || (yield* decodesAll(fd, charset));
}

/** The letters that decided, the most frequent first. */
function sampleOf(encoding: string, { count }: LetterSurvey): string {
  const decoder = new TextDecoder(encoding);
  return Array.from(count, (n, at) => ({ n, char: decoder.decode(Uint8Array.of(0x80 + at)) }))
    .filter(({ n, char }) => n > 0 && /[\p{L}\p{S}\p{P}]/u.test(char))
    .sort((a, b) => b.n - a.n)
    .slice(0, LETTERS_SHOWN)
    .map(({ n, char }) => `${char} ${n}`)
    .join(", ");
}

/** Whether all bytes of the file are of the encoding. */
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
