/**
 * What a look at a source brings: nothing new, an appended tail, or one state of it as a file of the spool; and by
 * what that state is known again.
 *
 * Content is compared by SHA-256. After a whole read there is one hash, of all of it. A tail adds the hash of what
 * was appended, since what stands before it was not read again; so only a whole read gives a hash that can be held
 * against that of another whole read (`contentHash`).
 */
import * as Schema from "effect/Schema";

/** How much of the end is kept as a hash: an appended tail is believed only if it follows upon these very bytes. */
export const OVERLAP_BYTES = 16 * 1024;

const Segment = Schema.Struct({ end: Schema.Int, hash: Schema.String });

/** How a version is known again without reading it. What a source does not give is null. */
export const Validators = Schema.Struct({
  etag: Schema.NullOr(Schema.String),
  lastModified: Schema.NullOr(Schema.String),
  /** It was changed in the seconds before it was read: its date is the same if it is changed once more. */
  young: Schema.Boolean,
  /** Of a path: mtime, size and inode. */
  stat: Schema.NullOr(Schema.String),
  /** True when the last line was left because it had no line end yet: another way of reading would see more. */
  left: Schema.Boolean,
  /** Size of the content, unpacked. */
  bytes: Schema.Int,
  /** SHA-256 of the consecutive segments that the content was read in: one after a whole read, one more a tail. */
  segments: Schema.Array(Segment),
  /** SHA-256 of the last bytes. */
  tail: Schema.Struct({ bytes: Schema.Int, hash: Schema.String }),
  /** The server takes ranges of this very content: it says so, and it was neither compressed nor unpacked. */
  ranges: Schema.Boolean,
  /** When it was last read whole (ISO 8601, UTC). */
  wholeAt: Schema.String,
  /** The charset of Content-Type. */
  charset: Schema.NullOr(Schema.String),
});
export type Validators = typeof Validators.Type;

const isValidators = Schema.is(Validators);

/** Validators as they were stored, with what stands beside them; null where their form is not known any more. */
export const validatorsOf = <V extends Validators>(stored: unknown): V | null =>
  isValidators(stored) ? (stored as V) : null;

/** By which two contents that were both read whole are told equal; null after a tail. */
export const contentHash = ({ segments }: Pick<Validators, "segments">): string | null =>
  segments.length === 1 ? (segments[0]?.hash ?? null) : null;

/**
 * Between two whole reads there are at most this many tails and this much time. A tail read does not see what was
 * changed before its overlap without a change of length; so it is seen after this long at the latest.
 */
export const MOST_TAILS = 64;
export const LONGEST_ON_TAILS_MS = 3_600_000;
/** And a server (or a file's date) that says "unchanged" although it is not is believed no longer than this. */
export const LONGEST_UNREAD_MS = 24 * 3_600_000;

/** Whether the content is to be read whole, whatever the server says of it. */
export function isWholeDue({ segments, wholeAt }: Validators, now: number): boolean {
  const age = now - Date.parse(wholeAt);
  // A clock that was set back must not put it off for ever.
  if (!(age >= 0)) return true;
  if (segments.length > MOST_TAILS) return true;
  return age >= (segments.length > 1 ? LONGEST_ON_TAILS_MS : LONGEST_UNREAD_MS);
}

/** Of a version by date: older than the one that is held. Dates in the future say nothing. */
export function isOlder(lastModified: string | null, known: Validators | null, now: number): boolean {
  const [given, held] = [Date.parse(lastModified ?? ""), Date.parse(known?.lastModified ?? "")];
  return given < held && held <= now + 60_000;
}

interface Polled {
  readonly validators: Validators;
  /** How long the server says that this answer is fresh (Cache-Control), in milliseconds; null: it says nothing. */
  readonly freshMs: number | null;
  /** Bytes of bodies that came for this look, as they were sent; of a path, bytes read. */
  readonly received: number;
}

export type Fetched =
  | (Polled & { readonly kind: "unchanged" })
  | (Polled & {
      readonly kind: "content";
      /** The whole content. To be removed by whoever reads it. */
      readonly file: string;
      readonly bytes: number;
      /** Where it was found at last, after redirects: what links in it are relative to. */
      readonly url: string;
    })
  | (Polled & {
      /** What was read before is as it was, and more follows upon it. */
      readonly kind: "grown";
      /** To be removed by whoever reads it. */
      readonly file: string;
      /** Byte of the content from which the caller wanted it, and the byte of the file where that is. */
      readonly from: number;
      readonly start: number;
      /** The file is the whole content. */
      readonly whole: boolean;
      /** Size of the whole content. */
      readonly bytes: number;
    });
