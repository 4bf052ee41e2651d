/** The filters and the period of the address, as a query for the API. */
import { computed, signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { useAnswer } from "./data.js";
import { addDays, isDay, PRESETS, periodOf } from "./periods.js";
import { FILTERS, place } from "./place.js";

/**
 * Whether there were sales in the 30 days before the last 30, so that these tell something; undefined: not read yet.
 * @type {import("@preact/signals").Signal<boolean | undefined>}
 */
const isCurrent = signal(undefined);

/** The day of the reader's clock. */
export function today(now = new Date()) {
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

/** The preset of the address; one that does not exist counts as none. */
const asked = computed(() => PRESETS.find((one) => one === place.value.period));

/**
 * The preset of the page. When the address has none: 30 days, or everything when these have nothing to be compared
 * with.
 */
const preset = computed(() => asked.value ?? (isCurrent.value === true ? "30d" : "all"));

/** The chosen preset; undefined: days are chosen one by one. */
export const chosen = computed(() =>
  place.value.from !== undefined || place.value.to !== undefined ? undefined : preset.value,
);

/**
 * The chosen days; an end that is absent is that of the sales.
 * @returns {{ from?: string | undefined, to?: string | undefined }}
 */
const days = () => {
  const { from, to } = place.value;
  const valid = (/** @type {string | undefined} */ text) =>
    text !== undefined && isDay(text) ? text : undefined;
  if (chosen.value !== undefined) return periodOf(chosen.value, today()) ?? {};
  return { from: valid(from), to: valid(to) };
};

/** Whether the question can be asked: without a period in the address it depends on the days that are known. */
export const ready = computed(
  () => isCurrent.value !== undefined || asked.value !== undefined || chosen.value === undefined,
);

/** Finds the preset of an address without one, when the question waits for it. */
export function useDefaultPeriod() {
  const { value } = useAnswer(ready.value ? undefined : "api/overview");
  const answer = /** @type {import("../api/figures.ts").OverviewAnswer | undefined} */ (value);
  useEffect(() => {
    if (answer === undefined) return;
    // A step may be a week or a month: it begins some days before its sales.
    const [first, last] = [addDays(today(), -66), addDays(today(), -30)];
    isCurrent.value = answer.series.some(({ from }) => from >= first && from <= last);
  }, [answer]);
}

/** The filters of the address, without the period. @returns {Record<string, string>} */
export const filters = () =>
  Object.fromEntries(
    FILTERS.flatMap((name) => (place.value[name] === undefined ? [] : [[name, place.value[name] ?? ""]])),
  );

/**
 * A path with the filters, the period and more; parameters that are undefined or empty are left out.
 * @param {string} path @param {Readonly<Record<string, string | number | undefined>>} [more]
 */
export const asking = (path, more = {}) => queried(path, { ...filters(), ...days(), ...more });

/** @param {string} path @param {Readonly<Record<string, string | number | undefined>>} parameters */
export function queried(path, parameters) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters))
    if (value !== undefined && value !== "") query.set(name, String(value));
  const text = query.toString();
  return text === "" ? path : `${path}?${text}`;
}
