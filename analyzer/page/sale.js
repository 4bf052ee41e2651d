/** One sale: the values that count, its file and line, its event as published, and what its sources say of it. */
import { html } from "htm/preact";
import { useAnswer } from "./data.js";
import { amount, day, fileName, moment, number, shorten } from "./format.js";
import { language, texts } from "./language.js";
import { originOf } from "./price.js";
import { queried } from "./question.js";
import { Card, Link, Name, Refusal } from "./ui.js";

/** @typedef {import("../api/figures.ts").SaleAnswer} Answer */

/** @param {{ id: string }} props */
export function SaleView({ id }) {
  const t = texts.value;
  const { value, error } = useAnswer(queried("api/sale", { id, lang: language.value }));
  const answer = /** @type {Answer | undefined} */ (value);
  return html`
    <p class="back"><${Link} to=${{}}>← ${t.backToSales}</${Link}></p>
    <${Refusal} error=${error} />
    ${
      answer !== undefined &&
      html`
        <${Facts} answer=${answer} />
        <${Published} answer=${answer} />
        ${answer.claims.length > 0 && html`<${Claims} claims=${answer.claims} />`}`
    }`;
}

/** @param {{ answer: Answer }} props */
function Facts({ answer: { sale, currency } }) {
  const t = texts.value;
  const extras = Object.entries(sale.extras);
  /** @type {readonly (readonly [string, import("./ui.js").Children])[]} */
  const facts = [
    [t.date, day(sale.date, "weekday")],
    [
      t.product,
      html`<${Name} text=${sale.name ?? sale.product} /> <span class="quiet"><${Name} text=${sale.product} /></span>`,
    ],
    [t.shop, html`<${Name} text=${sale.shop} />, <${Name} text=${sale.city} />`],
    [t.quantity, number(sale.quantity)],
    [t.revenue, amount(sale.revenue, currency)],
    [t.priceFrom, originOf(sale, currency, true)],
    [t.file, html`<bdi class="url">${shorten(sale.source, 300)}</bdi>`],
    [t.lineName, number(sale.line)],
    [t.saleId, html`<${Name} text=${sale.id} />`],
    ...extras.map(([name, text]) => /** @type {const} */ ([name, html`<${Name} text=${text ?? t.empty} />`])),
  ];
  return html`
    <${Card} id="sale" title=${t.oneSale}>
      <dl class="facts">
        ${facts.map(([name, shown]) => html`<div key=${name}><dt><${Name} text=${name} /></dt><dd>${shown}</dd></div>`)}
      </dl>
    </${Card}>`;
}

/** @param {{ answer: Answer }} props */
function Published({ answer: { sale, event, missing } }) {
  const t = texts.value;
  return html`
    <${Card} id="published" title=${t.asPublished}>
      ${
        event !== null &&
        html`
          <p class="quiet">${t.publishedIn(moment(event.published), fileName(sale.source), number(event.version), number(sale.line))}</p>
          <pre dir="auto">${rowText({ ...event.row, ...event.extras })}</pre>`
      }
      <p class="quiet">${missing}</p>
    </${Card}>`;
}

/** @param {Readonly<Record<string, string | null>>} row */
const rowText = (row) =>
  Object.entries(row)
    .map(([name, value]) => `${name}: ${value === null ? texts.value.empty : shorten(value, 200)}`)
    .join("\n");

/** @param {{ claims: Answer["claims"] }} props */
const Claims = ({ claims }) => html`
  <${Card} id="claims" title=${texts.value.claims}>
    <ul class="history">
      ${claims.map(
        (claim) => html`
          <li key=${claim.source}>
            <p><${Name} text=${fileName(claim.source)} />, ${texts.value.line(number(claim.line))}</p>
            <pre dir="auto">${shorten(claim.image, 500)}</pre>
          </li>`,
      )}
    </ul>
  </${Card}>`;
