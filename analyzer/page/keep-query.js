/** Keeps the query of the view SQL as an analysis. A reader without a session sees the command that does so. */
import { html } from "htm/preact";
import { useRef } from "preact/hooks";
import { act } from "./acts.js";
import { isDay } from "./periods.js";
import { session } from "./session.js";
import { sqlTexts } from "./texts-sql.js";

/** @typedef {{ name: string, cells: readonly (string | number | null)[] }} Value A column, with its cells. */

/** As the header `unite` of the file of an analysis names them. */
const UNITS = /** @type {const} */ (["montant", "quantité", "nombre", "pourcentage", "jour", "texte"]);

/** @param {{ sql: string, chart: string, values: readonly Value[] }} props */
export function KeepQuery({ sql, chart, values }) {
  const t = sqlTexts.value;
  const { writes, program } = session.value;
  return html`
    <details class="keep">
      <summary>${t.keepQuery}</summary>
      ${
        writes
          ? html`<${KeepForm} sql=${sql} chart=${chart} values=${values} />`
          : html`
            <p class="quiet">${t.keepQueryHow}</p>
            <pre><code>${`${program} query --save ${t.keepName} ${quoted(sql)}`}</code></pre>`
      }
    </details>`;
}

/** @param {{ sql: string, chart: string, values: readonly Value[] }} props */
function KeepForm({ sql, chart, values }) {
  const t = sqlTexts.value;
  const form = useRef(/** @type {HTMLFormElement | null} */ (null));
  /** @param {SubmitEvent} event */
  const keep = async (event) => {
    event.preventDefault();
    const given = new FormData(form.current ?? undefined);
    const title = String(given.get("title") ?? "").trim();
    if (title === "") return;
    const body = { title, sql, chart, units: given.getAll("unit").map(String) };
    await act("analyses/save", body, (answer) => ({ name: "analyses/discard", body: { name: answer.name } }));
  };
  return html`
    <form ref=${form} onSubmit=${keep}>
      <label>${t.title} <input name="title" type="text" maxlength="80" autocomplete="off" required /></label>
      ${values.map(
        (value) => html`
          <label key=${value.name}>${t.unitOf(value.name)}
            <select name="unit">
              ${UNITS.map((unit) => html`<option key=${unit} value=${unit} selected=${unit === unitOf(value)}>${t.units[unit]}</option>`)}
            </select>
          </label>`,
      )}
      <p class="quiet">${t.keptAs[/** @type {keyof typeof t.keptAs} */ (chart)]}</p>
      <p class="buttons"><button type="submit" class="primary">${t.keep}</button></p>
    </form>`;
}

/** The unit that the name of a column, or its cells, suggest. @param {Value} value @returns {(typeof UNITS)[number]} */
function unitOf({ name, cells }) {
  const isText = cells.some((cell) => typeof cell === "string");
  if (isText) return cells.every((cell) => cell === null || isDay(String(cell))) ? "jour" : "texte";
  if (/chiffre|montant|prix|revenu|panier|amount|revenue|price/i.test(name)) return "montant";
  if (/quantit|qty/i.test(name)) return "quantité";
  return /pourcent|percent|part$|taux/i.test(name) ? "pourcentage" : "nombre";
}

/** The text as an argument for a shell, after `--` where it begins with `-` (a comment), so that it is no flag. @param {string} text */
const quoted = (text) => `${text.startsWith("-") ? "-- " : ""}'${text.replaceAll("'", "'\\''")}'`;
