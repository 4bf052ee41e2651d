/** The place of the page: its view and filters, all in the address, so that back, forward and shared links work. */
import { signal } from "@preact/signals";

/** @typedef {"overview" | "sales" | "analyses" | "changes" | "sources" | "rejects" | "sql"} View */

/** @type {readonly View[]} */
export const VIEWS = ["overview", "sales", "analyses", "changes", "sources", "rejects", "sql"];

/** The filters that a figure can have besides its period. */
export const FILTERS = /** @type {const} */ (["city", "shop", "product", "source"]);

/**
 * The parameters of the address, without those that are empty.
 * @typedef {Readonly<Record<string, string>>} Place
 */

/** @returns {Place} */
const read = () =>
  Object.fromEntries([...new URLSearchParams(location.search)].filter(([, value]) => value !== ""));

/** @type {import("@preact/signals").Signal<Place>} */
export const place = signal(read());

addEventListener("popstate", () => {
  place.value = read();
});

/** @returns {View} */
export function viewOf(/** @type {Place} */ { view }) {
  return VIEWS.find((one) => one === view) ?? "overview";
}

/** What any other change makes meaningless: a page of a list, an opened sale or analysis, a query. */
const OF_A_LIST = ["after", "before", "until", "offset", "sale", "name", "sql", "chart"];

/**
 * The address of the place with these changes; null takes a parameter away.
 * @param {Readonly<Record<string, string | null>>} changes
 */
export function addressOf(changes) {
  const query = new URLSearchParams(place.value);
  for (const name of OF_A_LIST) query.delete(name);
  for (const [name, value] of Object.entries(changes))
    if (value === null || value === "") query.delete(name);
    else query.set(name, value);
  const text = query.toString();
  return text === "" ? "./" : `?${text}`;
}

/** Goes to an address of `addressOf`. `replace`: the place before is not worth a step back (typing in a search). */
export function go(/** @type {string} */ address, { replace = false } = {}) {
  const before = place.value;
  history[replace ? "replaceState" : "pushState"](null, "", address);
  place.value = read();
  // Another view begins at its top; a filter leaves the reader where he is.
  if (["view", "sale", "name"].some((name) => before[name] !== place.value[name])) scrollTo(0, 0);
}

/**
 * The handler of links to places: a plain click stays on the page; with a modifier the browser opens a tab.
 * @param {MouseEvent} event
 */
export function follow(event) {
  const { button, metaKey, ctrlKey, shiftKey, altKey, currentTarget } = event;
  if (button !== 0 || metaKey || ctrlKey || shiftKey || altKey) return;
  if (!(currentTarget instanceof HTMLAnchorElement)) return;
  event.preventDefault();
  go(/** @type {string} */ (currentTarget.getAttribute("href")));
}
