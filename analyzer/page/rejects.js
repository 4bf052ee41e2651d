/** The rejected lines: their number by code, and the newest ones with their sentence and their text. */
import { element, name } from "./dom.js";
import { number, shorten } from "./format.js";
import { fileName } from "./sources.js";
import { texts } from "./texts.js";

/** @typedef {import("../server/api.ts").RejectsAnswer} Rejects */

const FIRST = 5;

/** @param {HTMLElement} at @param {Rejects} answer @param {(before: number) => Promise<Rejects>} more */
export function showRejects(at, answer, more) {
  if (answer.count === 0) {
    at.replaceChildren(element("p", { class: "quiet" }, texts.noRejects));
    return;
  }
  const codes = answer.codes.map(({ code, count }) =>
    element("li", { class: "tag" }, element("strong", {}, number(count)), ` ${code}`),
  );
  const list = element("ol", { class: "rejects" }, ...answer.rejects.slice(0, FIRST).map(item));
  const button = element("button", { type: "button" });
  let rest = answer.rejects.slice(FIRST);
  let next = answer.next;
  const label = () => {
    const left = answer.count - list.children.length;
    button.hidden = left <= 0 || (rest.length === 0 && next === null);
    button.textContent = texts.showMore(number(Math.min(left, rest.length || FIRST)));
  };
  button.addEventListener("click", async () => {
    if (rest.length === 0 && next !== null) {
      const page = await more(next);
      rest = [...page.rejects];
      next = page.next;
    }
    list.append(...rest.map(item));
    rest = [];
    label();
  });
  label();
  at.replaceChildren(
    element("p", { class: "quiet" }, texts.rejectsNote),
    element("ul", { class: "codes" }, ...codes),
    list,
    element("p", { class: "more" }, button),
  );
}

/** @param {Rejects["rejects"][number]} reject */
function item(reject) {
  const where = [fileName(reject.source), ...(reject.line === null ? [] : [texts.line(number(reject.line))])];
  return element(
    "li",
    {},
    element("p", {}, name(reject.sentence)),
    element("p", { class: "quiet" }, name(shorten(where.join(", ")))),
    element("pre", { dir: "auto" }, shorten(reject.raw, 300)),
  );
}
