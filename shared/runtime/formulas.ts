/** Texts that a spreadsheet would run as formulas (OWASP; full-width signs, too). Numbers are not formulas. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;
const NUMBER = /^[+-]?\d+([.,]\d+)?$/;
/** The same behind a sign at which a spreadsheet may split: a French one splits at `;`, whatever the quotes are. */
const FORMULA_WITHIN = /([;\t\r\n]["']?)(?=[=+\-@＝＋－＠])(?![+-]?\d+(?:[.,]\d+)?(?:[;\t\r\n"']|$))/g;

/** The text with an apostrophe before each part that a spreadsheet would run. */
export const inert = (text: string): string =>
  (FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text).replace(FORMULA_WITHIN, "$1'");
