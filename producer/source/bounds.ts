/**
 * The longest texts and widest tables that the producer takes from outside, in one place. What is larger is refused, or
 * cut where it is only shown. Of downloads, producer/download/limits.ts has the limits; of a record, event-size.ts.
 */

const KIB = 1024;

export const BOUNDS = {
  /** An id of a source. Servers accept no longer URL, and each event of a source holds its id. */
  idBytes: 8 * KIB,
  /** The columns of a file, or of a list of sources. */
  columns: 4_096,
  /** The first line of a list of sources, in characters: an address of 8 KiB and its options fit. */
  headerChars: 64 * KIB,
  /** The entries of a list of sources. With more it is probably a mistake or an attack. */
  entries: 10_000,
  /** A list of sources: about a thousand bytes for each entry. */
  documentBytes: 10 * KIB * KIB,
  /** The name of a source in a sentence, in characters. Signed URLs of clouds have 1,500, without what is masked. */
  shownSource: 2_000,
  /** Another text of the source in a sentence: its columns, a value, a redirect. */
  shownDetail: 1_000,
} as const;

/** The beginning of a text of more than `most` characters, and an ellipsis. */
export const shortened = (text: string, most: number): string =>
  text.length > most ? `${text.slice(0, most)}…` : text;
