/**
 * Values as files write them, made canonical (rules 1 to 3): text and ids in NFC without surrounding white space,
 * days as ISO, decimals as their shortest string. Plain functions on the hot path; each tries the canonical form
 * first.
 */
import { MAX_WHOLE_DIGITS } from "#shared/entities/columns.ts";
import { formatMillionths, parseMillionths } from "#shared/numbers.ts";

/** Text without surrounding white space (NBSP too), in NFC. */
export function cleanText(text: string): string {
  const trimmed = text.trim();
  for (let i = 0; i < trimmed.length; i++)
    if (trimmed.charCodeAt(i) >= 0x300) return trimmed.normalize("NFC");
  return trimmed;
}

export type DecimalProblem = "not_a_number" | "out_of_range" | "wrong_currency";

/** What the last `readDecimal` or `readDay` has to say beyond its value. */
export const reading = {
  problem: "not_a_number" as DecimalProblem,
  rounded: false,
  /** `HH:MM:SS`, with a fraction when it has one; null for a day alone. */
  time: null as string | null,
};

/** Signs and names of currencies, by ISO 4217 code. Others are letters, and no number has letters. */
const CURRENCY_SIGNS: Readonly<Record<string, readonly string[]>> = {
  EUR: ["€", "eur", "euro", "euros"],
  USD: ["$", "us$", "$us", "usd"],
  GBP: ["£", "gbp"],
  JPY: ["¥", "jpy"],
  CHF: ["chf", "fr.", "sfr."],
  CAD: ["ca$", "$ca", "c$", "cad"],
  PLN: ["zł", "pln"],
  CZK: ["kč", "czk"],
  SEK: ["kr", "sek"],
  MAD: ["dh", "mad"],
  TND: ["dt", "tnd"],
  XOF: ["fcfa", "cfa", "xof"],
};

const currencyOf = new Map(
  Object.entries(CURRENCY_SIGNS).flatMap(([code, signs]) => signs.map((sign) => [sign, code] as const)),
);

const SPACE = "[ \\u00a0\\u202f\\u2009]";
const SPACED = new RegExp(`^[+-]?\\d{1,3}(${SPACE}\\d{3})+(?![\\d])`);
const ALL_SPACES = new RegExp(SPACE, "g");
const PARTS = /^([^\d.,]*?)([+-]?[\d.,\s]*\d[\d.,]*)(\D*)$/u;
const COMMAS_THEN_POINT = /^[+-]?\d{1,3}(,\d{3})+\.\d*$/;
const POINTS_THEN_COMMA = /^[+-]?\d{1,3}(\.\d{3})+,\d*$/;
const DECIMAL_COMMA = /^[+-]?\d*,\d*$/;

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
 * (`reading.problem`). `currency`: the one whose sign may stand beside it, null where none may.
 */
export function readDecimal(text: string, currency: string | null): string | undefined {
  reading.rounded = false;
  return plainDecimal(text) ?? readWrittenDecimal(text, currency);
}

function readWrittenDecimal(text: string, currency: string | null): string | undefined {
  reading.problem = "not_a_number";
  let digits = text.replace("\u2212", "-");
  const parts = PARTS.exec(digits);
  if (parts === null) return undefined;
  let [, before = "", , after = ""] = parts;
  before = before.replaceAll(ALL_SPACES, "").toLowerCase();
  after = after.replaceAll(ALL_SPACES, "").toLowerCase();
  digits = (parts[2] as string).trim();
  if (before === "-" || before === "+") {
    digits = before + digits;
    before = "";
  }
  const sign = before + after;
  if (sign !== "") {
    const negative = before.startsWith("-");
    const found = currencyOf.get(negative ? before.slice(1) + after : sign);
    if (currency === null || found === undefined || (before !== "" && before !== "-" && after !== "")) {
      if (sign.toUpperCase() !== currency) return undefined;
    } else if (found !== currency) {
      reading.problem = "wrong_currency";
      return undefined;
    }
    if (negative) digits = `-${digits}`;
  }
  if (SPACED.test(digits)) digits = digits.replaceAll(ALL_SPACES, "");
  if (COMMAS_THEN_POINT.test(digits)) digits = digits.replaceAll(",", "");
  else if (POINTS_THEN_COMMA.test(digits)) digits = digits.replaceAll(".", "").replace(",", ".");
  else if (DECIMAL_COMMA.test(digits)) digits = digits.replace(",", ".");
  if (!/^[+-]?(\d+\.?\d*|\.\d+)$/.test(digits)) return undefined;
  const parsed = parseMillionths(digits);
  const shortest = parsed === undefined ? undefined : formatMillionths(parsed.value);
  if (parsed === undefined || shortest === undefined || wholeDigits(shortest) > MAX_WHOLE_DIGITS) {
    reading.problem = "out_of_range";
    return undefined;
  }
  reading.rounded = parsed.rounded;
  return shortest;
}

const wholeDigits = (decimal: string): number => {
  const point = decimal.indexOf(".");
  return (point < 0 ? decimal.length : point) - (decimal.startsWith("-") ? 1 : 0);
};

const DAYS_OF_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function isRealDay(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1 || day > (DAYS_OF_MONTH[month - 1] as number) || year < 1)
    return false;
  return month !== 2 || day < 29 || (year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0));
}

const two = (n: number): string => (n < 10 ? `0${n}` : String(n));
const isoDay = (year: number, month: number, day: number): string =>
  `${String(year).padStart(4, "0")}-${two(month)}-${two(day)}`;

const digit = (text: string, i: number): number => {
  const c = text.charCodeAt(i) - 0x30;
  return c >= 0 && c <= 9 ? c : Number.NaN;
};

const WRITTEN_DAY =
  /^(?:(\d{4})-(\d{2})-(\d{2})|(\d{1,2})\/(\d{1,2})\/(\d{4}))(?:(?:T|t|\s+)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|z|[+-]\d{2}(?::?\d{2})?)?)?$/;

/**
 * A real day of the calendar as ISO 8601, or undefined; `reading.time` is its time of day, if any. With an offset
 * or Z the instant is told in `zone`.
 */
export function readDay(text: string, zone: BusinessZone): string | undefined {
  reading.time = null;
  if (text.length === 10 && text.charCodeAt(4) === 0x2d && text.charCodeAt(7) === 0x2d) {
    const year = digit(text, 0) * 1000 + digit(text, 1) * 100 + digit(text, 2) * 10 + digit(text, 3);
    const month = digit(text, 5) * 10 + digit(text, 6);
    const day = digit(text, 8) * 10 + digit(text, 9);
    return year > 0 && isRealDay(year, month, day) ? text : undefined;
  }
  const m = WRITTEN_DAY.exec(text);
  if (m === null) return undefined;
  const year = Number(m[1] ?? m[6]);
  const month = Number(m[2] ?? m[5]);
  const day = Number(m[3] ?? m[4]);
  if (!isRealDay(year, month, day)) return undefined;
  if (m[7] === undefined) return isoDay(year, month, day);
  const hour = Number(m[7]);
  const minute = Number(m[8]);
  const second = Number(m[9] ?? 0);
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const fraction = (m[10] ?? "").replace(/0+$/, "");
  const tail = fraction === "" ? "" : `.${fraction}`;
  if (m[11] === undefined) {
    reading.time = `${two(hour)}:${two(minute)}:${two(second)}${tail}`;
    return isoDay(year, month, day);
  }
  const [local, time] = zone.local(Date.UTC(year, month - 1, day, hour, minute, second) - offsetMs(m[11]));
  reading.time = time + tail;
  return local;
}

function offsetMs(offset: string): number {
  if (offset === "Z" || offset === "z") return 0;
  const hours = Number(offset.slice(1, 3));
  const minutes = offset.length > 3 ? Number(offset.slice(-2)) : 0;
  return (offset.startsWith("-") ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

const QUARTER_MS = 900_000;
const REMEMBERED_OFFSETS = 20_000;

/** Days and times in the business zone. */
export class BusinessZone {
  readonly #format: Intl.DateTimeFormat;
  /** Offset from UTC by quarter of an hour: asking Intl costs microseconds. */
  readonly #offsets = new Map<number, number>();

  constructor(timeZone: string) {
    this.#format = new Intl.DateTimeFormat("en-US", {
      timeZone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  }

  #offset(instant: number): number {
    const quarter = Math.floor(instant / QUARTER_MS);
    const known = this.#offsets.get(quarter);
    if (known !== undefined) return known;
    const at = quarter * QUARTER_MS;
    const parts: Record<string, number> = {};
    for (const { type, value } of this.#format.formatToParts(at)) parts[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
    const offset = Date.UTC(year, month - 1, day, hour, minute, second) - at;
    if (this.#offsets.size >= REMEMBERED_OFFSETS) this.#offsets.clear();
    this.#offsets.set(quarter, offset);
    return offset;
  }

  /** [day, HH:MM:SS] of an instant. */
  local(instant: number): readonly [string, string] {
    const iso = new Date(instant + this.#offset(instant)).toISOString();
    return [iso.slice(0, 10), iso.slice(11, 19)];
  }

  day(instant: number): string {
    return this.local(instant)[0];
  }
}
