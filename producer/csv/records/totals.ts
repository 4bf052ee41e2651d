/**
 * Recognizes lines of totals, which spreadsheets and tills put at the end of a file. The first field of such a line
 * that is not empty says "total", and the line has no other id, text or day. A product called "Total" has a name or
 * an id beside it, so its record is not a line of totals.
 */
const WORDS = /^(?:(?:grand|sous|sub)[\s-]*)?(?:total|totaux|totals|somme|sum)(?=$|[\s:(])/iu;

/** Whether a line is one of totals. `labels`: the places of the fields that hold ids, texts and days. */
export function isTotals(fields: readonly string[], labels: readonly number[]): boolean {
  let first = 0;
  while (first < fields.length && (fields[first] as string).trim() === "") first++;
  const word = fields[first]?.trim() ?? "";
  if (word === "" || !TOTALS_BEGIN.includes(word[0] as string) || !WORDS.test(word)) return false;
  return labels.every((at) => at === first || (fields[at] ?? "").trim() === "");
}

/** The first letters of the words above. Delimiters, quotes and spaces may stand before the word. */
export const TOTALS_BEGIN = "tTsSgG";
