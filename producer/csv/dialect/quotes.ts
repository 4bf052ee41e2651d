/** Tells which quotes enclose the fields of a text, and how quotes inside fields are escaped. */
import type { ReadingDecisions, ReadingOptions } from "#shared/contract/source-records.ts";
import type { TextSurvey } from "../encoding/text-survey.ts";
import type { Cut, Delimiter, Quote } from "../records/dialect.ts";

/** What stands inside single quotes: with quotes escaped by doubling, or by a backslash. */
const INSIDE_SINGLE = ["[^']|''", "[^'\\\\]|\\\\[\\s\\S]"];
/** Single quotes enclose fields when at least this share of the fields that begin with one also end with one. */
const ENCLOSED = 0.9;

export type Quoting = Pick<Cut, "quote" | "escape">;

/** The quotes and escapes to try, the preferred first: those of the version before, if nothing speaks against them. */
export function quotingsOf(
  text: string,
  delimiter: Delimiter,
  survey: TextSurvey,
  before: ReadingDecisions | undefined,
  fixed: ReadingOptions["quote"],
): readonly Quoting[] {
  if (fixed === "none") return [{ quote: null, escape: null }];
  const { single, double } = quotesOf(text, delimiter);
  const isSingle = single || (!double && before?.quote === "'");
  const quotes: readonly Quote[] =
    fixed !== undefined ? [fixed] : isSingle ? (double ? ['"', "'"] : ["'"]) : ['"'];
  return quotes.flatMap((quote): readonly Quoting[] => {
    const doubled = { quote, escape: quote };
    if (!survey.backslashedQuote) return [doubled];
    const backslash = { quote, escape: "\\" as const };
    return before?.escape === "\\" ? [backslash, doubled] : [doubled, backslash];
  });
}

/** Whether a field begins with a quote that is closed inside the field: `"a" b`. */
export const hasUnclosed = (text: string, { delimiter, quote }: Cut): boolean =>
  new RegExp(
    `(?<=^|[\\r\\n${delimiter}])${quote}[^${quote}\\r\\n]*${quote} *[^${quote}${delimiter}\\r\\n ]`,
  ).test(text);

/**
 * Which quotes stand at the beginning of fields. Apostrophes are frequent, so single quotes count only where they
 * enclose nearly all fields that begin with one.
 */
function quotesOf(
  text: string,
  delimiter: Delimiter,
): { readonly single: boolean; readonly double: boolean } {
  const begins = `(?<=^|[\\r\\n${delimiter}])`;
  const double = new RegExp(`${begins} *"`).test(text);
  if (!text.includes("'")) return { single: false, double };
  const single = INSIDE_SINGLE.some((inside) => {
    const field = `'(?:${inside})*'(?=[\\r\\n${delimiter}]|$)`;
    const opened = text.match(new RegExp(`${begins}(?:${field}|')`, "g")) ?? [];
    const enclosed = opened.filter(({ length }) => length > 1).length;
    return enclosed >= 2 && enclosed >= ENCLOSED * opened.length;
  });
  return { single, double };
}
