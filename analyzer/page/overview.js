/** The first view: the figures of the chosen period, their line over time, and their cities, shops and products. */
import { html } from "htm/preact";
import { Bars } from "./bars.js";
import { link, useAnswer } from "./data.js";
import { FilterBar } from "./filter-bar.js";
import { amount } from "./format.js";
import { texts } from "./language.js";
import { place } from "./place.js";
import { Products } from "./products.js";
import { asking, ready } from "./question.js";
import { Totals } from "./totals.js";
import { Card, Downloads, Refusal } from "./ui.js";

/** @typedef {import("../api/figures.ts").OverviewAnswer} Answer */

/** Rows of a list of cities or shops that can be unfolded; a file has all of them. */
const MOST_ROWS = 300;

export function Overview() {
  const t = texts.value;
  const path = ready.value ? asking("api/overview", { by: place.value.by }) : undefined;
  const { value, busy, error } = useAnswer(path);
  const answer = /** @type {Answer | undefined} */ (value);
  if (error !== "") return html`<${FilterBar} period=${undefined} /><${Refusal} error=${error} />`;
  return html`
    <${FilterBar} period=${answer?.period} />
    ${
      answer !== undefined &&
      html`
        <${Totals} answer=${answer} busy=${busy} />
        <div class="pair">
          <${Cities} answer=${answer} busy=${busy} />
          <${Shops} answer=${answer} busy=${busy} />
        </div>
        <${Products} />`
    }
    ${answer === undefined && link.value === "live" && html`<p class="quiet">${t.noData}</p>`}`;
}

/** @param {{ answer: Answer, busy: boolean }} props */
const Cities = ({ answer, busy }) => {
  const t = texts.value;
  return html`
    <${Card} id="regions" title=${t.byRegion} busy=${busy} tools=${html`<${Downloads} path=${asking("export/by-city")} name=${t.byRegion} />`}>
      <${Bars} title=${t.byRegion} head=${[t.region, t.revenue]} format=${(/** @type {number} */ value) => amount(value, answer.currency)}
        scope=${asking("")} count=${answer.cities.length}
        rows=${answer.cities.slice(0, MOST_ROWS).map(({ city, revenue }) => ({ key: city, label: city, value: revenue, to: toggled("city", city) }))} />
    </${Card}>`;
};

/** @param {{ answer: Answer, busy: boolean }} props */
const Shops = ({ answer, busy }) => {
  const t = texts.value;
  return html`
    <${Card} id="shops" title=${t.byShop} busy=${busy} tools=${html`<${Downloads} path=${asking("export/by-shop")} name=${t.byShop} />`}>
      <${Bars} title=${t.byShop} head=${[t.shop, t.revenue]} format=${(/** @type {number} */ value) => amount(value, answer.currency)}
        scope=${asking("")} count=${answer.shops.length}
        rows=${answer.shops.slice(0, MOST_ROWS).map(({ shop, city, revenue }) => ({
          key: shop,
          label: shop,
          note: city,
          value: revenue,
          to: toggled("shop", shop),
        }))} />
    </${Card}>`;
};

/** Sets a filter, or takes it away when it holds already. @param {string} name @param {string} value */
const toggled = (name, value) => ({ [name]: place.value[name] === value ? null : value });
