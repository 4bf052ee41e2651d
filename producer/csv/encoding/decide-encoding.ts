/**
 * Decides the encoding of a file from all of its bytes. No character is ever replaced: where nothing decides, the
 * source is refused. What decides, the first that applies:
 *
 * 1. the version before, for a file that only continues it;
 * 2. the byte order mark, which must not contradict the operator;
 * 3. the operator;
 * 4. UTF-16, when every other byte is NUL;
 * 5. UTF-8, when all bytes or nearly all of them decode;
 * 6. the server's charset or the letters (guess-encoding.ts).
 */
import { SourceRefusal } from "../../source/index.ts";
import type { ReadingNote } from "../notes.ts";
import { surveyFile } from "./blocks.ts";
import { ByteSurvey } from "./byte-survey.ts";
import { guessEncoding } from "./guess-encoding.ts";
import { LetterSurvey } from "./letter-survey.ts";
import { ASCII, encodingNamed, isEitherUtf16, KNOWN_NAMES, UTF_8 } from "./names.ts";
import type { TextSurvey } from "./text-survey.ts";

export interface EncodingRequest {
  /** The encoding that the operator fixed. */
  readonly fixed: string | undefined;
  /** The charset that HTTP gave. */
  readonly charset: string | null;
  /** The encoding of the version before. */
  readonly before: string | null;
  /** Whether the file is the continuation of the version before. */
  readonly tail: boolean;
}

export interface EncodingDecision {
  readonly encoding: string;
  /** How many bytes the mark has that comes before the text. */
  readonly mark: number;
  readonly notes: readonly ReadingNote[];
  /** The survey of the file's bytes as text: it is of use when the file is in UTF-8. */
  readonly survey: TextSurvey;
}

/** An encoding, and the notes on it. */
interface Decided {
  readonly encoding: string;
  readonly notes?: readonly ReadingNote[];
  readonly mark?: number;
}

const MARKS: readonly { readonly encoding: string; readonly bytes: readonly number[] }[] = [
  { encoding: "utf-32", bytes: [0xff, 0xfe, 0, 0] },
  { encoding: "utf-32", bytes: [0, 0, 0xfe, 0xff] },
  { encoding: UTF_8, bytes: [0xef, 0xbb, 0xbf] },
  { encoding: "utf-16le", bytes: [0xff, 0xfe] },
  { encoding: "utf-16be", bytes: [0xfe, 0xff] },
];

/** In what is plainly UTF-8, how many bad bytes there are at most for each usual character ... */
const BAD_FOR_EACH_USUAL = 4;
/** ... or for each character of any kind. */
const BAD_FOR_EACH = 0.1;

/** Reads all of the file once, and a second time when it is not UTF-8. Yields between blocks. Throws SourceRefusal. */
export function* decideEncoding(fd: number, request: EncodingRequest): Generator<void, EncodingDecision> {
  const bytes = yield* surveyFile(fd, new ByteSurvey());
  const { encoding, notes = [], mark = 0 } = yield* decide(fd, bytes, request);
  return { encoding, notes, mark, survey: bytes.text };
}

function* decide(fd: number, bytes: ByteSurvey, request: EncodingRequest): Generator<void, Decided> {
  const { fixed, before, tail } = request;
  const said = fixed === undefined ? undefined : encodingNamed(fixed);
  if (fixed !== undefined && said === undefined)
    throw new SourceRefusal("source.encoding_unknown", fixed, KNOWN_NAMES);
  if (tail && before !== null && before !== ASCII) return { encoding: before };

  const mark = MARKS.find((m) => m.bytes.every((byte, i) => bytes.start[i] === byte));
  if (mark !== undefined) return yield* byMark(fd, bytes, mark, request);
  if (fixed !== undefined && said !== undefined) return yield* byOperator(fd, bytes, fixed, said);

  const { utf16 } = bytes;
  if (utf16 !== undefined) {
    const note: ReadingNote = { code: "encoding.nuls", what: utf16 };
    return { encoding: utf16, notes: [note, ...notBelieved(request, utf16)] };
  }
  if (bytes.ascii) return { encoding: ASCII };
  if (bytes.utf8) return { encoding: UTF_8, notes: notBelieved(request, UTF_8) };

  const letters = yield* surveyFile(fd, new LetterSurvey());
  if (isPlainlyUtf8(letters))
    return { encoding: UTF_8, notes: [badBytes(letters), ...notBelieved(request, UTF_8)] };
  const { encoding, notes, fromCharset } = yield* guessEncoding(fd, letters, request);
  return { encoding, notes: fromCharset ? notes : [...notes, ...notBelieved(request, encoding)] };
}

/** The file begins with a byte order mark. */
function* byMark(
  fd: number,
  bytes: ByteSurvey,
  mark: (typeof MARKS)[number],
  request: EncodingRequest,
): Generator<void, Decided> {
  const { encoding } = mark;
  if (encoding === "utf-32") throw new SourceRefusal("source.encoding_unknown", "UTF-32", KNOWN_NAMES);
  const { fixed } = request;
  if (fixed !== undefined && encodingNamed(fixed) !== encoding && !isEitherUtf16(fixed))
    throw new SourceRefusal("source.encoding_contradicted", fixed, encoding);
  const notes: ReadingNote[] = encoding === UTF_8 ? [] : [{ code: "encoding.mark", what: encoding }];
  if (encoding === UTF_8 && !bytes.utf8) notes.push(badBytes(yield* surveyFile(fd, new LetterSurvey())));
  return { encoding, notes: [...notes, ...notBelieved(request, encoding)], mark: mark.bytes.length };
}

/** The operator fixed an encoding: `fixed` is the operator's name of it, `encoding` that of TextDecoder. */
function* byOperator(
  fd: number,
  bytes: ByteSurvey,
  fixed: string,
  encoding: string,
): Generator<void, Decided> {
  if (isEitherUtf16(fixed) && bytes.utf16 !== undefined) return { encoding: bytes.utf16 };
  if (encoding !== UTF_8 || bytes.utf8) return { encoding };
  const letters = yield* surveyFile(fd, new LetterSurvey());
  if (isPlainlyUtf8(letters)) return { encoding, notes: [badBytes(letters)] };
  throw new SourceRefusal("source.undecodable", encoding, String(letters.badLine));
}

/**
 * Whether a file with bad bytes is UTF-8 all the same. In a one-byte encoding, a letter and a sign next to each other
 * nearly never happen to be a usual character of UTF-8.
 */
const isPlainlyUtf8 = ({ usual, unusual, bad }: LetterSurvey): boolean =>
  (usual > 0 && bad <= BAD_FOR_EACH_USUAL * usual) || bad <= BAD_FOR_EACH * (usual + unusual);

const badBytes = ({ usual, unusual, bad }: LetterSurvey): ReadingNote => ({
  code: "encoding.bad_bytes",
  what: String(usual + unusual),
  more: String(bad),
});

/** The note that the content contradicts the server's charset; none when it does not. */
function notBelieved({ charset }: EncodingRequest, encoding: string): readonly ReadingNote[] {
  if (charset === null || encodingNamed(charset) === encoding) return [];
  return [{ code: "encoding.charset_not_believed", what: charset.slice(0, 40), more: encoding }];
}
