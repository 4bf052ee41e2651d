/**
 * Days as files write them, made ISO 8601 (rule 2): ISO, AAAAMMJJ, digits in any order, French and English month names,
 * days of an Excel sheet; with a time of day (24 hours, or am and pm) and an offset. A two-digit year is of 1969 to 2068,
 * as POSIX has it, and stands last unless the column says otherwise.
 *
 * Which of `03/02/2026`'s numbers is the day is never guessed for a value: `dayShape` tells in which orders it is a real
 * day, survey.ts decides for the column, `readDay` is told what was decided.
 */
import { type BusinessZone, reading } from "../values.ts";

/** The order of day, month and year in dates of digits, or days since 1899-12-30. */
export type DayFormat = "dmy" | "mdy" | "ymd" | "excel";

type Order = Exclude<DayFormat, "excel">;

/** Orders in which a date of digits is a real day, as bits. */
export const ORDERS = { dmy: 1, mdy: 2, ymd: 4 } as const satisfies Record<Order, number>;

/** Besides a set of orders: nothing that its column needs to decide; a number of days; not a date. */
export const CLEAR = 0;
export const SERIAL = 8;
export const NO_DAY = 16;

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

/** POSIX: 69 to 99 are of the 20th century. */
const yearOf = (text: string): number => {
  const n = Number(text);
  return text.length === 4 ? n : n < 69 ? 2000 + n : 1900 + n;
};

/** January to December, without accents: how months begin in French and English, and what they may go on with. */
const MONTHS = [
  "jan|janv|janvier|january",
  "feb|fev|fevr|fevrier|february",
  "mar|mars|march",
  "apr|avr|avril|april",
  "may|mai",
  "jun|juin|june",
  "jul|juil|juillet|july",
  "aug|aou|aout|august",
  "sep|sept|septembre|september",
  "oct|octobre|october",
  "nov|novembre|november",
  "dec|decembre|december",
];
const monthOf = new Map(MONTHS.flatMap((names, i) => names.split("|").map((name) => [name, i + 1] as const)));
const monthNamed = (name: string): number =>
  monthOf.get(name.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase()) ?? 0;

const END = "(?=$|[Tt,\\s])";
const DIGITS = new RegExp(`^(\\d{4}|\\d{1,2})([-/.])(\\d{1,2})\\2(\\d{4}|\\d{1,2})${END}`);
const COMPACT = new RegExp(`^((?:19|20)\\d{2})(\\d{2})(\\d{2})${END}`);
const WEEKDAY = "(?:[\\p{L}]{2,9}\\.?,?\\s+)?";
/** `3 févr. 2026`, `1er mars 2026`, `3-Feb-26`, `Tue, 3 Feb 2026`. */
const DAY_FIRST = new RegExp(
  `^${WEEKDAY}(\\d{1,2})(?:er|st|nd|rd|th)?[\\s./-]+([\\p{L}]{3,9})\\.?,?[\\s./-]+(\\d{4}|\\d{2})${END}`,
  "u",
);
/** `Feb 3, 2026`, `February 3rd 2026`. */
const MONTH_FIRST = new RegExp(
  `^${WEEKDAY}([\\p{L}]{3,9})\\.?[\\s-]+(\\d{1,2})(?:st|nd|rd|th)?,?[\\s-]+(\\d{4})${END}`,
  "u",
);
/** `2026-Feb-03`. */
const YEAR_FIRST = new RegExp(`^(\\d{4})[\\s./-]+([\\p{L}]{3,9})\\.?[\\s./-]+(\\d{1,2})${END}`, "u");

const TIME =
  /^(?:[Tt]|,?\s+(?:(?:à|at)\s+)?)(\d{1,2})(?:(?:\s?[hH]|:)(\d{2})(?:(?:\s?m(?:in)?\s?|:)(\d{2})s?(?:[.,](\d{1,9}))?)?|[hH])?(?:\s*([AaPp])\.?[Mm]\.?)?\s*(Z|z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?$/;

/** Looks like a time of day, whether it is one or not: `24:00`, `10:15 CET`, `13:00 PM`. */
const TIME_LIKE = /\d(?:\s?[hH:]\d{2}|\s?[hH]|\s?[AaPp]\.?[Mm])/;

/** A number of days: of 2000 to 2099 they have five digits. Fixed by the operator, any day of a sheet is one. */
const SERIAL_TEXT = /^(\d{1,7})(?:[.,](\d{1,12}))?$/;
const FIRST_SERIAL = 36_526;
const LAST_SERIAL = 73_050;
/** Before 1900-03-01 a sheet counts a day that never was. */
const LEAST_SERIAL = 61;
const MOST_SERIAL = 2_958_465;
const SERIAL_ZERO_MS = Date.UTC(1899, 11, 30);

/** What `takeApart` found: the parts of a date and where its time begins. */
const found = { kind: "none" as "none" | "clear" | "digits", year: 0, month: 0, day: 0, rest: "" };
/** The parts of a date of digits that does not begin with a four-digit year, as written. */
const digits = { a: "", b: "", c: "", separator: "" };

/** Dates that can be read in one way only: year, month and day of a match. */
const WORDED: readonly (readonly [RegExp, (m: RegExpExecArray) => readonly [number, number, number]])[] = [
  [COMPACT, (m) => [Number(m[1]), Number(m[2]), Number(m[3])]],
  [DAY_FIRST, (m) => [yearOf(m[3] as string), monthNamed(m[2] as string), Number(m[1])]],
  [MONTH_FIRST, (m) => [yearOf(m[3] as string), monthNamed(m[1] as string), Number(m[2])]],
  [YEAR_FIRST, (m) => [Number(m[1]), monthNamed(m[2] as string), Number(m[3])]],
];

function takeApart(text: string): void {
  found.kind = "none";
  const m = DIGITS.exec(text);
  if (m !== null) {
    takeDigits(m, text.slice(m[0].length));
    return;
  }
  for (const [form, parts] of WORDED) {
    const match = form.exec(text);
    if (match === null) continue;
    const [year, month, day] = parts(match);
    found.rest = text.slice(match[0].length);
    if (clear(year, month, day)) return;
  }
}

function takeDigits([, a = "", separator = "", b = "", c = ""]: RegExpExecArray, rest: string): void {
  found.rest = rest;
  if (a.length === 4) {
    if (c.length < 4) clear(Number(a), Number(b), Number(c));
  } else if (c.length !== 1) {
    found.kind = "digits";
    digits.a = a;
    digits.b = b;
    digits.c = c;
    digits.separator = separator;
  }
}

/** False when it is no day of the calendar. */
function clear(year: number, month: number, day: number): boolean {
  if (!isRealDay(year, month, day)) return false;
  found.kind = "clear";
  found.year = year;
  found.month = month;
  found.day = day;
  return true;
}

/** The orders in which the date of digits just found is a real day, `within` those. */
function ordersOf(within: number): number {
  const { a, b, c } = digits;
  const [x, y, z] = [Number(a), Number(b), Number(c)];
  let orders = 0;
  if (within & ORDERS.dmy && isRealDay(yearOf(c), y, x)) orders |= ORDERS.dmy;
  if (within & ORDERS.mdy && isRealDay(yearOf(c), x, y)) orders |= ORDERS.mdy;
  if (within & ORDERS.ymd && c.length === 2 && a.length === 2 && isRealDay(yearOf(a), y, z))
    orders |= ORDERS.ymd;
  return orders;
}

/**
 * Orders in which the file may mean it. A two-digit year that stands first is thought of where dashes separate
 * (`26-02-03`), or where nothing else is a day.
 */
function plausibleOrders(): number {
  const last = ordersOf(ORDERS.dmy | ORDERS.mdy);
  return last === 0 || digits.separator === "-" ? last | ordersOf(ORDERS.ymd) : last;
}

/** What a text says of its column: a set of ORDERS that it could be of, CLEAR, SERIAL or NO_DAY. */
export function dayShape(text: string): number {
  if (isIsoShaped(text)) return isoOf(text) === undefined ? NO_DAY : CLEAR;
  takeApart(text);
  switch (found.kind) {
    case "clear":
      return CLEAR;
    case "digits": {
      const orders = plausibleOrders();
      if (orders === 0) return NO_DAY;
      // 02/02/2026 is the same day either way.
      return orders === (ORDERS.dmy | ORDERS.mdy) && digits.a === digits.b ? CLEAR : orders;
    }
    default: {
      const m = SERIAL_TEXT.exec(text);
      const days = Number(m?.[1]);
      return days >= FIRST_SERIAL && days <= LAST_SERIAL ? SERIAL : NO_DAY;
    }
  }
}

const isIsoShaped = (text: string): boolean =>
  text.length === 10 && text.charCodeAt(4) === 0x2d && text.charCodeAt(7) === 0x2d;

function isoOf(text: string): string | undefined {
  const year = digit(text, 0) * 1000 + digit(text, 1) * 100 + digit(text, 2) * 10 + digit(text, 3);
  const month = digit(text, 5) * 10 + digit(text, 6);
  const day = digit(text, 8) * 10 + digit(text, 9);
  return year > 0 && isRealDay(year, month, day) ? text : undefined;
}

/**
 * A real day of the calendar as ISO 8601, or undefined (`reading.dayProblem`); `reading.time` is its time of day, if
 * any. With an offset or Z the instant is told in `zone`. `format`: as decided for its column; without one, a date that
 * is two days is refused.
 */
export function readDay(text: string, zone: BusinessZone, format?: DayFormat): string | undefined {
  reading.time = null;
  reading.dayProblem = "not_a_date";
  if (isIsoShaped(text)) {
    const day = isoOf(text);
    // Only what has that shape by chance is worth the slower patterns: `3 Feb-2026`.
    if (day !== undefined || digit(text, 0) * digit(text, 3) >= 0) return day;
  }
  takeApart(text);
  if (found.kind === "none") return format === "excel" ? readSerial(text) : undefined;
  if (found.kind === "digits") {
    const order = orderIn(format);
    if (order === undefined) return undefined;
    const { a, b, c } = digits;
    if (order === "dmy") clear(yearOf(c), Number(b), Number(a));
    else if (order === "mdy") clear(yearOf(c), Number(a), Number(b));
    else clear(yearOf(a), Number(b), Number(c));
  }
  return withTime(zone);
}

/** The order in which to read the date of digits just found. */
function orderIn(format: DayFormat | undefined): Order | undefined {
  if (format !== undefined && format !== "excel")
    return (ordersOf(ORDERS[format]) & ORDERS[format]) !== 0 ? format : undefined;
  const orders = plausibleOrders();
  if (orders === (ORDERS.dmy | ORDERS.mdy) && digits.a === digits.b) return "dmy";
  const only = (Object.keys(ORDERS) as Order[]).find((order) => ORDERS[order] === orders);
  if (only === undefined && orders !== 0) reading.dayProblem = "ambiguous";
  return only;
}

/** The time of day in the text behind a date; undefined: it is none. */
function clockOf(rest: string) {
  const m = TIME.exec(rest);
  if (m === null) return undefined;
  const half = m[5]?.toLowerCase();
  let hour = Number(m[1]);
  // A number alone is no time: `3 02` is a torn date.
  if (half === undefined && m[2] === undefined && !/\d\s?[hH]/.test(rest)) return undefined;
  if (half !== undefined) {
    if (hour < 1 || hour > 12) return undefined;
    hour = (hour % 12) + (half === "p" ? 12 : 0);
  }
  const minute = Number(m[2] ?? 0);
  const second = Number(m[3] ?? 0);
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const fraction = (m[4] ?? "").replace(/0+$/, "");
  return { hour, minute, second, tail: fraction === "" ? "" : `.${fraction}`, offset: m[6] };
}

/**
 * A time of day in a column of its own as `HH:MM:SS`, with a fraction when it has one; undefined: it is none, or it has a
 * zone, without a day to tell it in the business zone.
 */
export function readTime(text: string): string | undefined {
  const clock = clockOf(` ${text}`);
  if (clock === undefined || clock.offset !== undefined) return undefined;
  const { hour, minute, second, tail } = clock;
  return `${two(hour)}:${two(minute)}:${two(second)}${tail}`;
}

/**
 * The day just found, told in the business zone. An abbreviation of a zone is not read: EST is of America or Australia,
 * and CET of a summer's day may be either offset. 24:00 is no time: it ends one day and begins the next.
 */
function withTime(zone: BusinessZone): string | undefined {
  const { year, month, day, rest } = found;
  if (rest === "") return isoDay(year, month, day);
  if (TIME_LIKE.test(rest)) reading.dayProblem = "unclear_time";
  const clock = clockOf(rest);
  if (clock === undefined) return undefined;
  const { hour, minute, second, tail, offset } = clock;
  if (offset === undefined) {
    reading.time = `${two(hour)}:${two(minute)}:${two(second)}${tail}`;
    return isoDay(year, month, day);
  }
  const [local, time] = zone.local(Date.UTC(year, month - 1, day, hour, minute, second) - offsetMs(offset));
  reading.time = time + tail;
  return local;
}

/** A day of a sheet, its fraction to the second. */
function readSerial(text: string): string | undefined {
  const m = SERIAL_TEXT.exec(text);
  const days = Number(m?.[1]);
  if (m === null || days < LEAST_SERIAL || days > MOST_SERIAL) return undefined;
  const seconds = Math.round(Number(`0.${m[2] ?? "0"}`) * 86_400);
  const iso = new Date(SERIAL_ZERO_MS + days * 86_400_000 + seconds * 1000).toISOString();
  if (seconds > 0) reading.time = iso.slice(11, 19);
  return iso.slice(0, 10);
}

function offsetMs(offset: string): number {
  if (/^[zUG]/i.test(offset)) return 0;
  const hours = Number(offset.slice(1, 3));
  const minutes = offset.length > 3 ? Number(offset.slice(-2)) : 0;
  return (offset.startsWith("-") ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}
