/** The ways of cutting a text that are tried, by the delimiters, line ends, quotes and escapes that it may have. */
import type { TextSurvey } from "../encoding/text-survey.ts";
import { type Cut, DELIMITERS, type Delimiter } from "../records/dialect.ts";
import type { Head } from "./head.ts";
import { quotingsOf } from "./quotes.ts";
import type { DialectRequest, Text } from "./search.ts";

/**
 * Every combination, the preferred first. `said`: the delimiter that a line `sep=` tells. The delimiter that the
 * operator fixed is the only one.
 */
export function cutsToTry(
  { survey }: Text,
  head: Head,
  said: Delimiter | undefined,
  { options, before }: DialectRequest,
): readonly Cut[] {
  const preferred = [said, before?.reading.delimiter as Delimiter | undefined, ...DELIMITERS];
  const delimiters = new Set(
    options.delimiter === undefined ? preferred.filter((d) => d !== undefined) : [options.delimiter],
  );
  const lineEnds = lineEndsOf(survey);
  return [...delimiters].flatMap((delimiter) => {
    const quotings = quotingsOf(head.text, delimiter, survey, before?.reading, options.quote);
    return lineEnds.flatMap((lineEnd) =>
      quotings.map((quoting): Cut => ({ delimiter, lineEnd, ...quoting })),
    );
  });
}

/** LF alone, unless some CR stands alone. Such a CR ends a line; in a text with LFs, it may also be part of a field. */
export const lineEndsOf = ({ lf, loneCr }: TextSurvey): readonly Cut["lineEnd"][] =>
  loneCr ? (lf ? ["lf", "any"] : ["any"]) : ["lf"];
