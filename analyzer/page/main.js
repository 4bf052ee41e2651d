/** The page: its head and its notices, and the view that the address names. */
import { html, render } from "htm/preact";
import { useEffect } from "preact/hooks";
import { forget } from "./acts.js";
import { AnalysesView } from "./analyses.js";
import { ChangesView } from "./changes.js";
import { link, useAnswer } from "./data.js";
import { keepFocus } from "./focus.js";
import { moment, names, number, shorten } from "./format.js";
import { language, speak, texts } from "./language.js";
import { Needs } from "./needs.js";
import { Overview } from "./overview.js";
import { place, VIEWS, viewOf } from "./place.js";
import { useDefaultPeriod } from "./question.js";
import { RejectsView } from "./rejects.js";
import { SalesView } from "./sales.js";
import { followLink, linkRefused } from "./session.js";
import { SourcesView } from "./sources.js";
import { SqlView } from "./sql.js";
import { Link, Refusal } from "./ui.js";

/** @typedef {import("../server/api.ts").AnalysesAnswer} Analyses */
/** @typedef {import("../server/api.ts").SourcesAnswer} Sources */

function Page() {
  const view = viewOf(place.value);
  useDefaultPeriod();
  // What came of an act belongs to the view where it was done.
  useEffect(forget, [view]);
  const sources = /** @type {Sources | undefined} */ (useAnswer("api/sources").value);
  useNames(sources);
  const analyses = /** @type {Analyses | undefined} */ (useAnswer("api/analyses?limit=1").value);
  return html`
    <${Top} view=${view} />
    <main class=${link.value === "lost" ? "stale" : ""}>
      <${Notices} analyses=${analyses} sources=${sources} />
      <${VIEW_OF[view]} sources=${sources} demo=${analyses?.demo === true} />
    </main>`;
}

/** @param {Sources | undefined} answer */
function useNames(answer) {
  useEffect(() => {
    const given = (answer?.sources ?? []).flatMap(({ source, name }) =>
      name === undefined ? [] : [/** @type {const} */ ([source, name])],
    );
    if (JSON.stringify(given) !== JSON.stringify([...names.peek()])) names.value = new Map(given);
  }, [answer]);
}

const VIEW_OF = {
  overview: Overview,
  sales: SalesView,
  analyses: AnalysesView,
  changes: ChangesView,
  sources: SourcesView,
  rejects: RejectsView,
  sql: SqlView,
};

/** @param {{ view: import("./place.js").View }} props */
function Top({ view }) {
  const t = texts.value;
  const state = link.value;
  const other = language.value === "fr" ? "en" : "fr";
  return html`
    <header class="top">
      <h1>ventes</h1>
      <nav class="tabs" aria-label=${t.views}>
        ${VIEWS.map(
          (one) => html`
            <${Link} key=${one} class="tab" to=${{ view: one === "overview" ? null : one }} current=${one === view}>${t.viewNames[one]}</${Link}>`,
        )}
      </nav>
      <button type="button" class="language" lang=${other} onClick=${() => speak(other)}>${t.otherLanguage}</button>
      <p id="link" class="pill" role="status" data-state=${state}>${t.links[state]}</p>
    </header>`;
}

/** @param {{ analyses: Analyses | undefined, sources: Sources | undefined }} props */
function Notices({ analyses, sources }) {
  const t = texts.value;
  const reached = analyses?.reached ?? null;
  const applying = analyses?.applying ?? null;
  // While a change is being applied, some of its sales are among those that wait, and others not yet.
  const waiting = applying === null ? analyses?.waiting : undefined;
  return html`
    ${analyses?.demo && html`<p id="demo" class="notice">${t.demo}</p>`}
    ${link.value === "lost" && html`<p id="lost" class="notice warn" role="alert">${reached === null ? t.lostEmpty : t.lost(moment(reached))}</p>`}
    <${Refusal} error=${linkRefused.value} />
    <${Needs} sources=${sources} />
    ${analyses !== undefined && analyses.missed > 0 && html`<p id="missed" class="notice warn" role="alert">${t.missed(number(analyses.missed))}</p>`}
    ${applying !== null && html`<p id="applying" class="notice" role="status">${t.applying(applying.entity, isolated(applying.id), number(applying.done), number(applying.total))}</p>`}
    ${waiting !== undefined && waiting.sales > 0 && html`<p id="waiting" class="notice"><${Link} to=${{ view: "rejects" }}>${waitingText(waiting)}</${Link}></p>`}`;
}

/** An id in a sentence: short, and whatever its direction of writing. @param {string} id */
const isolated = (id) => `\u2068${shorten(id, 40)}\u2069`;

/** @param {Analyses["waiting"]} waiting */
function waitingText({ sales, missing }) {
  const t = texts.value;
  const names = missing.map(
    ({ entity, id, nearest }) =>
      `${entity === "produits" ? t.missingProduct : t.missingShop} ${isolated(id)}` +
      (nearest === null ? "" : ` ${t.nearest(isolated(nearest))}`),
  );
  return t.waiting(sales, number(sales)) + (names.length === 0 ? "" : t.waitingFor(names.join(", ")));
}

keepFocus();
followLink();
render(html`<${Page} />`, /** @type {HTMLElement} */ (document.getElementById("page")));
