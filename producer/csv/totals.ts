/**
 * Lines of totals, as spreadsheets and tills put them at the end: their first cell that is not empty says so, and
 * no other column of ids, texts or days has anything. A product called "Total" has a name or an id beside it.
 */
const WORDS = /^(?:(?:grand|sous|sub)[\s-]*)?(?:total|totaux|totals|somme|sum)(?=$|[\s:(])/iu;

/** `labels`: the fields of ids, texts and days. */
export function isTotals(fields: readonly string[], labels: readonly number[]): boolean {
  let first = 0;
  while (first < fields.length && (fields[first] as string).trim() === "") first++;
  const word = fields[first]?.trim() ?? "";
  if (word === "" || !TOTALS_BEGIN.includes(word[0] as string) || !WORDS.test(word)) return false;
  return labels.every((at) => at === first || (fields[at] ?? "").trim() === "");
}

/** First characters of a line that may be one of totals, beside delimiters, quotes and spaces. */
export const TOTALS_BEGIN = "tTsSgG";
