/**
 * The followed files: state, counts, last and next poll, the reason of a problem; catalogues with their files folded.
 */
import { html } from "htm/preact";
import { OutcomeNote } from "./acts.js";
import { AddSource } from "./add-source.js";
import { DoubtParts } from "./doubts.js";
import { fileName, moment, number, shorten } from "./format.js";
import { texts } from "./language.js";
import { NotifyButton } from "./notify.js";
import { session } from "./session.js";
import { SourceActs } from "./source-acts.js";
import { Card, Link, Name, Pill, When } from "./ui.js";

/** @typedef {import("../server/api.ts").SourcesAnswer} Sources */
/** @typedef {Sources["sources"][number]} Source */
/** @typedef {Sources["catalogues"][number]} Catalogue */

/** Entries of a catalogue that are shown one by one: first those that need an action. */
const MOST_ENTRIES = 200;
/** Refused entries of a catalogue that are shown with their reason. */
const MOST_REFUSALS = 5;
/** Withdrawn sources that are shown, the last ones first. */
const MOST_WITHDRAWN = 20;

/** A link to what one file has says everything of it: other filters go. */
const NO_FILTERS = { city: null, shop: null, product: null, from: null, to: null };

/** @param {Source} source */
const isFine = ({ state, doubts }) => state === "ok" && doubts === undefined;

/** Whether a source waits for its next poll after a failure, or for a confirmation. @param {Source} source */
export const isStopped = ({ state }) => state === "parked" || state === "held";

/** `demo`: its files are not registered, so nothing can be changed about them. @param {{ sources: Sources | undefined, demo: boolean }} props */
export function SourcesView({ sources: answer, demo }) {
  const t = texts.value;
  if (answer === undefined) return null;
  const { sources, catalogues, withdrawn, currency } = answer;
  const ids = new Set(catalogues.map(({ catalogue }) => catalogue));
  const alone = sources.filter(({ catalogue }) => catalogue === undefined || !ids.has(catalogue));
  return html`
    <${Card} id="sources-card" title=${t.sources} tools=${html`<${NotifyButton} />`}>
      <${AddSource} currency=${currency} />
      <${OutcomeNote} />
      <ul id="sources" class="sources">
        ${sources.length + catalogues.length === 0 && html`<li class="quiet">${t.noSources}</li>`}
        ${alone.map((source) => html`<${SourceItem} key=${source.source} source=${source} currency=${currency} fixed=${demo} />`)}
        ${catalogues.map((catalogue) => {
          const entries = sources.filter((source) => source.catalogue === catalogue.catalogue);
          return html`<${CatalogueItem} key=${catalogue.catalogue} catalogue=${catalogue} all=${entries} currency=${currency} />`;
        })}
        ${withdrawn
          .slice(-MOST_WITHDRAWN)
          .toReversed()
          .map(
            ({ source, at, events }) => html`
              <li key=${`withdrawn ${source}`}>
                <${Heading} id=${source} tag=${t.removed} />
                <p class="quiet reason">${t.withdrawnAt(moment(at), events, number(events))}</p>
              </li>`,
          )}
      </ul>
    </${Card}>`;
}

/** @param {{ id: string, tag: string }} props */
const Heading = ({ id, tag }) => html`
  <div class="source-name">
    <strong><${Name} text=${fileName(id)} most=${60} /></strong> <span class="tag">${tag}</span>
    <span class="quiet url" title=${shorten(id, 2000)}><bdi>${shorten(id)}</bdi></span>
  </div>`;

/** @param {{ source: Source, currency: string, fixed?: boolean }} props */
function SourceItem({ source, currency, fixed = false }) {
  const t = texts.value;
  const { reason, doubts, decided = [], rekeyed } = source;
  return html`
    <li>
      <${Heading} id=${source.source} tag=${source.entities.map(entityName).join(", ")} />
      <${Pill} state=${source.state}>${t.states[source.state]}</${Pill}>
      <span class="quiet counts">${countsOf(source)} · <${Polled} at=${source.polled} next=${source.next} /></span>
      <p class="links">
        ${source.entities.includes("ventes") && html`<${Link} to=${{ ...NO_FILTERS, view: "sales", source: source.source, period: "all" }} label=${t.salesOf(fileName(source.source))}>${t.itsSales}</${Link}>`}
        <${Link} to=${{ ...NO_FILTERS, view: "changes", source: source.source }} label=${t.changesOf(fileName(source.source))}>${t.itsChanges}</${Link}>
        ${session.value.writes && !fixed && html`<${SourceActs} source=${source.source} name=${fileName(source.source)} canRetry=${source.state !== "unlisted"} />`}
      </p>
      ${decided.map(({ at, says }) => html`<p class="quiet reason">${t.decided(moment(at), says)}</p>`)}
      ${rekeyed !== undefined && html`<p class="quiet reason">${t.rekeyed(moment(rekeyed))}</p>`}
      ${
        doubts !== undefined
          ? doubts.map(
              (doubt) =>
                html`<${DoubtParts} key=${doubt.decision} doubt=${doubt} currency=${currency} source=${source.source} catalogue=${source.catalogue} />`,
            )
          : reason !== "" && html`<p class=${isStopped(source) ? "reason" : "quiet reason"}>${reason}</p>`
      }
    </li>`;
}

/** @param {{ catalogue: Catalogue, all: readonly Source[], currency: string }} props */
function CatalogueItem({ catalogue, all, currency }) {
  const t = texts.value;
  const { reason, refusals, passedOver = [], state } = catalogue;
  const entries = [...all.filter((one) => !isFine(one)), ...all.filter(isFine)];
  const more = entries.length - MOST_ENTRIES;
  return html`
    <li>
      <${Heading} id=${catalogue.catalogue} tag=${t.catalogue} />
      <${Pill} state=${state}>${t.states[state]}</${Pill}>
      <span class="quiet counts">${listedOf(catalogue)} · <${Polled} at=${catalogue.polled} /></span>
      ${reason !== "" && html`<p class=${state === "parked" ? "reason" : "quiet reason"}>${reason}</p>`}
      ${refusals.slice(0, MOST_REFUSALS).map((one) => html`<p class="reason">${shorten(one.reason, 300)}</p>`)}
      ${passedOver
        .slice(0, MOST_REFUSALS)
        .map((one) => html`<p class="quiet reason">${shorten(one.reason, 300)}</p>`)}
      ${
        entries.length > 0 &&
        html`
          <details>
            <summary>${t.files(entries.length, number(entries.length))}</summary>
            <ul class="sources">
              ${entries
                .slice(0, MOST_ENTRIES)
                .map((one) => html`<${SourceItem} key=${one.source} source=${one} currency=${currency} />`)}
            </ul>
            ${more > 0 && html`<p class="quiet">${t.others(number(more))}</p>`}
          </details>`
      }
    </li>`;
}

/** @param {Source} source */
function countsOf(source) {
  const t = texts.value;
  return [
    t.records(source.records, number(source.records)),
    ...(source.rejected > 0 ? [t.rejected(source.rejected, number(source.rejected))] : []),
    ...(source.vanished > 0 ? [t.vanished(source.vanished, number(source.vanished))] : []),
    ...(source.withdrawn ? [t.withdrawn(source.withdrawn, number(source.withdrawn))] : []),
    ...(source.conflicts ? [t.conflicts(source.conflicts, number(source.conflicts))] : []),
    ...(source.rounded > 0 ? [t.rounded(source.rounded, number(source.rounded))] : []),
  ].join(" · ");
}

/** @param {Catalogue} catalogue */
function listedOf({ listed, taken, others, refused, passed = 0, unlisted }) {
  const t = texts.value;
  return [
    t.listed(listed, number(listed), number(taken + others)),
    ...(refused > 0 ? [t.refused(refused, number(refused))] : []),
    ...(passed > 0 ? [t.passed(passed, number(passed))] : []),
    ...(unlisted > 0 ? [t.unlisted(unlisted, number(unlisted))] : []),
  ].join(" · ");
}

/**
 * When a file was read last, and when it is read next.
 * @param {{ at: string | null, next?: string | undefined }} props
 */
function Polled({ at, next }) {
  const t = texts.value;
  return html`${
    at === null ? t.neverPolled : html`<${When} at=${at} say=${t.polled} />`
  }${next !== undefined && html` · <${When} at=${next} say=${t.nextPoll} />`}`;
}

/** @param {string} entity */
const entityName = (entity) =>
  /** @type {Readonly<Record<string, string>>} */ (texts.value.entities)[entity] ?? entity;
