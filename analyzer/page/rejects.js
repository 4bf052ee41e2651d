/** The rejected lines: their number by kind, and the newest ones with their sentence, their place and their text. */
import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { useAnswer } from "./data.js";
import { fileName, number, shorten } from "./format.js";
import { texts } from "./language.js";
import { Card, Name } from "./ui.js";

/** @typedef {import("../server/api.ts").RejectsAnswer} Rejects */

const FIRST = 20;
const MORE = 50;
/** The most that the server gives at once. */
const MOST = 200;

export function RejectsView() {
  const t = texts.value;
  const [limit, setLimit] = useState(FIRST);
  const { value: answer } = useAnswer(/** @type {string} */ (`api/rejects?limit=${limit}`));
  const rejects = /** @type {Rejects | undefined} */ (answer);
  const more = rejects === undefined ? 0 : Math.min(rejects.count, MOST) - rejects.rejects.length;
  return html`
    <${Card} id="rejects" title=${t.rejects}>
      ${
        rejects !== undefined &&
        (rejects.count === 0
          ? html`<p class="quiet">${t.noRejects}</p>`
          : html`
            <p class="quiet">${t.rejectsNote}</p>
            <ul class="codes">
              ${rejects.codes.map(({ code, count }) => html`<li class="tag" key=${code}><strong>${number(count)}</strong> ${code}</li>`)}
            </ul>
            <ol class="rejects">${rejects.rejects.map((one) => html`<${Item} key=${one.id} reject=${one} />`)}</ol>
            ${
              more > 0 &&
              html`<p class="more">
                <button type="button" onClick=${() => setLimit(Math.min(MOST, limit + MORE))}>${t.showMore(number(Math.min(MORE, more)))}</button>
              </p>`
            }`)
      }
    </${Card}>`;
}

/** @param {{ reject: Rejects["rejects"][number] }} props */
function Item({ reject }) {
  const { sentence, source, line, raw } = reject;
  const where = [fileName(source), ...(line === null ? [] : [texts.value.line(number(line))])].join(", ");
  return html`
    <li>
      <p><bdi>${sentence}</bdi></p>
      <p class="quiet"><${Name} text=${where} /></p>
      <pre dir="auto">${shorten(raw, 300)}</pre>
    </li>`;
}
