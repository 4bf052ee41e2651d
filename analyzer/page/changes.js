/** The changes of the sales, file by file, with rows and money, the newest first; of one file also its versions. */
import { html } from "htm/preact";
import { useAnswer } from "./data.js";
import { amount, fileName, moment, number, span } from "./format.js";
import { texts } from "./language.js";
import { place } from "./place.js";
import { queried } from "./question.js";
import { historyTexts } from "./texts-history.js";
import { Card, KeyedPages, Link, Name, Pill, Refusal, When } from "./ui.js";

/** @typedef {import("../api/figures.ts").ChangesAnswer} Answer */
/** @typedef {import("../api/history.ts").HistoryAnswer} History */

const SIZE = 50;

export function ChangesView() {
  const t = texts.value;
  const { source, before } = place.value;
  const { value, busy, error } = useAnswer(queried("api/changes", { source, before, limit: SIZE }));
  const answer = /** @type {Answer | undefined} */ (value);
  const noted = useAnswer(source === undefined ? undefined : queried("api/history", { source }));
  const history = source === undefined ? undefined : /** @type {History | undefined} */ (noted.value);
  // A file of products or shops has a history, and no sales.
  const isOfSales = error === "" || source === undefined;
  const feed = isOfSales ? answer : NO_CHANGES;
  return html`
    <${Card} id="changes" title=${source === undefined ? t.changes : historyTexts.value.historyOf(fileName(source))} busy=${busy}>
      ${source !== undefined && html`<p><${Link} class="chip on" to=${{ source: null }} label=${t.without(t.filterNames.source, fileName(source))}>${t.filterNames.source} <strong><${Name} text=${fileName(source)} /></strong> <span aria-hidden="true">×</span></${Link}></p>`}
      ${isOfSales && html`<${Refusal} error=${error} />`}
      ${feed !== undefined && !noted.busy && html`<${Feed} answer=${feed} history=${history?.rows ?? []} />`}
    </${Card}>`;
}

/** @type {Pick<Answer, "rows" | "since" | "next" | "currency">} */
const NO_CHANGES = { rows: [], since: null, next: null, currency: "EUR" };

/**
 * One page of the feed, the newest first: the changes of the sales, and the entries of the history that are not older than the
 * last change of this page and older than the page before.
 * @param {{ answer: Pick<Answer, "rows" | "since" | "next" | "currency">, history: History["rows"] }} props
 */
function Feed({ answer: { rows, since, next, currency }, history }) {
  const t = texts.value;
  const oldest = next === null ? "" : (rows.at(-1)?.to ?? "");
  const { until } = place.value;
  const versions = history.filter(({ at }) => at >= oldest && (until === undefined || at < until));
  const entries = [
    ...rows.map((row) => ({
      at: row.to,
      key: `change ${row.id}`,
      shown: html`<${ChangeOf} row=${row} currency=${currency} />`,
    })),
    ...versions.map((entry, i) => ({
      at: entry.at,
      key: `version ${entry.at} ${entry.kind} ${i}`,
      shown: html`<${VersionOf} entry=${entry} />`,
    })),
  ].sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
  return html`
    ${entries.length === 0 && html`<p class="quiet">${t.noChanges}</p>`}
    <ol class="feed">${entries.map(({ key, shown }) => html`<li key=${key}>${shown}</li>`)}</ol>
    ${next === null && since !== null && html`<p class="quiet">${t.changesSince(moment(since))}</p>`}
    <${KeyedPages} by="before" next=${next} keep=${{ until: oldest }} first=${t.newest} more=${t.older} />`;
}

/** What a version, or several that follow closely, did to the sales. @param {{ row: Answer["rows"][number], currency: string }} props */
const ChangeOf = ({ row, currency }) => html`
  <p>
    <strong><${Link} to=${{ view: "sales", source: row.source, from: row.firstDay, to: row.lastDay, period: null }}><${Name} text=${fileName(row.source)} most=${60} /></${Link}></strong>
    ${" "}<span class="quiet"><${When} at=${row.to} /></span>
  </p>
  <p class="counts">${countsOf(row)}</p>
  <p class=${`money ${row.revenue > 0 ? "up" : row.revenue < 0 ? "down" : "quiet"}`}>${row.revenue > 0 ? "+" : ""}${amount(row.revenue, currency)}</p>
  <p class="quiet days-of">${span({ from: row.firstDay, to: row.lastDay })}</p>`;

/** The pills of the states of files say the same. @type {Readonly<Record<History["rows"][number]["kind"], string>>} */
const PILLS = {
  applied: "ok",
  held: "held",
  failed: "parked",
  recovered: "ok",
  unlisted: "unlisted",
  decided: "reading",
};

/** @param {{ entry: History["rows"][number] }} props */
function VersionOf({ entry: { at, kind, says, counts } }) {
  const t = historyTexts.value;
  return html`
    <p><${Pill} state=${PILLS[kind]}>${t.historyKinds[kind]}</${Pill}> <span class="quiet"><${When} at=${at} /></span></p>
    ${counts !== null && html`<p class="counts">${t.versionCounts(counts)}</p>`}
    ${says !== "" && says.split("\n").map((line) => html`<p class="counts">${line}</p>`)}`;
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
