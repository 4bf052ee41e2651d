/**
 * The files that need a person, on top of each view and in the title of the tab: a version of them waits for a
 * decision, or they cannot be read.
 */
import { html } from "htm/preact";
import { useEffect } from "preact/hooks";
import { fileName, number } from "./format.js";
import { texts } from "./language.js";
import { useNotices } from "./notify.js";
import { isStopped } from "./sources.js";
import { Link, Name } from "./ui.js";

/** @typedef {import("../server/api.ts").SourcesAnswer} Sources */

/** Files that are named; of the others only the number is told. */
const MOST_NAMED = 3;

/**
 * The sources and catalogues that wait for a person.
 * @param {Pick<Sources, "sources" | "catalogues">} answer
 */
export const waitingIn = ({ sources, catalogues }) => [
  ...catalogues.filter(({ state }) => state === "parked").map(({ catalogue }) => catalogue),
  ...sources
    .filter((source) => isStopped(source) || (source.doubts ?? []).some(({ weight }) => weight !== "noticed"))
    .map(({ source }) => source),
];

/** @param {{ sources: Sources | undefined }} props */
export function Needs({ sources }) {
  const t = texts.value;
  const waiting = sources === undefined ? [] : waitingIn(sources);
  const count = waiting.length;
  useNotices(sources === undefined ? undefined : waiting);
  useEffect(() => {
    document.title = count === 0 ? t.title : `(${number(count)}) ${t.title}`;
  }, [count, t]);
  // The element stays, because a screen reader announces what changes in it.
  return html`
    <p id="needs" class="notice warn" role="status" hidden=${count === 0}>
      ${
        count > 0 &&
        html`<${Link} to=${{ view: "sources" }}>${t.needs(count, number(count))}</${Link}>
        ${" "}
        ${waiting.slice(0, MOST_NAMED).map((source, i) => html`${i === 0 ? "" : ", "}<${Name} text=${fileName(source)} most=${60} />`)}
        ${count > MOST_NAMED ? ` ${t.others(number(count - MOST_NAMED))}` : ""}`
      }
    </p>`;
}
