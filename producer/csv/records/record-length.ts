/**
 * How long a record may be, in bytes of UTF-8. A longer one is a reject, so that a quote that is never closed does
 * not bring the whole file into memory.
 */
import { bytesOf } from "./escaped-bytes.ts";

export const MAX_RECORD_BYTES = 1024 * 1024;
/** How many characters of a record that is too long its reject keeps. */
export const KEPT_OF_TOO_LONG = 1000;

/** Whether a text of so many UTF-16 units, each of which takes 3 bytes at most, cannot be too long. */
export const isSurelyShort = (length: number): boolean => 3 * length <= MAX_RECORD_BYTES;

/** Whether a record has too many bytes; `escaped`: some of them may not be UTF-8. */
export const isTooLong = (record: string, escaped: boolean): boolean =>
  !isSurelyShort(record.length) && bytesOf(record, escaped) > MAX_RECORD_BYTES;

/** The first `most` UTF-16 units of a text, or one fewer where the last would be half a character. */
export function beginningOf(text: string, most: number): string {
  if (text.length <= most) return text;
  const last = text.charCodeAt(most - 1);
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? most - 1 : most);
}
