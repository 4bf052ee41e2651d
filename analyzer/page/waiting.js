/** Sales that do not count yet, each with what it lacks, its file, its line and its amount. */
import { html } from "htm/preact";
import { useAnswer } from "./data.js";
import { amount, day, fileName, number } from "./format.js";
import { texts } from "./language.js";
import { place } from "./place.js";
import { queried } from "./question.js";
import { Card, Downloads, KeyedPages, Name } from "./ui.js";

/** @typedef {import("../api/figures.ts").WaitingAnswer} Answer */

const SIZE = 50;

export function Waiting() {
  const t = texts.value;
  const { value } = useAnswer(queried("api/waiting", { limit: SIZE, after: place.value.after }));
  const answer = /** @type {Answer | undefined} */ (value);
  if (answer === undefined || answer.count === 0) return null;
  const { rows, currency, next } = answer;
  return html`
    <${Card} id="waiting-sales" title=${t.waitingSales} tools=${html`<${Downloads} path="export/waiting" name=${t.waitingSales} />`}>
      <p class="quiet">${t.waitingNote}</p>
      <div class="wide" role="group" tabindex="0" aria-label=${t.waitingSales}>
        <table class="plain" aria-label=${t.waitingSales}>
          <thead>
            <tr>
              <th scope="col">${t.waitsForHead}</th><th scope="col">${t.date}</th><th scope="col">${t.product}</th>
              <th scope="col">${t.shop}</th><th scope="col" class="n">${t.quantity}</th><th scope="col" class="n">${t.revenue}</th>
              <th scope="col">${t.fileAndLine}</th>
            </tr>
          </thead>
          <tbody>
            ${rows.map(
              (row) => html`
                <tr key=${row.id}>
                  <td>${row.waitsFor.map((what) => t.waitsFor[what]).join(", ")}</td>
                  <td class="nowrap">${day(row.date)}</td>
                  <td><${Name} text=${row.product} most=${60} /></td>
                  <td><${Name} text=${row.shop} most=${60} /></td>
                  <td class="n">${number(row.quantity)}</td>
                  <td class="n">${row.amount === null ? "–" : amount(row.amount, currency)}</td>
                  <td class="quiet"><${Name} text=${fileName(row.source)} most=${40} />, ${t.line(number(row.line))}</td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
      <${KeyedPages} by="after" next=${next} />
    </${Card}>`;
}
