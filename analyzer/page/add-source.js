/** A form that shows how a file would be read, and then has the server follow it. Others see what to paste. */
import { html } from "htm/preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { act, ask, forget, Press, refused } from "./acts.js";
import { DoubtParts } from "./doubts.js";
import { fileName, number } from "./format.js";
import { texts } from "./language.js";
import { endSession, session } from "./session.js";
import { Name } from "./ui.js";

/** @typedef {import("../api/writes.ts").InspectAnswer} Inspection */

/** Columns of a file that are shown. */
const MOST_COLUMNS = 100;

/** @param {{ currency: string }} props */
export function AddSource({ currency }) {
  const { writes, offered } = session.value;
  return writes ? html`<${AddForm} currency=${currency} />` : offered && html`<${HowToWrite} />`;
}

/** For a reader without a session. */
function HowToWrite() {
  const t = texts.value;
  const { program } = session.value;
  return html`
    <details class="how">
      <summary>${t.howToWrite}</summary>
      <p>${t.openLink}</p>
      <p>${t.orPaste}</p>
      <pre>${["add URL --dry-run", "add URL", "confirm URL", "remove URL --dry-run"].map((args) => `${program} sources ${args}\n`)}</pre>
    </details>`;
}

/** @param {{ currency: string }} props */
function AddForm({ currency }) {
  const t = texts.value;
  const form = useRef(/** @type {HTMLFormElement | null} */ (null));
  const [busy, setBusy] = useState(false);
  const [found, setFound] = useState(
    /** @type {{ url: string, inspection: Inspection } | undefined} */ (undefined),
  );
  /** @param {SubmitEvent} event */
  const inspect = async (event) => {
    event.preventDefault();
    const url = String(new FormData(form.current ?? undefined).get("url") ?? "").trim();
    if (url === "" || busy) return;
    setBusy(true);
    forget();
    setFound(undefined);
    try {
      setFound({ url, inspection: await ask("sources/inspect", { url }) });
    } catch (error) {
      refused(error);
    }
    setBusy(false);
  };
  const add = async (/** @type {string} */ name) => {
    if (found === undefined) return;
    const { url, inspection } = found;
    const undo = { name: "sources/remove", body: { source: inspection.source, withdraw: false } };
    const called = name.trim() === "" ? {} : { name };
    if (!(await act("sources/add", { url, ...called }, undo))) return;
    setFound(undefined);
    form.current?.reset();
  };
  return html`
    <form class="add" ref=${form} onSubmit=${inspect}>
      <label>${t.addFile} <input name="url" type="text" inputmode="url" autocomplete="off" placeholder="https://exemple.fr/ventes.csv" required /></label>
      <button type="submit" aria-disabled=${busy}>${busy ? t.trying : t.try}</button>
      <button type="button" class="quietly" onClick=${endSession}>${t.endSession}</button>
    </form>
    ${found !== undefined && html`<${Preview} inspection=${found.inspection} currency=${currency} add=${add} cancel=${() => setFound(undefined)} />`}`;
}

/** How the file would be read. @param {{ inspection: Inspection, currency: string, add: (name: string) => Promise<void>, cancel: () => void }} props */
function Preview({ inspection, currency, add, cancel }) {
  const t = texts.value;
  const at = useRef(/** @type {HTMLElement | null} */ (null));
  const called = useRef(/** @type {HTMLInputElement | null} */ (null));
  useEffect(() => at.current?.focus(), [inspection]);
  const { source, entities, records, columns, rejects, notes, doubts } = inspection;
  const kinds = entities.map((entity) => t.entities[entity]).join(", ");
  return html`
    <section class="preview" ref=${at} tabindex="-1" aria-labelledby="preview-title">
      <h3 id="preview-title">${t.wouldRead(records, number(records), kinds)}</h3>
      <p class="quiet"><${Name} text=${source} most=${300} /></p>
      <${Mapping} columns=${columns} wide=${entities.length > 1} />
      ${entities.map((entity) => html`<${FirstRows} key=${entity} entity=${entity} inspection=${inspection} />`)}
      ${rejects.length > 0 && html`<h4>${t.wouldReject}</h4>`}
      <ul class="rejects-found">
        ${rejects.map(
          ({ code, count, line, raw, sentence }) => html`
            <li key=${code}><strong>${t.rejectCount(count, number(count))}</strong>: ${sentence}${line !== null && html` <span class="quiet">(${t.line(number(line))}: <${Name} text=${raw} />)</span>`}</li>`,
        )}
      </ul>
      ${notes.map((note) => html`<p class="quiet" key=${note}>${note}</p>`)}
      ${doubts.map((doubt) => html`<${DoubtParts} key=${doubt.decision} doubt=${doubt} currency=${currency} />`)}
      <label>${t.newName} <input ref=${called} type="text" maxlength="80" autocomplete="off" placeholder=${fileName(source)} /></label>
      <p class="buttons">
        <${Press} class="primary" does=${() => add(called.current?.value ?? "")}>${t.followIt}</${Press}>
        <button type="button" onClick=${cancel}>${t.cancel}</button>
      </p>
    </section>`;
}

/** @param {{ columns: Inspection["columns"], wide: boolean }} props */
function Mapping({ columns, wide }) {
  const t = texts.value;
  return html`
    <div class="wide" role="region" tabindex="0" aria-label=${t.mapping}>
      <table class="plain">
        <caption>${t.mapping}</caption>
        <thead><tr><th scope="col">${t.inFile}</th><th scope="col">${t.readAs}</th>${wide && html`<th scope="col">${t.ofEntity}</th>`}</tr></thead>
        <tbody>
          ${columns.slice(0, MOST_COLUMNS).map(
            ({ entity, field, column, name, format }) => html`
              <tr key=${`${entity} ${field}`}>
                <th scope="row"><${Name} text=${field} most=${60} /></th>
                <td>${column === null ? html`<span class="quiet">${t.keptAs(name === field ? "" : name)}</span>` : html`${column}${format !== null && html` <span class="quiet">${formatName(format)}</span>`}`}</td>
                ${wide && html`<td>${t.entities[/** @type {"ventes"} */ (entity)]}</td>`}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}

/** How numbers or dates are written, in words. @param {string} format */
const formatName = (format) =>
  /** @type {Readonly<Record<string, string>>} */ (texts.value.writtenAs)[format] ?? format;

/** @param {{ entity: string, inspection: Inspection }} props */
function FirstRows({ entity, inspection }) {
  const t = texts.value;
  const rows = inspection.rows.filter((row) => row.entity === entity);
  const names = [...new Set(rows.flatMap(({ values }) => Object.keys(values)))];
  if (rows.length === 0) return html`<p>${t.noRows}</p>`;
  const title = t.firstRows(t.entities[/** @type {"ventes"} */ (entity)]);
  return html`
    <div class="wide" role="region" tabindex="0" aria-label=${title}>
      <table class="plain">
        <caption>${title}</caption>
        <thead><tr><th scope="col">${t.lineName}</th>${names.map((name) => html`<th scope="col" key=${name}>${name}</th>`)}</tr></thead>
        <tbody>
          ${rows.map(
            ({ line, values }) => html`
              <tr key=${line}><th scope="row">${number(line)}</th>${names.map((name) => html`<td key=${name}><${Name} text=${values[name] ?? ""} most=${60} /></td>`)}</tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}
