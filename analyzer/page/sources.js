/** The followed files: status, counts, last poll, and the reason of a problem. */
import { element, name } from "./dom.js";
import { doubtParts } from "./doubts.js";
import { ago, moment, number, shorten } from "./format.js";
import { texts } from "./texts.js";

/** @typedef {import("../server/api.ts").SourcesAnswer["sources"][number]} Source */

/**
 * The short name of a source: the last part of its URL or path, or the host when that part is no file name
 * (`pub?output=csv`).
 * @param {string} source
 */
export function fileName(source) {
  const path = source.split(/[?#]/)[0] ?? source;
  const last =
    path
      .split("/")
      .filter((part) => part !== "")
      .at(-1) ?? source;
  if (!last.includes(".") && URL.canParse(source)) return new URL(source).host || last;
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

/** @typedef {import("../server/api.ts").SourcesAnswer["catalogues"][number]} Catalogue */

/** Entries of a catalogue that are shown one by one: first those that need an action. */
const MOST_ENTRIES = 200;
/** Refused entries of a catalogue that are shown with their reason. */
const MOST_REFUSALS = 5;

/** Withdrawn sources that are shown, the last ones first. */
const MOST_WITHDRAWN = 20;

/** The list of sources in an element of the page. @param {HTMLElement} list */
export function makeSources(list) {
  /** The content that the list shows, without the times of polls, as one string. */
  let shown = "";

  /** @param {import("../server/api.ts").SourcesAnswer} answer */
  function show(answer) {
    const { sources, catalogues, withdrawn } = answer;
    const content = `${contentOf(sources, catalogues)}${JSON.stringify(withdrawn)}`;
    // Only times have changed: the elements stay, so that a selection and the scroll position stay too.
    if (content === shown) showTimes(list, sources, catalogues);
    else showAll(list, answer);
    shown = content;
  }
  return { show, showAges: () => showAges(list) };
}

/** @param {readonly Source[]} sources @param {readonly Catalogue[]} catalogues */
const contentOf = (sources, catalogues) =>
  JSON.stringify(
    [...sources.map(({ next: _, ...source }) => source), ...catalogues].map((one) => ({
      ...one,
      polled: one.polled !== null,
    })),
  );

/** @param {HTMLElement} list @param {readonly Source[]} sources @param {readonly Catalogue[]} catalogues */
function showTimes(list, sources, catalogues) {
  const { alone, groups } = grouped(sources, catalogues);
  /** In the order in which they are shown. @type {readonly (Source | Catalogue)[]} */
  const shown = [...alone, ...groups.flatMap(({ catalogue, entries }) => [catalogue, ...entries])];
  const polled = shown.flatMap((one) => one.polled ?? []);
  for (const [i, time] of [...list.querySelectorAll("time")].entries()) {
    time.dateTime = polled[i] ?? time.dateTime;
    time.title = moment(time.dateTime);
  }
  showAges(list);
}

/** @param {HTMLElement} list @param {import("../server/api.ts").SourcesAnswer} answer */
function showAll(list, { sources, catalogues, withdrawn, currency }) {
  const { alone, groups } = grouped(sources, catalogues);
  /** The catalogues that the reader has unfolded: they stay unfolded. */
  const open = new Set([...list.querySelectorAll("details[open]")].map((one) => one.getAttribute("data-of")));
  list.replaceChildren(
    ...(alone.length === 0 && groups.length === 0
      ? [element("li", { class: "quiet" }, texts.noSources)]
      : alone.map((source) => item(source, currency))),
    ...groups.map((group) => catalogueItem(group, open, currency)),
    ...withdrawn.slice(-MOST_WITHDRAWN).toReversed().map(withdrawnItem),
  );
}

/** @typedef {{ catalogue: Catalogue, entries: readonly Source[], more: number }} Group */

/**
 * Sources without a catalogue, and the groups of sources of each catalogue.
 * @param {readonly Source[]} sources @param {readonly Catalogue[]} catalogues
 */
function grouped(sources, catalogues) {
  /** @type {Map<string | undefined, Source[]>} */
  const by = new Map(catalogues.map(({ catalogue }) => [catalogue, []]));
  /** @type {Source[]} */
  const alone = [];
  for (const source of sources) (by.get(source.catalogue) ?? alone).push(source);
  const groups = catalogues.map((catalogue) => {
    const all = by.get(catalogue.catalogue) ?? [];
    // Only the first entries are shown: those with a problem come before those that are ok.
    const entries = [...all.filter((one) => !isFine(one)), ...all.filter(isFine)];
    return {
      catalogue,
      entries: entries.slice(0, MOST_ENTRIES),
      more: Math.max(0, all.length - MOST_ENTRIES),
    };
  });
  return { alone, groups };
}

/** @param {string} id @param {string} tag */
const heading = (id, tag) =>
  element(
    "div",
    { class: "source-name" },
    element("strong", {}, name(shorten(fileName(id), 60))),
    " ",
    element("span", { class: "tag" }, tag),
    element("span", { class: "quiet url", title: shorten(id, 2000) }, name(shorten(id))),
  );

/** @param {Source["state"]} state */
const pill = (state) => element("span", { class: "pill", "data-state": state }, texts.states[state]);

/** @param {Source} source @param {string} currency */
function item(source, currency) {
  return element(
    "li",
    {},
    heading(source.source, source.entities.map(entityName).join(", ")),
    pill(source.state),
    element("span", { class: "quiet counts" }, counts(source)),
    ...(source.decided ?? []).map(({ at, says }) =>
      element("p", { class: "quiet reason" }, texts.decided(moment(at), says)),
    ),
    ...(source.rekeyed === undefined
      ? []
      : [element("p", { class: "quiet reason" }, texts.rekeyed(moment(source.rekeyed)))]),
    ...(source.doubts !== undefined
      ? source.doubts.flatMap((doubt) => doubtParts(doubt, currency))
      : source.reason === ""
        ? []
        : [element("p", { class: isStopped(source) ? "reason" : "quiet reason" }, source.reason)]),
  );
}

/** A source that is followed no longer, and whose rows were withdrawn. @param {import("../server/api.ts").SourcesAnswer["withdrawn"][number]} one */
const withdrawnItem = ({ source, at, events }) =>
  element(
    "li",
    {},
    heading(source, texts.removed),
    element("p", { class: "quiet reason" }, texts.withdrawnAt(moment(at), events, number(events))),
  );

/** @param {Group} group @param {ReadonlySet<string | null>} open @param {string} currency */
function catalogueItem({ catalogue, entries, more }, open, currency) {
  const {
    listed,
    taken,
    others,
    refused,
    unlisted,
    refusals,
    reason,
    passed = 0,
    passedOver = [],
  } = catalogue;
  const parts = [
    texts.listed(listed, number(listed), number(taken + others)),
    ...(refused > 0 ? [texts.refused(refused, number(refused))] : []),
    ...(passed > 0 ? [texts.passed(passed, number(passed))] : []),
    ...(unlisted > 0 ? [texts.unlisted(unlisted, number(unlisted))] : []),
  ];
  const all = entries.length + more;
  const details = element(
    "details",
    { "data-of": catalogue.catalogue, ...(open.has(catalogue.catalogue) ? { open: "" } : {}) },
    element("summary", {}, texts.files(all, number(all))),
    element("ul", { class: "sources" }, ...entries.map((entry) => item(entry, currency))),
    ...(more > 0 ? [element("p", { class: "quiet" }, texts.others(number(more)))] : []),
  );
  return element(
    "li",
    {},
    heading(catalogue.catalogue, texts.catalogue),
    pill(catalogue.state),
    element("span", { class: "quiet counts" }, parts.join(" · "), " · ", polledAt(catalogue.polled)),
    ...(reason === ""
      ? []
      : [element("p", { class: catalogue.state === "parked" ? "reason" : "quiet reason" }, reason)]),
    ...refusals
      .slice(0, MOST_REFUSALS)
      .map((one) => element("p", { class: "reason" }, shorten(one.reason, 300))),
    ...passedOver
      .slice(0, MOST_REFUSALS)
      .map((one) => element("p", { class: "quiet reason" }, shorten(one.reason, 300))),
    ...(all > 0 ? [details] : []),
  );
}

/** @param {Source} source */
const isFine = ({ state, doubts }) => state === "ok" && doubts === undefined;

/** Whether a source waits for its next poll after a failure, or for a confirmation. @param {Source} source */
export const isStopped = ({ state }) => state === "parked" || state === "held";

/** @param {Source} source */
function counts(source) {
  const parts = [
    texts.records(source.records, number(source.records)),
    ...(source.rejected > 0 ? [texts.rejected(source.rejected, number(source.rejected))] : []),
    ...(source.vanished > 0 ? [texts.vanished(source.vanished, number(source.vanished))] : []),
    ...(source.withdrawn ? [texts.withdrawn(source.withdrawn, number(source.withdrawn))] : []),
    ...(source.conflicts ? [texts.conflicts(source.conflicts, number(source.conflicts))] : []),
    ...(source.rounded > 0 ? [texts.rounded(source.rounded, number(source.rounded))] : []),
  ];
  return element("span", {}, parts.join(" · "), " · ", polledAt(source.polled));
}

/** @param {string | null} polled */
const polledAt = (polled) =>
  polled === null
    ? texts.neverPolled
    : element("time", { datetime: polled, title: moment(polled) }, texts.polled(ago(polled)));

/** Updates how long ago each source was polled. @param {HTMLElement} list */
function showAges(list) {
  for (const time of list.querySelectorAll("time")) {
    const text = texts.polled(ago(time.dateTime));
    if (time.textContent !== text) time.textContent = text;
  }
}

/** @param {string} entity */
const entityName = (entity) =>
  entity in texts.entities ? texts.entities[/** @type {keyof typeof texts.entities} */ (entity)] : entity;
