/**
 * Decimals as files write them, made canonical: the shortest string with at most six decimals (rule 3). Thousands
 * are set apart by a space (U+00A0, U+202F and U+2009 too), an apostrophe, a dot or a comma; a currency stands before or
 * after; a number is negative by a minus before or after it, or by parentheses.
 *
 * `1.234` and `1,234` alone can be read in two ways. Which one holds is never guessed for a value: `decimalShape` tells
 * what a value says about its column, survey.ts decides for the column, `readDecimal` is told what was decided. A
 * percentage is no number, nor is scientific notation: spreadsheets write `1,23E+05` when the column is too narrow, and
 * the digits that it lacks are lost.
 */
import { MAX_WHOLE_DIGITS } from "#shared/contract/entities/columns.ts";
import { formatMillionths, parseMillionths } from "#shared/contract/numbers.ts";
import { type DecimalProblem, reading } from "../values.ts";
import { currencyOf } from "./currencies.ts";

/**
 * The decimal sign of a column. `either`: both are used and no value can be read in two ways, so that each is read in
 * the only way there is.
 */
export type DecimalFormat = "point" | "comma" | "either";

/**
 * What a text says of the decimal sign of its column. plain: nothing, it has none. point, comma: it can be read with
 * that sign only. 1.234 and 1,234: with either. none: it is not a number.
 */
export type DecimalShape = "plain" | "point" | "comma" | "1.234" | "1,234" | "none";

const SPACES = /[ \u00a0\u202f\u2009]/g;
/** The minus sign, hyphens and the en dash that word processors make of one. */
const MINUSES = /[\u2212\u2010\u2011\u2013]/g;
const SEPARATED = /^\d{1,3}(?:[ \u00a0\u202f\u2009]\d{3})+(?:[.,]\d*)?$|^\d{1,3}(?:['’]\d{3})+(?:[.,]\d*)?$/;
const SEPARATORS = /[ \u00a0\u202f\u2009'’]/g;
const COMMAS_THEN_POINT = /^[1-9]\d{0,2}(,\d{3})+\.\d*$/;
const POINTS_THEN_COMMA = /^[1-9]\d{0,2}(\.\d{3})+,\d*$/;
const ONE_GROUP = /^[1-9]\d{0,2}[.,]\d{3}$/;
const GROUPS = /^[1-9]\d{0,2}(?:(?:\.\d{3})+|(?:,\d{3})+)$/;
const SCIENTIFIC = /^[+-]?\d+(?:[.,]\d*)?e[+-]?\d+$/i;

/** What `undress` found: a number without sign, currency and thousands, and those. */
const bare = { digits: "", negative: false, currency: "", shape: "none" as DecimalShape };

/** Takes a written number apart, into `bare`; false when it is none. */
function undress(text: string): boolean {
  const s = text.replace(MINUSES, "-");
  const first = s.search(/\d/);
  if (first < 0) return false;
  let last = s.length - 1;
  while (s.charCodeAt(last) < 0x30 || s.charCodeAt(last) > 0x39) last--;
  let before = s.slice(0, first);
  let digits = s.slice(first, last + 1);
  let after = s.slice(last + 1);
  // `.5`; in `Fr.5` the dot is of the word.
  if (/(?<!\p{L})[.,]$/u.test(before)) {
    digits = before.slice(-1) + digits;
    before = before.slice(0, -1);
  }
  // `12.`, and `12.-` or `12,—` where there are no cents.
  const cut = /^[.,](?:[-—]+(?!\d))?/.exec(after)?.[0] ?? "";
  if (cut !== "") {
    digits += cut[0];
    after = after.slice(cut.length);
  }
  before = before.replaceAll(SPACES, "").toLowerCase();
  after = after.replaceAll(SPACES, "").toLowerCase();
  let negative = false;
  if (before.includes("(") || after.includes(")")) {
    if (!before.includes("(") || !after.includes(")")) return false;
    negative = true;
    before = before.replace("(", "");
    after = after.replace(")", "");
  }
  const sign = /^[+-]|[+-]$/.exec(before)?.[0] ?? "";
  if (sign !== "") {
    if (negative) return false;
    negative = sign === "-";
    before = before.replace(/^[+-]|[+-]$/, "");
  } else if (/^-|-$/.test(after)) {
    if (negative) return false;
    negative = true;
    after = after.replace(/^-|-$/, "");
  }
  if (before !== "" && after !== "") return false;
  const grouped = digits.search(SEPARATORS) >= 0;
  if (grouped) {
    if (!SEPARATED.test(digits)) return false;
    digits = digits.replaceAll(SEPARATORS, "");
  }
  const shape = shapeOf(digits, grouped);
  if (shape === "none") return false;
  bare.digits = digits;
  bare.negative = negative;
  bare.currency = before + after;
  bare.shape = shape;
  return true;
}

/** `grouped`: its thousands are told by another sign already. */
function shapeOf(digits: string, grouped: boolean): DecimalShape {
  if (!/^[\d.,]+$/.test(digits)) return "none";
  const points = digits.split(".").length - 1;
  const commas = digits.split(",").length - 1;
  if (points + commas === 0) return "plain";
  if (points + commas === 1) {
    if (grouped || !ONE_GROUP.test(digits)) return points === 1 ? "point" : "comma";
    return points === 1 ? "1.234" : "1,234";
  }
  if (grouped) return "none";
  if (COMMAS_THEN_POINT.test(digits)) return "point";
  if (POINTS_THEN_COMMA.test(digits)) return "comma";
  // `1.234.567`: points that come twice are thousands.
  if (GROUPS.test(digits)) return points > 0 ? "comma" : "point";
  return "none";
}

/** What a text says of its column. Plain digits, nearly all values, are told without taking them apart. */
export function decimalShape(text: string): DecimalShape {
  const length = text.length;
  const start = text.charCodeAt(0) === 0x2d ? 1 : 0;
  let i = start;
  while (i < length && text.charCodeAt(i) >= 0x30 && text.charCodeAt(i) <= 0x39) i++;
  if (i > start) {
    if (i === length) return "plain";
    if (text.charCodeAt(i) === 0x2e) {
      const point = i++;
      while (i < length && text.charCodeAt(i) >= 0x30 && text.charCodeAt(i) <= 0x39) i++;
      if (i === length)
        return i - point === 4 && point - start <= 3 && text.charCodeAt(start) !== 0x30 ? "1.234" : "point";
    }
  }
  return undress(text) ? bare.shape : "none";
}

/** The shortest decimal of plain digits, which is nearly always the text itself; undefined for all else. */
function plainDecimal(text: string): string | undefined {
  const length = text.length;
  let i = text.charCodeAt(0) === 0x2d ? 1 : 0;
  const start = i;
  while (i < length && text.charCodeAt(i) >= 0x30 && text.charCodeAt(i) <= 0x39) i++;
  const whole = i - start;
  if (whole === 0 || whole > MAX_WHOLE_DIGITS) return undefined;
  const zero = text.charCodeAt(start) === 0x30;
  if (zero && whole > 1) return undefined;
  // "0", but not "-0".
  if (i === length) return zero && start === 1 ? undefined : text;
  if (text.charCodeAt(i) !== 0x2e) return undefined;
  const point = i++;
  while (i < length && text.charCodeAt(i) >= 0x30 && text.charCodeAt(i) <= 0x39) i++;
  if (i !== length || i - point < 2 || i - point > 7) return undefined;
  while (text.charCodeAt(i - 1) === 0x30) i--;
  if (i === length) return text;
  if (i - 1 > point) return text.slice(0, i);
  return zero && start === 1 ? undefined : text.slice(0, point);
}

/**
 * A decimal as its shortest string, rounded half away from zero to a millionth; undefined when it is none
 * (`reading.problem`). `currency`: the one whose sign may stand beside it, null where none may. `format`: as decided for
 * its column; without one, `1.234` is the canonical decimal and `1,234` is refused.
 */
export function readDecimal(
  text: string,
  currency: string | null,
  format?: DecimalFormat,
): string | undefined {
  reading.rounded = false;
  if (format === undefined || format === "point" || text.indexOf(".") < 0) {
    const plain = plainDecimal(text);
    if (plain !== undefined) return plain;
  }
  return readWrittenDecimal(text, currency, format);
}

const fails = (problem: DecimalProblem): undefined => {
  reading.problem = problem;
  return undefined;
};

function readWrittenDecimal(
  text: string,
  currency: string | null,
  format: DecimalFormat | undefined,
): string | undefined {
  if (!undress(text)) return fails(SCIENTIFIC.test(text) ? "scientific" : "not_a_number");
  if (bare.currency !== "") {
    const found = currencyOf(bare.currency);
    if (bare.currency.toUpperCase() !== currency) {
      if (currency === null || found === undefined) return fails("not_a_number");
      if (found !== currency) return fails("wrong_currency");
    }
  }
  const sign = signOf(bare.shape, format);
  if (sign === "unknown") return fails("ambiguous");
  if (sign === "other") return fails("other_decimal");
  const digits =
    sign === "comma" ? bare.digits.replaceAll(".", "").replace(",", ".") : bare.digits.replaceAll(",", "");
  const parsed = parseMillionths(digits);
  if (parsed === undefined) return fails("out_of_range");
  const shortest = formatMillionths(bare.negative ? -parsed.value : parsed.value);
  if (wholeDigits(shortest) > MAX_WHOLE_DIGITS) return fails("out_of_range");
  reading.rounded = parsed.rounded;
  return shortest;
}

/** The decimal sign of a value of that shape in a column of that format. */
function signOf(
  shape: DecimalShape,
  format: DecimalFormat | undefined,
): "point" | "comma" | "other" | "unknown" {
  switch (shape) {
    case "point":
      return format === "comma" ? "other" : "point";
    case "comma":
      return format === "point" ? "other" : "comma";
    case "1.234":
      return format === undefined ? "point" : format === "either" ? "unknown" : format;
    case "1,234":
      return format === undefined || format === "either" ? "unknown" : format;
    default:
      return "point";
  }
}

const wholeDigits = (decimal: string): number => {
  const point = decimal.indexOf(".");
  return (point < 0 ? decimal.length : point) - (decimal.startsWith("-") ? 1 : 0);
};
