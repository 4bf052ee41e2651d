/** Periods of days. A day is an ISO date, `2026-11-27`; a period has its first and its last day. */

/** @typedef {{ readonly from: string, readonly to: string }} Period */

/** In the order in which they are offered. `all`: from the first sale to the last. */
export const PRESETS = /** @type {const} */ ([
  "today",
  "yesterday",
  "7d",
  "30d",
  "month",
  "last-month",
  "quarter",
  "year",
  "12m",
  "all",
]);

/** @typedef {(typeof PRESETS)[number]} Preset */

const DAY_MS = 86_400_000;

/** @param {string} day */
const dateOf = (day) => new Date(`${day}T00:00:00Z`);
/** @param {Date} date */
const dayOf = (date) => date.toISOString().slice(0, 10);

/** @param {string} day @param {number} days */
export const addDays = (day, days) => dayOf(new Date(dateOf(day).getTime() + days * DAY_MS));

/** The first day of the month that is so many months after that of a day. @param {string} day @param {number} months */
export function monthStart(day, months) {
  const date = dateOf(day);
  return dayOf(new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1)));
}

/**
 * The Monday of an ISO week; the first week of a year has its 4th of January.
 * @param {string} year
 * @param {number} week
 */
export function mondayOf(year, week) {
  const fourth = `${year}-01-04`;
  return addDays(fourth, 7 * (week - 1) - ((dateOf(fourth).getUTCDay() + 6) % 7));
}

/** @param {string} text */
export const isDay = (text) =>
  /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(dateOf(text).getTime()) && dayOf(dateOf(text)) === text;

/**
 * The period of a preset. `all` has none here: its days are those of the sales.
 * @param {string | undefined} preset @param {string} today @returns {Period | undefined}
 */
export function periodOf(preset, today) {
  const quarter = -((Number(today.slice(5, 7)) - 1) % 3);
  switch (preset) {
    case "today":
      return { from: today, to: today };
    case "yesterday":
      return { from: addDays(today, -1), to: addDays(today, -1) };
    case "7d":
      return { from: addDays(today, -6), to: today };
    case "30d":
      return { from: addDays(today, -29), to: today };
    case "month":
      return { from: monthStart(today, 0), to: today };
    case "last-month":
      return { from: monthStart(today, -1), to: addDays(monthStart(today, 0), -1) };
    case "quarter":
      return { from: monthStart(today, quarter), to: today };
    case "year":
      return { from: `${today.slice(0, 4)}-01-01`, to: today };
    case "12m":
      return { from: monthStart(today, -11), to: today };
    default:
      return undefined;
  }
}

/** @typedef {"day" | "week" | "month"} Grain */

/**
 * The days that a point of this grain stands for, inside the period.
 * @param {string} start
 * @param {Grain} grain
 * @param {Period} within
 */
export function spanOf(start, grain, { from, to }) {
  const last =
    grain === "day" ? start : grain === "week" ? addDays(start, 6) : addDays(monthStart(start, 1), -1);
  return { from: start < from ? from : start, to: last > to ? to : last };
}
