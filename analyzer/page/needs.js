/** What needs a person: files to confirm and files that cannot be read, on top of the page and in the title of the tab. */
import { element, name } from "./dom.js";
import { number, shorten } from "./format.js";
import { fileName, isStopped } from "./sources.js";
import { texts } from "./texts.js";

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

/** Shows them in an element of the page, and their number in the title. @param {HTMLElement} at */
export function makeNeeds(at) {
  /** The sources that the element names. It is drawn again only when these change, for a screen reader announces each change. */
  let shown = "";

  /** @param {Sources} answer */
  return (answer) => {
    const waiting = waitingIn(answer);
    const count = waiting.length;
    document.title = count === 0 ? texts.title : `(${number(count)}) ${texts.title}`;
    const content = JSON.stringify(waiting);
    if (content === shown) return;
    shown = content;
    at.hidden = count === 0;
    const names = waiting
      .slice(0, MOST_NAMED)
      .flatMap((source, i) => [i === 0 ? "" : ", ", name(shorten(fileName(source), 60))]);
    const others = count > MOST_NAMED ? ` ${texts.others(number(count - MOST_NAMED))}` : "";
    const link = element("a", { href: "#sources" }, texts.needs(count, number(count)));
    at.replaceChildren(link, " ", ...names, others);
  };
}
