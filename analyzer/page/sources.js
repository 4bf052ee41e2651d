/** Each followed file: how it stands, what it had, when it was looked at, and why not if not. */
import { element, name } from "./dom.js";
import { ago, moment, number, shorten } from "./format.js";
import { texts } from "./texts.js";

/** @typedef {import("../server/api.ts").SourcesAnswer["sources"][number]} Source */

/**
 * The last part of a URL or path, which people know; the host where that is no file's name (`pub?output=csv`).
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

/** What the list says now, without the times of looking. */
let said = "";

/** @param {HTMLElement} list @param {readonly Source[]} sources */
export function showSources(list, sources) {
  const saying = JSON.stringify(sources.map((source) => ({ ...source, looked: source.looked !== null })));
  if (saying === said) {
    // Looked at again, and nothing new: what somebody reads or selects stays where it is.
    const looked = sources.flatMap((source) => source.looked ?? []);
    for (const [i, time] of [...list.querySelectorAll("time")].entries()) {
      time.dateTime = looked[i] ?? time.dateTime;
      time.title = moment(time.dateTime);
    }
    showSourceAges(list);
    return;
  }
  said = saying;
  list.replaceChildren(
    ...(sources.length === 0
      ? [element("li", { class: "quiet" }, texts.noSources)]
      : sources.map((source) => {
          const state = texts.states[source.state];
          return element(
            "li",
            {},
            element(
              "div",
              { class: "source-name" },
              element("strong", {}, name(shorten(fileName(source.source), 60))),
              " ",
              element("span", { class: "tag" }, source.entities.map(entityName).join(", ")),
              element(
                "span",
                { class: "quiet url", title: shorten(source.source, 2000) },
                name(shorten(source.source)),
              ),
            ),
            element("span", { class: "pill", "data-state": source.state }, state),
            element("span", { class: "quiet counts" }, counts(source)),
            ...(source.reason === ""
              ? []
              : [element("p", { class: isStopped(source) ? "reason" : "quiet reason" }, source.reason)]),
          );
        })),
  );
}

/** Until its next look, or until somebody confirms. @param {Source} source */
const isStopped = ({ state }) => state === "parked" || state === "held";

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
  const looked =
    source.looked === null
      ? texts.neverLooked
      : element(
          "time",
          { datetime: source.looked, title: moment(source.looked) },
          texts.looked(ago(source.looked)),
        );
  return element("span", {}, parts.join(" · "), " · ", looked);
}

/** How long ago each was looked at, by the second. @param {HTMLElement} list */
export function showSourceAges(list) {
  for (const time of list.querySelectorAll("time")) {
    const text = texts.looked(ago(time.dateTime));
    if (time.textContent !== text) time.textContent = text;
  }
}

/** @param {string} entity */
const entityName = (entity) =>
  entity in texts.entities ? texts.entities[/** @type {keyof typeof texts.entities} */ (entity)] : entity;
