/**
 * Decodes bytes that are UTF-8 but for some of them. A byte that is not UTF-8 becomes a lone surrogate, U+DC80 to
 * U+DCFF, which valid UTF-8 never decodes to. So the text can be cut into records first, and only those records that
 * have such a byte are set aside.
 */
import { isUtf8 } from "node:buffer";

const OFFSET = 0xdc00;
const LONE = /[\uDC80-\uDCFF]/u;
const ALL_LONE = /[\uDC80-\uDCFF]/gu;
const STRANGE = /[\0\uDC80-\uDCFF]/;
const LF = 0x0a;

export interface Decoded {
  readonly text: string;
  /** Whether some bytes are not UTF-8: `text` has a lone surrogate for each. */
  readonly escaped: boolean;
}

/** The text of these bytes. */
export function decode(bytes: Buffer): Decoded {
  const escaped = !isUtf8(bytes);
  return { text: escaped ? decodeEscaped(bytes) : bytes.toString("utf8"), escaped };
}

/** How many bytes a sequence has, by its first byte; 1 for a byte that cannot begin one. */
const lengthOf = (lead: number): number => (lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 1);

/** Goes line by line, so that one bad byte does not make its whole block slow. */
function decodeEscaped(bytes: Buffer): string {
  let text = "";
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.indexOf(LF, from);
    const line = bytes.subarray(from, end < 0 ? bytes.length : end + 1);
    text += isUtf8(line) ? line.toString("utf8") : decodeLine(line);
    from += line.length;
  }
  return text;
}

function decodeLine(line: Buffer): string {
  let text = "";
  let good = 0;
  for (let i = 0; i < line.length; ) {
    const byte = line[i] as number;
    const next = i + lengthOf(byte);
    if (byte < 0x80 || (next <= line.length && isUtf8(line.subarray(i, next)))) {
      i = next;
      continue;
    }
    text += line.toString("utf8", good, i) + String.fromCharCode(OFFSET + byte);
    good = ++i;
  }
  return text + line.toString("utf8", good);
}

/** Whether the text has a byte that is not UTF-8. */
export const hasEscaped = (text: string): boolean => LONE.test(text);

/** How many bytes the text has in its file; `escaped`: some of them may not be UTF-8. */
export const bytesOf = (text: string, escaped: boolean): number =>
  Buffer.byteLength(text) - (escaped ? 2 * (text.match(ALL_LONE)?.length ?? 0) : 0);

/** The text as people read it: a byte that is not UTF-8 as `\xE9`, a NUL as `\x00`. */
export const showEscaped = (text: string): string =>
  !STRANGE.test(text)
    ? text
    : text
        .replace(ALL_LONE, (c) => `\\x${(c.charCodeAt(0) - OFFSET).toString(16).toUpperCase()}`)
        .replaceAll("\0", "\\x00");
