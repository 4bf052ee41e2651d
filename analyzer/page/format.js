/** Formats numbers and times in the language of the page. Ages are counted by the clock of the server. */
import { language, texts } from "./texts.js";

const locale = { fr: "fr-FR", en: "en-GB" }[language];
const plain = new Intl.NumberFormat(locale, { maximumFractionDigits: 6 });
const relative = new Intl.RelativeTimeFormat(locale, { numeric: "always", style: "short" });
const clock = new Intl.DateTimeFormat(locale, { dateStyle: "long", timeStyle: "short" });

/** @param {number} value */
export const number = (value) => plain.format(value);

/** @type {Map<string, Intl.NumberFormat>} */
const amounts = new Map();

/** @param {number} value @param {string} currency */
export function amount(value, currency) {
  let format = amounts.get(currency);
  if (format === undefined) {
    format = new Intl.NumberFormat(locale, { style: "currency", currency });
    amounts.set(currency, format);
  }
  return format.format(value);
}

/** Milliseconds by which the clock of the server is ahead of this one. */
let ahead = 0;

/** @param {string} serverNow */
export function setClock(serverNow) {
  ahead = Date.parse(serverNow) - Date.now();
}

const UNITS = /** @type {const} */ ([
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
]);

/** "il y a 12 s". @param {string} instant ISO 8601 */
export function ago(instant) {
  const seconds = Math.round((Date.now() + ahead - Date.parse(instant)) / 1000);
  for (const [unit, size] of UNITS)
    if (seconds >= size) return relative.format(-Math.floor(seconds / size), unit);
  return texts.now;
}

/** The date and time in full. @param {string} instant ISO 8601 */
export const moment = (instant) => clock.format(new Date(instant));

/** A text from a file, cut to a length that the page can show. @param {string} text */
export const shorten = (text, most = 120) => (text.length > most ? `${text.slice(0, most)}…` : text);
