/** The period and the filters, above the figures that they hold for. */
import { html } from "htm/preact";
import { fileName, span } from "./format.js";
import { texts } from "./language.js";
import { PRESETS } from "./periods.js";
import { addressOf, FILTERS, go, place } from "./place.js";
import { chosen } from "./question.js";
import { Link, Name } from "./ui.js";

/** @typedef {{ readonly from: string | null, readonly to: string | null }} Days */

/** @param {{ period: Days | undefined }} props The days of the figures, as the server says. */
export function FilterBar({ period }) {
  const t = texts.value;
  const { from = period?.from ?? "", to = period?.to ?? "" } = place.value;
  /** @param {"from" | "to"} end */
  const setDay = (end) => (/** @type {Event} */ event) => {
    const value = /** @type {HTMLInputElement} */ (event.currentTarget).value;
    // Its year is being typed: 0002 comes before 2026.
    if (value !== "" && value < "1000") return;
    go(addressOf({ from, to, [end]: value, period: null }));
  };
  return html`
    <div class="filters" role="group" aria-label=${t.filters}>
      <nav class="presets" aria-label=${t.period}>
        ${PRESETS.map(
          (one) => html`
            <${Link} key=${one} class="chip" to=${{ period: one, from: null, to: null }} current=${chosen.value === one}>${t.presets[one]}</${Link}>`,
        )}
      </nav>
      <div class="days">
        <label>${t.fromDay} <input type="date" name="from" value=${from} onChange=${setDay("from")} /></label>
        <label>${t.toDay} <input type="date" name="to" value=${to} onChange=${setDay("to")} /></label>
      </div>
      <${Chosen} />
    </div>`;
}

/** The filters that hold, each with a link that takes it away. */
function Chosen() {
  const t = texts.value;
  const held = FILTERS.filter((name) => place.value[name] !== undefined);
  if (held.length === 0) return null;
  return html`
    <ul class="held" aria-label=${t.filters}>
      ${held.map((name) => {
        const value = place.value[name] ?? "";
        const shown = name === "source" ? fileName(value) : value;
        return html`
          <li key=${name}>
            <${Link} class="chip on" to=${{ [name]: null }} label=${t.without(t.filterNames[name], shown)}>
              ${t.filterNames[name]} <strong><${Name} text=${shown} most=${40} /></strong> <span aria-hidden="true">×</span>
            </${Link}>
          </li>`;
      })}
      ${held.length > 1 && html`<li><${Link} to=${Object.fromEntries(held.map((name) => [name, null]))}>${t.withoutAll}</${Link}></li>`}
    </ul>`;
}

/** The days in words. @param {Days | undefined} period */
export const inWords = (period) =>
  period?.from == null || period.to === null ? "" : span({ from: period.from, to: period.to });
