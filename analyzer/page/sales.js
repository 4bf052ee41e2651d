/** The sales behind a figure, page by page; or one of them (sale.js). */
import { html } from "htm/preact";
import { useAnswer } from "./data.js";
import { FilterBar, inWords } from "./filter-bar.js";
import { amount, day, fileName, number } from "./format.js";
import { texts } from "./language.js";
import { place } from "./place.js";
import { originOf } from "./price.js";
import { asking, ready } from "./question.js";
import { SaleView } from "./sale.js";
import { Card, Downloads, KeyedPages, Link, Name, Refusal } from "./ui.js";

/** @typedef {import("../api/figures.ts").SalesAnswer} Answer */
/** @typedef {Answer["rows"][number]} Sale */

const SIZE = 50;

export const SalesView = () =>
  place.value.sale === undefined ? html`<${List} />` : html`<${SaleView} id=${place.value.sale} />`;

function List() {
  const t = texts.value;
  const path = ready.value ? asking("api/sales", { limit: SIZE, after: place.value.after }) : undefined;
  const { value, busy, error } = useAnswer(path);
  const answer = /** @type {Answer | undefined} */ (value);
  return html`
    <${FilterBar} period=${answer?.period} />
    <${Refusal} error=${error} />
    ${
      answer !== undefined &&
      html`
        <${Card} id="sales" title=${t.viewNames.sales} busy=${busy} tools=${html`<${Downloads} path=${asking("export/sales")} name=${t.viewNames.sales} />`}>
          <p class="sum">
            ${t.salesWorth(answer.total.sales, number(answer.total.sales), amount(answer.total.revenue, answer.currency))}
            ${" "}<span class="quiet">${inWords(answer.period)}</span>
          </p>
          <${Rows} rows=${answer.rows} currency=${answer.currency} />
          <${KeyedPages} by="after" next=${answer.next} />
        </${Card}>`
    }`;
}

/** @param {{ rows: readonly Sale[], currency: string }} props */
function Rows({ rows, currency }) {
  const t = texts.value;
  if (rows.length === 0) return html`<p class="quiet">${t.noSales}</p>`;
  return html`
    <div class="wide">
      <table class="plain" aria-label=${t.viewNames.sales}>
        <thead>
          <tr>
            <th scope="col">${t.date}</th><th scope="col">${t.product}</th><th scope="col">${t.shop}</th>
            <th scope="col" class="n">${t.quantity}</th><th scope="col" class="n">${t.revenue}</th>
            <th scope="col" class="minor">${t.priceFrom}</th><th scope="col" class="minor">${t.fileAndLine}</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            (sale) => html`
              <tr key=${sale.id}>
                <td class="nowrap"><${Link} to=${{ sale: sale.id }} label=${t.saleOf(day(sale.date), sale.name ?? sale.product)}>${day(sale.date)}</${Link}></td>
                <td><${Link} to=${{ product: sale.product }}><${Name} text=${sale.name ?? sale.product} most=${60} /></${Link}></td>
                <td><${Link} to=${{ shop: sale.shop }}><${Name} text=${sale.shop} most=${30} /></${Link}> <span class="quiet"><${Name} text=${sale.city} most=${30} /></span></td>
                <td class="n">${number(sale.quantity)}</td>
                <td class="n">${amount(sale.revenue, currency)}</td>
                <td class="quiet minor">${originOf(sale, currency)}</td>
                <td class="quiet minor"><${Name} text=${fileName(sale.source)} most=${40} />, ${t.line(number(sale.line))}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}
