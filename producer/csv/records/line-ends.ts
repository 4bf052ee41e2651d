/**
 * Line ends in text. An LF ends a line, and the CRs before it belong to the line end. Where a dialect's `lineEnd` is
 * `any`, a CR alone ends a line too.
 */
import type { Cut } from "./dialect.ts";

const LF = 0x0a;
const CR = 0x0d;

/** The text without the line end that closes it. */
export function withoutLineEnd(text: string): string {
  let end = text.length;
  if (text.charCodeAt(end - 1) === LF) end--;
  while (end > 0 && text.charCodeAt(end - 1) === CR) end--;
  return end === text.length ? text : text.substring(0, end);
}

/** How many line ends the text has. */
export function countLines(text: string, lineEnd: Cut["lineEnd"]): number {
  if (lineEnd === "any") return text.match(/\r\n?|\n/g)?.length ?? 0;
  let n = 0;
  for (let i = text.indexOf("\n"); i >= 0; i = text.indexOf("\n", i + 1)) n++;
  return n;
}

/** The index after the last line end of the text; 0 when it has none. */
export const afterLastLineEnd = (text: string, lineEnd: Cut["lineEnd"]): number =>
  Math.max(text.lastIndexOf("\n"), lineEnd === "any" ? text.lastIndexOf("\r") : -1) + 1;
