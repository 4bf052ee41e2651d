/** The values of options that fix a dialect, by the names that operators, lists and requests give them. */
import type { ReadingOptions } from "#shared/contract/source-records.ts";
import { DELIMITERS, type Delimiter } from "./dialect.ts";

const DELIMITER_NAMES: Readonly<Record<string, Delimiter>> = {
  comma: ",",
  semicolon: ";",
  tab: "\t",
  "\\t": "\t",
  pipe: "|",
};

/** `;` or `semicolon`; undefined: it is no delimiter. */
export const delimiterNamed = (text: string): Delimiter | undefined =>
  DELIMITER_NAMES[text.toLowerCase()] ?? DELIMITERS.find((delimiter) => delimiter === text);

const QUOTE_NAMES: Readonly<Record<string, NonNullable<ReadingOptions["quote"]>>> = {
  '"': '"',
  double: '"',
  "'": "'",
  single: "'",
  none: "none",
};

/** `"` or `double`, `'` or `single`, or `none`; undefined: it is no quote. */
export const quoteNamed = (text: string): ReadingOptions["quote"] => QUOTE_NAMES[text.toLowerCase()];

/** The text with which comments begin; "" for `none`; undefined: no line can begin so. */
export const commentNamed = (text: string): string | undefined =>
  text === "" || text.includes("\n") ? undefined : text === "none" ? "" : text;

/** A number of lines, 0 to 9999; undefined: it is none. */
export const lineCountNamed = (text: string): number | undefined =>
  /^\d{1,4}$/.test(text) ? Number(text) : undefined;
