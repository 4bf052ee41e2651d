/** The products of the period: sorted, searched and paged by the server, so that 100,000 are as quick as ten. */
import { html } from "htm/preact";
import { useEffect, useRef } from "preact/hooks";
import { useAnswer } from "./data.js";
import { amount, change, number } from "./format.js";
import { texts } from "./language.js";
import { addressOf, go, place } from "./place.js";
import { asking } from "./question.js";
import { Card, Downloads, Figure, Link, Name, Pages, Refusal, Sorted } from "./ui.js";

/** @typedef {import("../api/figures.ts").ProductsAnswer} Answer */

const SIZE = 25;
/** A search is asked when the typing has paused for so long. */
const PAUSE_MS = 250;

export function Products() {
  const t = texts.value;
  const { sort = "revenue", order = defaultOrder(sort), search = "", offset = "0" } = place.value;
  const from = Number(offset) || 0;
  const { value, busy, error } = useAnswer(
    asking("api/products", { sort, order, search, offset: from, limit: SIZE }),
  );
  const answer = /** @type {Answer | undefined} */ (value);
  const path = asking("export/by-product");
  return html`
    <${Card} id="products" title=${t.byProduct} busy=${busy} tools=${html`<${Search} /><${Downloads} path=${path} name=${t.byProduct} />`}>
      <${Refusal} error=${error} />
      ${answer !== undefined && html`<${Rows} answer=${answer} sort=${sort} order=${order} />`}
      ${answer !== undefined && html`<${Pages} offset=${from} size=${SIZE} count=${answer.count} />`}
    </${Card}>`;
}

/** @param {string} sort */
const defaultOrder = (sort) => (sort === "name" || sort === "id" ? "asc" : "desc");

function Search() {
  const t = texts.value;
  const at = useRef(/** @type {HTMLInputElement | null} */ (null));
  const { search = "" } = place.value;
  useEffect(() => {
    if (at.current !== null && document.activeElement !== at.current) at.current.value = search;
  }, [search]);
  const timer = useRef(/** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined));
  /** @param {Event} event */
  const type = (event) => {
    const { value } = /** @type {HTMLInputElement} */ (event.currentTarget);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => go(addressOf({ search: value }), { replace: true }), PAUSE_MS);
  };
  return html`
    <input ref=${at} type="search" class="search" aria-label=${t.searchProduct} placeholder=${t.searchProduct}
      onInput=${type} />`;
}

/** @param {{ answer: Answer, sort: string, order: string }} props */
function Rows({ answer: { rows, currency }, sort, order }) {
  const t = texts.value;
  const scope = asking("");
  const withChange = rows.some(({ before }) => before !== null);
  const head = { sort, order };
  return html`
    <div class="wide">
      <table class="plain" aria-label=${t.byProduct}>
        <thead>
          <tr>
            <${Sorted} by="name" ...${head}>${t.product}</${Sorted}>
            <${Sorted} by="revenue" class="n" ...${head}>${t.revenue}</${Sorted}>
            ${withChange && html`<${Sorted} by="change" class="n" ...${head}>${t.againstBefore}</${Sorted}>`}
            <${Sorted} by="quantity" class="n minor" ...${head}>${t.quantity}</${Sorted}>
            <${Sorted} by="sales" class="n minor" ...${head}>${t.metrics.sales}</${Sorted}>
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            (row) => html`
              <tr key=${row.product}>
                <th scope="row">
                  <${Link} to=${{ product: place.value.product === row.product ? null : row.product }}><${Name} text=${row.name ?? row.product} /></${Link}>
                  ${row.name !== null && html` <span class="quiet"><${Name} text=${row.product} most=${40} /></span>`}
                </th>
                <td class="n"><${Figure} class="value" text=${amount(row.revenue, currency)} of=${`${row.product} ${scope}`} /></td>
                ${withChange && html`<td class="n"><${Against} row=${row} currency=${currency} /></td>`}
                <td class="n minor">${number(row.quantity)}</td>
                <td class="n minor">${number(row.sales)}</td>
              </tr>`,
          )}
          ${rows.length === 0 && html`<tr><td colspan="5" class="quiet">${t.noProduct}</td></tr>`}
        </tbody>
      </table>
    </div>`;
}

/** Its change against the period before. @param {{ row: Answer["rows"][number], currency: string }} props */
function Against({ row: { revenue, before }, currency }) {
  const t = texts.value;
  if (before === null) return null;
  if (before.sales === 0) return html`<span class="quiet">${t.isNew}</span>`;
  const was = amount(before.revenue, currency);
  if (before.revenue <= 0) return html`<span class="quiet">${t.beforeWas(was)}</span>`;
  const part = (revenue - before.revenue) / before.revenue;
  const tone = part > 0 ? "up" : part < 0 ? "down" : "";
  return html`<span class=${tone} title=${t.beforeWas(was)}>${change(part)}</span>`;
}
