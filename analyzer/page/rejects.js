/** The rejected lines: grouped by kind, each with what to do, and the lines with their place and their text. */
import { html } from "htm/preact";
import { useAnswer } from "./data.js";
import { fileName, number, shorten } from "./format.js";
import { language, texts } from "./language.js";
import { place } from "./place.js";
import { queried } from "./question.js";
import { Card, Downloads, KeyedPages, Link, Name } from "./ui.js";
import { Waiting } from "./waiting.js";

/** @typedef {import("../server/api.ts").RejectsAnswer} Rejects */

const SIZE = 20;

export function RejectsView() {
  const t = texts.value;
  const { code, before } = place.value;
  const { value, busy } = useAnswer(
    queried("api/rejects", { limit: SIZE, code, before, lang: language.value }),
  );
  const rejects = /** @type {Rejects | undefined} */ (value);
  return html`
    <${Waiting} />
    <${Card} id="rejects" title=${t.rejects} busy=${busy} tools=${html`<${Downloads} path=${queried("export/rejects", { lang: language.value })} name=${t.rejects} />`}>
      ${
        rejects !== undefined &&
        (rejects.count === 0
          ? html`<p class="quiet">${t.noRejects}</p>`
          : html`
            <p class="quiet">${t.rejectsNote}</p>
            <${Kinds} codes=${rejects.codes} />
            <ol class="rejects">${rejects.rejects.map((one) => html`<${Item} key=${one.id} reject=${one} />`)}</ol>
            <${KeyedPages} by="before" next=${rejects.next} />`)
      }
    </${Card}>`;
}

/**
 * Each kind with its number and its newest sentence; a click shows its lines alone.
 * @param {{ codes: Rejects["codes"] }} props
 */
function Kinds({ codes }) {
  const t = texts.value;
  const chosen = place.value.code;
  return html`
    <ul class="kinds" aria-label=${t.kindsOfRejects}>
      ${codes.map(
        ({ code, count, example }) => html`
          <li key=${code}>
            <${Link} to=${{ code: code === chosen ? null : code }} class="kind" current=${code === chosen}>
              <strong>${t.rejectCount(count, number(count))}</strong></${Link}>
            ${" "}<span class="tag">${code}</span>${" "}
            <span class="quiet">${t.suchAs} <${Name} text=${example} most=${300} /></span>
          </li>`,
      )}
      ${chosen !== undefined && html`<li><${Link} to=${{ code: null }}>${t.allKinds}</${Link}></li>`}
    </ul>`;
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
