/** Numbers and times as people of the page's language write them. Times are counted on the server's clock. */
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

/** Milliseconds that the server's clock is ahead of this one. */
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

/** The instant in full. @param {string} instant ISO 8601 */
export const moment = (instant) => clock.format(new Date(instant));

/** What is shown of a text from a file: it may be any length. @param {string} text */
export const shorten = (text, most = 120) => (text.length > most ? `${text.slice(0, most)}…` : text);
