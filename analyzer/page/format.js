/** Formats numbers, days and times in the language of the page. Ages are counted by the clock of the server. */
import { signal } from "@preact/signals";
import { locale, texts } from "./language.js";

/** @type {Map<string, Intl.NumberFormat | Intl.DateTimeFormat | Intl.RelativeTimeFormat>} */
const kept = new Map();

/**
 * A format is slow to make, so each is made once.
 * @template {Intl.NumberFormat | Intl.DateTimeFormat | Intl.RelativeTimeFormat} F
 * @param {string} key @param {(locale: string) => F} make @returns {F}
 */
function formatOf(key, make) {
  const of = `${locale.value} ${key}`;
  const found = kept.get(of) ?? make(locale.value);
  kept.set(of, found);
  return /** @type {F} */ (found);
}

/** @param {number} value */
export const number = (value) =>
  formatOf("number", (l) => new Intl.NumberFormat(l, { maximumFractionDigits: 6 })).format(value);

/** @param {number} value @param {string} currency */
export const amount = (value, currency) =>
  formatOf(currency, (l) => new Intl.NumberFormat(l, { style: "currency", currency })).format(value);

/** An amount on an axis: "12 k€". @param {number} value @param {string} currency */
export const shortAmount = (value, currency) =>
  formatOf(
    `short ${currency}`,
    (l) =>
      new Intl.NumberFormat(l, {
        style: "currency",
        currency,
        notation: "compact",
        maximumFractionDigits: 1,
        minimumFractionDigits: 0,
      }),
  ).format(value);

/** A part of a whole: 0.125 is "12,5 %". @param {number} value */
export const percent = (value) =>
  formatOf("percent", (l) => new Intl.NumberFormat(l, { style: "percent", maximumFractionDigits: 1 })).format(
    value,
  );

/** A change, with its sign: 0.125 is "+12,5 %", 12 is "+1 200 %". @param {number} value */
export function change(value) {
  const maximumFractionDigits = Math.abs(value) < 10 ? 1 : 0;
  return formatOf(
    `change ${maximumFractionDigits}`,
    (l) => new Intl.NumberFormat(l, { style: "percent", maximumFractionDigits, signDisplay: "exceptZero" }),
  ).format(value);
}

/** @type {Readonly<Record<"day" | "weekday" | "ofWeek" | "short" | "month" | "monthYear", Intl.DateTimeFormatOptions>>} */
const DAYS = {
  day: { day: "numeric", month: "long", year: "numeric" },
  weekday: { weekday: "long", day: "numeric", month: "long", year: "numeric" },
  ofWeek: { weekday: "long" },
  short: { day: "numeric", month: "short" },
  month: { month: "short", year: "2-digit" },
  monthYear: { month: "long", year: "numeric" },
};

/** A day, 2026-11-27, in words. @param {string} iso @param {keyof typeof DAYS} form */
export function day(iso, form = "day") {
  const date = new Date(`${iso.slice(0, 10)}T00:00:00Z`);
  if (Number.isNaN(date.getTime())) return iso;
  return formatOf(form, (l) => new Intl.DateTimeFormat(l, { ...DAYS[form], timeZone: "UTC" })).format(date);
}

/** The first to the last day in words: "3–9 novembre 2026". @param {{ from: string, to: string }} period */
export function span({ from, to }) {
  if (from === to) return day(from);
  const [first, last] = [from, to].map((iso) => new Date(`${iso}T00:00:00Z`));
  return formatOf("day", (l) => new Intl.DateTimeFormat(l, { ...DAYS.day, timeZone: "UTC" })).formatRange(
    /** @type {Date} */ (first),
    /** @type {Date} */ (last),
  );
}

/** Milliseconds by which the clock of the server is ahead of this one. */
let ahead = 0;

/** @param {string} serverNow */
export function setClock(serverNow) {
  ahead = Date.parse(serverNow) - Date.now();
}

/** Changes every second: what shows an age is drawn again. */
const second = signal(0);
setInterval(() => {
  second.value++;
}, 1000);

const UNITS = /** @type {const} */ ([
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
]);

/** "il y a 12 s", "dans 3 min.". @param {string} instant ISO 8601 */
export function ago(instant) {
  void second.value;
  const seconds = Math.round((Date.now() + ahead - Date.parse(instant)) / 1000);
  const relative = formatOf(
    "ago",
    (l) => new Intl.RelativeTimeFormat(l, { numeric: "always", style: "short" }),
  );
  for (const [unit, size] of UNITS)
    if (Math.abs(seconds) >= size) return relative.format(-Math.trunc(seconds / size), unit);
  return texts.value.now;
}

/** The date and time in full. @param {string} instant ISO 8601 */
export const moment = (instant) =>
  formatOf("moment", (l) => new Intl.DateTimeFormat(l, { dateStyle: "long", timeStyle: "short" })).format(
    new Date(instant),
  );

/** A text from a file, cut to a length that the page can show. @param {string} text */
export const shorten = (text, most = 120) => (text.length > most ? `${text.slice(0, most)}…` : text);

/**
 * The names that people gave to sources.
 * @type {import("@preact/signals").Signal<ReadonlyMap<string, string>>}
 */
export const names = signal(/** @type {ReadonlyMap<string, string>} */ (new Map()));

/**
 * What a source is called: the name that somebody gave it, else the last part of its URL or path, or the host when that
 * part is no file name (`pub?output=csv`).
 * @param {string} source
 */
export function fileName(source) {
  const given = names.value.get(source);
  if (given !== undefined) return given;
  const path = source.split(/[?#]/)[0] ?? source;
  const last =
    path
      .split("/")
      .filter((part) => part !== "")
      .at(-1) ?? source;
  if (!last.includes(".") && URL.canParse(source)) return new URL(source).host || last;
  try {
    return decodeURIComponent(last).replaceAll(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, "\ufffd");
  } catch {
    return last;
  }
}
