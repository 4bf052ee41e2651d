/** SQL on the database: a query, its answer as a table or a chart, and the tables that it may name. */
import { html } from "htm/preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { OutcomeNote } from "./acts.js";
import { Drawn, Table } from "./analyses.js";
import { useAnswer } from "./data.js";
import { number } from "./format.js";
import { KeepQuery } from "./keep-query.js";
import { language } from "./language.js";
import { isDay } from "./periods.js";
import { addressOf, go, place } from "./place.js";
import { queried } from "./question.js";
import { sqlTexts } from "./texts-sql.js";
import { Card, Downloads, Link, Refusal } from "./ui.js";

/** @typedef {import("../api/queries.ts").QueryAnswer} Answer */
/** @typedef {import("../api/queries.ts").SchemaAnswer} Schema */
/** @typedef {Schema["tables"][number]} TableOfSchema */

/** The server ends a query after 5 s. */
const ANSWER_WITHIN_MS = 20_000;
/** Rows that the page shows; a file has up to 10,000. */
const MOST_ROWS = 500;

/** Each can be run as it is. */
const EXAMPLES = {
  byMonth: `SELECT substr(date_vente, 1, 7) AS mois, SUM(chiffre_affaires) AS chiffre_affaires
FROM ventes GROUP BY mois ORDER BY mois`,
  byCity: `SELECT ville, SUM(chiffre_affaires) AS chiffre_affaires, COUNT(*) AS ventes
FROM ventes JOIN magasins USING (id_magasin) GROUP BY ville ORDER BY 2 DESC`,
  last: "SELECT * FROM ventes ORDER BY date_vente DESC LIMIT 20",
};

export function SqlView() {
  const t = sqlTexts.value;
  const { sql = "" } = place.value;
  const [asked, setAsked] = useState(0);
  const { answer, error, busy } = useQuery(sql, asked);
  const editor = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const [draft, setDraft] = useState(sql);
  // Back, forward and an example change the address.
  useEffect(() => setDraft(sql), [sql]);
  /** @param {Event} [event] */
  const run = (event) => {
    event?.preventDefault();
    if (draft.trim() === "") return editor.current?.focus();
    if (draft === sql) setAsked(asked + 1);
    else go(addressOf({ view: "sql", sql: draft }));
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) run(event);
  };
  /** Puts a name in the place of the selection. @param {string} name */
  const insert = (name) => {
    const at = editor.current;
    if (at === null) return;
    at.setRangeText(name, at.selectionStart, at.selectionEnd, "end");
    setDraft(at.value);
    at.focus();
  };
  return html`
    <div class="sql">
      <div class="column">
        <${Card} id="query" title="SQL">
          <form onSubmit=${run}>
            <label class="hidden-visually" for="sql">${t.sqlLabel}</label>
            <textarea id="sql" ref=${editor} rows="7" spellcheck=${false} autocapitalize="off" autocomplete="off" aria-describedby="sql-hint"
              value=${draft} onInput=${(/** @type {Event} */ event) => setDraft(/** @type {HTMLTextAreaElement} */ (event.currentTarget).value)} onKeyDown=${onKeyDown}></textarea>
            <div class="links">
              <button type="submit" class="run" aria-disabled=${busy}>${busy ? t.running : t.run}</button>
              <span id="sql-hint" class="quiet">${t.sqlHint}</span>
            </div>
          </form>
          <p class="quiet examples">${t.examples} ${Object.entries(EXAMPLES).map(([name, text]) => html`<${Link} key=${name} class="chip" to=${{ view: "sql", sql: text }}>${t.exampleNames[/** @type {keyof typeof EXAMPLES} */ (name)]}</${Link}> `)}</p>
        </${Card}>
        <${OutcomeNote} />
        <${Refusal} error=${error} />
        ${answer !== undefined && html`<${Result} answer=${answer} sql=${sql} busy=${busy} />`}
      </div>
      <${Tables} insert=${insert} />
    </div>`;
}

/**
 * The answer to the SQL of the address, once: it is asked again only when the reader runs it again.
 * @param {string} sql @param {number} asked How often the reader ran the same SQL again.
 * @returns {{ answer: Answer | undefined, error: string, busy: boolean }}
 */
function useQuery(sql, asked) {
  const [state, setState] = useState({
    answer: /** @type {Answer | undefined} */ (undefined),
    error: "",
    busy: false,
  });
  useEffect(() => {
    if (sql === "") return setState({ answer: undefined, error: "", busy: false });
    const leaving = new AbortController();
    setState((before) => ({ ...before, error: "", busy: true }));
    ask(sql, leaving.signal).then(
      (answer) => setState({ answer, error: "", busy: false }),
      (error) => {
        if (!leaving.signal.aborted) setState({ answer: undefined, error: error.message, busy: false });
      },
    );
    return () => leaving.abort();
  }, [sql, asked]);
  return state;
}

/** @param {string} sql @param {AbortSignal} signal @returns {Promise<Answer>} */
async function ask(sql, signal) {
  const path = queried("api/query", { sql, limit: MOST_ROWS, lang: language.value });
  const response = await fetch(path, {
    signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
    cache: "no-store",
  }).catch(() => {
    throw new Error(sqlTexts.value.noAnswer);
  });
  // A server in front of this one may refuse a long address with a page.
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(body.error ?? sqlTexts.value.queryRefused(response.status));
  return body;
}

/** @param {{ answer: Answer, sql: string, busy: boolean }} props */
function Result({ answer, sql, busy }) {
  const t = sqlTexts.value;
  const { columns, rows, more, ms, commit } = answer;
  const chart = place.value.chart === "1";
  // The columns before the first number are the keys of a row.
  const firstNumber = columns.findIndex((_, i) => isNumeric(answer, i));
  const drawable = chartOf(answer, firstNumber);
  const result = {
    ...answer,
    analysis: {
      name: "sql",
      title: { fr: t.result, en: t.result },
      own: true,
      keys: firstNumber === -1 ? columns.length : firstNumber,
      units: [],
      chart: drawable ?? "tableau",
      kind: /** @type {const} */ ("plain"),
      rows: rows.length,
      computed: null,
      error: null,
    },
  };
  return html`
    <${Card} id="result" title=${t.result} busy=${busy} tools=${html`<${Downloads} path=${queried("export/query", { sql, lang: language.value })} name=${t.result} />`}>
      <p class="quiet" role="status">${more ? t.firstRows(number(rows.length)) : t.rowCount(rows.length, number(rows.length))} · ${number(ms)} ms · <span title=${t.sqlAsOf(number(commit))}>${t.notLive}</span></p>
      ${
        drawable !== undefined &&
        html`
          <nav class="presets" aria-label=${t.shownAs}>
            <${Link} class="chip" to=${{ view: "sql", sql, chart: null }} current=${!chart}>${t.shownAsTable}</${Link}>
            <${Link} class="chip" to=${{ view: "sql", sql, chart: "1" }} current=${chart}>${t.shownAsChart}</${Link}>
          </nav>`
      }
      ${chart && drawable !== undefined ? html`<${Drawn} result=${result} />` : html`<${Table} result=${result} />`}
      <${KeepQuery} key=${sql} sql=${sql} chart=${chart ? (drawable ?? "tableau") : "tableau"} values=${valuesOf(answer, firstNumber)} />
    </${Card}>`;
}

/** @param {Answer} answer @param {number} column */
const isNumeric = ({ rows, columns }, column) =>
  !columns[column]?.startsWith("id_") &&
  rows.some((row) => typeof row[column] === "number") &&
  rows.every((row) => row[column] === null || typeof row[column] === "number");

/**
 * The columns that are the values of a row, each with its values.
 * @param {Answer} answer @param {number} first -1: there is none.
 * @returns {readonly import("./keep-query.js").Value[]}
 */
const valuesOf = ({ columns, rows }, first) =>
  first === -1
    ? []
    : columns.slice(first).map((name, i) => ({ name, cells: rows.map((row) => row[first + i] ?? null) }));

/**
 * How the answer can be drawn: its first numeric column `value`, by the first column; undefined: it cannot.
 * @param {Answer} answer @param {number} value -1: no column is numeric.
 */
function chartOf({ rows }, value) {
  if (rows.length < 2 || value < 1) return undefined;
  if (rows.some((row) => row[0] === null || row[value] === null)) return undefined;
  const isTime = rows.every(([key]) => /^\d{4}-(?:\d\d|W\d\d)$/.test(String(key)) || isDay(String(key)));
  return isTime ? "courbe" : "barres";
}

/** The tables and views, each with its columns; a click on a name puts it into the query. @param {{ insert: (name: string) => void }} props */
function Tables({ insert }) {
  const t = sqlTexts.value;
  const { value, error } = useAnswer("api/schema", "once");
  const schema = /** @type {Schema | undefined} */ (value);
  const name = (/** @type {string} */ text) =>
    html`<button type="button" class="name" onClick=${() => insert(text)} aria-label=${t.insertName(text)}>${text}</button>`;
  return html`
    <${Card} id="schema" title=${t.tables}>
      <${Refusal} error=${error} />
      ${(schema?.tables ?? []).map(
        (table) => html`
          <details key=${table.name} open=${table.name === "ventes"}>
            <summary>${table.name}</summary>
            <ul>
              <li>${name(table.name)} <span class="quiet">${t.tableKinds[table.kind]}</span></li>
              ${table.columns.map((column) => html`<li key=${column.name}>${name(column.name)} <span class="quiet">${column.type.toLowerCase()}</span></li>`)}
            </ul>
          </details>`,
      )}
    </${Card}>`;
}
