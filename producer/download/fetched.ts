/**
 * The result of a download: nothing new, an appended tail, or the whole content as a file in the spool; and its
 * validators, by which the next poll recognizes the content.
 *
 * Content is compared by SHA-256. After a whole read there is one hash, over all bytes. A tail adds a hash over the
 * appended bytes, because the bytes before were not read again. So two contents can be compared by hash only when both
 * were read whole (`contentHash`).
 */
import * as Schema from "effect/Schema";

/** The validators have a hash of this many last bytes. An appended tail must follow exactly these bytes. */
export const OVERLAP_BYTES = 16 * 1024;

const Segment = Schema.Struct({ end: Schema.Int, hash: Schema.String });

/** The validators of a content: they recognize it without reading it. Values that the source does not give are null. */
export const Validators = Schema.Struct({
  etag: Schema.NullOr(Schema.String),
  lastModified: Schema.NullOr(Schema.String),
  /** The content changed in the seconds before the read. If it changes again, its date may stay the same. */
  young: Schema.Boolean,
  /** For a path: mtime, size and inode. */
  stat: Schema.NullOr(Schema.String),
  /** Whether the open last line was left out. A later poll may read it from the same content. */
  left: Schema.Boolean,
  /** Nothing tells whether the body is whole: no length, no chunks, no compression. Present only if so. */
  unproven: Schema.optional(Schema.Literal(true)),
  /** Size of the content, unpacked. */
  bytes: Schema.Int,
  /** SHA-256 of the consecutive segments of the content: one for a whole read, and one more for each tail. */
  segments: Schema.Array(Segment),
  /** SHA-256 of the last bytes. */
  tail: Schema.Struct({ bytes: Schema.Int, hash: Schema.String }),
  /** Whether the server accepts ranges of this content: it announces them, and the content was not compressed. */
  ranges: Schema.Boolean,
  /** The time of the last whole read (ISO 8601, UTC). */
  wholeAt: Schema.String,
  /** The charset of Content-Type. */
  charset: Schema.NullOr(Schema.String),
});
export type Validators = typeof Validators.Type;

const isValidators = Schema.is(Validators);

/** Stored validators, with the values stored beside them; null if their form is of another version of the program. */
export const validatorsOf = <V extends Validators>(stored: unknown): V | null =>
  isValidators(stored) ? (stored as V) : null;

/** The hash by which two contents that were read whole are compared; null after a tail. */
export const contentHash = ({ segments }: Pick<Validators, "segments">): string | null =>
  segments.length === 1 ? (segments[0]?.hash ?? null) : null;

/** Whether two contents that were read whole are the same. */
export const isSameContent = (a: Validators | null, b: Validators): boolean =>
  a !== null && contentHash(a) !== null && contentHash(a) === contentHash(b);

/**
 * The most tails and the longest time between two whole reads. A tail read does not see a change before its overlap that
 * keeps the length. The next whole read sees it.
 */
export const MOST_TAILS = 64;
export const LONGEST_ON_TAILS_MS = 3_600_000;
/** After this time a content is read whole even if the server, or the file's date, says that it is unchanged. */
export const LONGEST_UNREAD_MS = 24 * 3_600_000;

/** Whether the content must be read whole, even if the server says that it is unchanged. `now`: ms since 1970. */
export function isWholeDue({ segments, wholeAt }: Validators, now: number): boolean {
  const age = now - Date.parse(wholeAt);
  // If the clock was set back, a whole read must not be delayed for ever.
  if (!(age >= 0)) return true;
  if (segments.length > MOST_TAILS) return true;
  return age >= (segments.length > 1 ? LONGEST_ON_TAILS_MS : LONGEST_UNREAD_MS);
}

/** Whether a content is older by date than the known one (rule 10). A known date in the future is ignored. */
export function isOlder(lastModified: string | null, known: Validators | null, now: number): boolean {
  const [given, held] = [Date.parse(lastModified ?? ""), Date.parse(known?.lastModified ?? "")];
  return given < held && held <= now + 60_000;
}

interface Polled {
  readonly validators: Validators;
  /** How long the answer is fresh by its Cache-Control, in milliseconds; null: the server does not say. */
  readonly freshMs: number | null;
  /** Bytes of all bodies of this poll, as they were sent; for a path, bytes read. */
  readonly received: number;
}

export type Fetched =
  | (Polled & { readonly kind: "unchanged" })
  | (Polled & {
      readonly kind: "content";
      /** The path of the whole content. The caller removes the file. */
      readonly file: string;
      readonly bytes: number;
      /** The address of the content after redirects. Links in it are relative to this. */
      readonly url: string;
    })
  | (Polled & {
      /** The known content is unchanged, and bytes were appended to it. */
      readonly kind: "grown";
      /** The path of the tail or of the whole content. The caller removes the file. */
      readonly file: string;
      /** The byte of the content from which the caller wanted it, and the position of that byte in the file. */
      readonly from: number;
      readonly start: number;
      /** Whether the file is the whole content. */
      readonly whole: boolean;
      /** Size of the whole content. */
      readonly bytes: number;
    });
