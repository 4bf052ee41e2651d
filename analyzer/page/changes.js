/** The changes of the sales, file by file, with rows and money, the newest first. */
import { html } from "htm/preact";
import { useAnswer } from "./data.js";
import { amount, fileName, moment, number, span } from "./format.js";
import { texts } from "./language.js";
import { place } from "./place.js";
import { queried } from "./question.js";
import { Card, KeyedPages, Link, Name, Refusal, When } from "./ui.js";

/** @typedef {import("../api/figures.ts").ChangesAnswer} Answer */

const SIZE = 50;

export function ChangesView() {
  const t = texts.value;
  const { source, before } = place.value;
  const { value, busy, error } = useAnswer(queried("api/changes", { source, before, limit: SIZE }));
  const answer = /** @type {Answer | undefined} */ (value);
  return html`
    <${Card} id="changes" title=${t.changes} busy=${busy}>
      ${source !== undefined && html`<p><${Link} class="chip on" to=${{ source: null }} label=${t.without(t.filterNames.source, fileName(source))}>${t.filterNames.source} <strong><${Name} text=${fileName(source)} /></strong> <span aria-hidden="true">×</span></${Link}></p>`}
      <${Refusal} error=${error} />
      ${answer !== undefined && html`<${Feed} answer=${answer} />`}
    </${Card}>`;
}

/** @param {{ answer: Answer }} props */
function Feed({ answer: { rows, since, next, currency } }) {
  const t = texts.value;
  return html`
    ${rows.length === 0 && html`<p class="quiet">${t.noChanges}</p>`}
    <ol class="feed">
      ${rows.map(
        (row) => html`
          <li key=${row.id}>
            <p>
              <strong><${Link} to=${{ view: "sales", source: row.source, from: row.firstDay, to: row.lastDay, period: null }}><${Name} text=${fileName(row.source)} most=${60} /></${Link}></strong>
              ${" "}<span class="quiet"><${When} at=${row.to} /></span>
            </p>
            <p class="counts">${countsOf(row)}</p>
            <p class=${`money ${row.revenue > 0 ? "up" : row.revenue < 0 ? "down" : "quiet"}`}>${row.revenue > 0 ? "+" : ""}${amount(row.revenue, currency)}</p>
            <p class="quiet days-of">${span({ from: row.firstDay, to: row.lastDay })}</p>
          </li>`,
      )}
    </ol>
    ${next === null && since !== null && html`<p class="quiet">${t.changesSince(moment(since))}</p>`}
    <${KeyedPages} by="before" next=${next} first=${t.newest} more=${t.older} />`;
}

/** @param {Answer["rows"][number]} row */
function countsOf({ added, changed, removed }) {
  const t = texts.value;
  return [
    ...(added > 0 ? [t.added(added, number(added))] : []),
    ...(changed > 0 ? [t.changedSales(changed, number(changed))] : []),
    ...(removed > 0 ? [t.removedSales(removed, number(removed))] : []),
  ].join(" · ");
}
