/** A table with a bar in each row. A row that stays keeps its elements. */
import { element, flash, name } from "./dom.js";
import { number, shorten } from "./format.js";
import { texts } from "./texts.js";

/**
 * @typedef {object} Row
 * @property {string} key
 * @property {string} label
 * @property {string} note Shown beside the label, in a quiet colour.
 * @property {number} value
 */

const SHOWN_AT_FIRST = 10;

/**
 * @param {HTMLElement} table
 * @param {string} labelTitle
 * @param {string} valueTitle
 */
export function makeBars(table, labelTitle, valueTitle) {
  const body = element("tbody");
  const foot = element("p", { class: "quiet more" });
  table.replaceChildren(
    element(
      "thead",
      { class: "hidden-visually" },
      element(
        "tr",
        {},
        element("th", { scope: "col" }, labelTitle),
        element("th", { scope: "col" }, valueTitle),
      ),
    ),
    body,
  );
  table.after(foot);
  let all = false;
  /** @type {Map<string, { tr: HTMLElement, label: HTMLElement, value: HTMLElement, bar: HTMLElement, shown: string }>} */
  let rows = new Map();
  /** @type {() => void} */
  let again = () => {};
  const button = element("button", { type: "button", "aria-expanded": "false" });
  button.addEventListener("click", () => {
    all = !all;
    button.setAttribute("aria-expanded", String(all));
    again();
  });

  /**
   * @param {readonly Row[]} data The highest first.
   * @param {number} count The number of all rows, also of those that `data` does not have.
   * @param {(value: number) => string} format
   */
  function show(data, count, format) {
    again = () => show(data, count, format);
    const shown = all ? data : data.slice(0, SHOWN_AT_FIRST);
    const most = Math.max(...data.map((row) => Math.abs(row.value)), Number.MIN_VALUE);
    const next = new Map();
    for (const row of shown) {
      const at = rows.get(row.key) ?? makeRow();
      const text = format(row.value);
      at.label.replaceChildren(name(shorten(row.label)));
      if (row.note !== "")
        at.label.append(" ", element("span", { class: "quiet" }, name(shorten(row.note, 40))));
      at.value.textContent = text;
      at.bar.style.inlineSize = `${(100 * Math.abs(row.value)) / most}%`;
      at.bar.classList.toggle("below", row.value < 0);
      if (at.shown !== "" && at.shown !== text) flash(at.value);
      at.shown = text;
      next.set(row.key, at);
    }
    rows = next;
    const inPlace = [...next.values()].map((at) => at.tr);
    if (inPlace.some((tr, i) => body.children[i] !== tr) || body.children.length !== inPlace.length)
      body.replaceChildren(...inPlace);

    foot.replaceChildren();
    const folded = data.length - SHOWN_AT_FIRST;
    if (folded > 0) {
      button.textContent = all ? texts.showLess : texts.showMore(number(folded));
      foot.append(button);
    }
    if (count > data.length && all) foot.append(" ", texts.others(number(count - data.length)));
    if (count === 0) foot.append(texts.noSales);
  }
  return { show };
}

function makeRow() {
  const label = element("span", { class: "label" });
  const bar = element("span", { class: "bar", "aria-hidden": "true" });
  const value = element("span", { class: "value" });
  const tr = element(
    "tr",
    {},
    element("th", { scope: "row" }, label, element("span", { class: "track", "aria-hidden": "true" }, bar)),
    element("td", {}, value),
  );
  return { tr, label, value, bar, shown: "" };
}
