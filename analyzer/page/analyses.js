/** The analyses, each as a card with its chart or table; one of them with all of its rows. */
import { html } from "htm/preact";
import { Ask, act, OutcomeNote, Press } from "./acts.js";
import { Bars } from "./bars.js";
import { Chart } from "./chart.js";
import { useAnswer } from "./data.js";
import { amount, day, number, percent, shortAmount, shorten } from "./format.js";
import { language, texts } from "./language.js";
import { isDay, mondayOf } from "./periods.js";
import { addressOf, go, place } from "./place.js";
import { queried } from "./question.js";
import { session } from "./session.js";
import { Card, Downloads, Link, Name, Pages, Refusal, When } from "./ui.js";

/** @typedef {import("../api/figures.ts").ResultsAnswer} Results */
/** @typedef {import("../api/figures.ts").ResultAnswer} Result */
/** @typedef {Results["analyses"][number]} Analysis */
/** @typedef {Result["rows"][number][number]} Cell */

/** Rows of a card, and of a page of the table of one analysis. */
const FEW = 10;
const SIZE = 50;
/** The most points of the line of a card. */
const POINTS = 1_000;

export function AnalysesView() {
  const t = texts.value;
  const { value, error } = useAnswer("api/results");
  const answer = /** @type {Results | undefined} */ (value);
  const { name } = place.value;
  if (error !== "") return html`<${Refusal} error=${error} />`;
  if (answer === undefined) return null;
  if (name !== undefined) {
    const one = answer.analyses.find((each) => each.name === name);
    return html`
      <${OutcomeNote} />
      <p class="back"><${Link} to=${{}}>← ${t.allAnalyses}</${Link}></p>
      ${one === undefined ? html`<p class="notice warn" role="alert">${t.noAnalysis(name)}</p>` : html`<${Whole} analysis=${one} />`}`;
  }
  return html`
    <${OutcomeNote} />
    <div class="pair">
      ${answer.analyses.map((one) => html`<${Short} key=${one.name} analysis=${one} />`)}
    </div>
    ${answer.analyses.length === 0 && html`<p class="quiet">${t.noAnalyses}</p>`}`;
}

/** @param {Analysis} analysis */
const titleOf = ({ title, name }) => title[language.value] || name;

/** Changes when the result may have changed; until then the result is not read again. @param {Analysis} analysis */
const stampOf = ({ computed, rows, error }) => `${computed} ${rows} ${error?.en}`;

/** @param {{ analysis: Analysis }} props */
function Short({ analysis }) {
  const { name, rows, chart } = analysis;
  const t = texts.value;
  const limit = chart === "courbe" ? POINTS : FEW;
  const stamp = stampOf(analysis);
  const head = /** @type {Result | undefined} */ (
    useAnswer(queried("api/result", { name, limit }), stamp).value
  );
  // A line that is longer than a card, with its newest days last, shows these.
  const hasLater = chart === "courbe" && rows > limit && isAscending(head);
  const later = hasLater ? queried("api/result", { name, limit, offset: rows - limit }) : undefined;
  const tail = /** @type {Result | undefined} */ (useAnswer(later, stamp).value);
  const result = hasLater ? tail : head;
  return html`
    <${Card} id=${`analysis-${name}`} title=${html`<${Link} to=${{ name }}>${titleOf(analysis)}</${Link}>`} tools=${html`<${Files} analysis=${analysis} />`}>
      <${State} analysis=${analysis} />
      ${result !== undefined && result.analysis.computed !== null && html`<${Drawn} result=${result} />`}
      ${rows > limit && html`<p class="more"><${Link} to=${{ name }}>${t.allRows(number(rows))}</${Link}></p>`}
    </${Card}>`;
}

/** @param {{ analysis: Analysis }} props */
function Whole({ analysis }) {
  const { name, rows } = analysis;
  const offset = Number(place.value.offset) || 0;
  const { value, error } = useAnswer(queried("api/result", { name, limit: SIZE, offset }), stampOf(analysis));
  const result = /** @type {Result | undefined} */ (value);
  return html`
    <${Card} id="analysis" title=${titleOf(analysis)} tools=${html`<${Files} analysis=${analysis} />`}>
      <${State} analysis=${analysis} />
      <${Refusal} error=${error} />
      ${result !== undefined && result.analysis.computed !== null && html`<${Table} result=${result} />`}
      <${Pages} offset=${offset} size=${SIZE} count=${rows} keep=${{ name }} />
      ${analysis.own && session.value.writes && html`<${Discard} analysis=${analysis} />`}
    </${Card}>`;
}

/** Deletes an analysis of one's own, after a question. @param {{ analysis: Analysis }} props */
function Discard({ analysis }) {
  const t = texts.value;
  const { name } = analysis;
  const title = titleOf(analysis);
  const discard = async () => {
    const undo = { name: "analyses/restore", body: { name } };
    if (await act("analyses/discard", { name }, undo)) go(addressOf({}));
  };
  return html`
    <${Ask} opens=${t.remove} label=${t.discardOf(title)}
      question=${(/** @type {import("./acts.js").Closes} */ { cancel }) => html`
        <p>${t.discardQuestion(title)}</p>
        <p class="buttons">
          <${Press} class="danger" does=${discard}>${t.discard}</${Press}>
          <button type="button" onClick=${cancel}>${t.cancel}</button>
        </p>`} />`;
}

/** @param {Result | undefined} result */
const isAscending = (result) => String(result?.rows[0]?.[0]) < String(result?.rows.at(-1)?.[0]);

/** @param {{ analysis: Analysis }} props */
const Files = ({ analysis }) =>
  analysis.computed !== null &&
  html`<${Downloads} path=${queried("export/analysis", { name: analysis.name })} name=${titleOf(analysis)} />`;

/**
 * Whether the analysis is the reader's own, how it is kept, and what is wrong. An analysis that has no result yet says so, because an
 * empty table would look like a result without rows.
 */
function State(/** @type {{ analysis: Analysis }} */ { analysis: { own, kind, computed, error } }) {
  const t = texts.value;
  if (error !== null && computed === null)
    return html`<p class="notice warn">${t.analysisWrong(shorten(error[language.value], 300))}</p>`;
  return html`
    ${error !== null && html`<p class="notice warn">${t.analysisFailed(shorten(error[language.value], 300))}</p>`}
    <p class="quiet">
      ${own && `${t.ownAnalysis} · `}${computed === null ? t.notComputed : t.kinds[kind]}
      ${kind === "plain" && computed !== null && html` · <${When} at=${computed} say=${t.computedAt} />`}
    </p>`;
}

/** A line or bars of the first value, or the table of all. @param {{ result: Result }} props */
export function Drawn({ result }) {
  const { analysis, columns, rows, currency } = result;
  const { keys, units, chart } = analysis;
  const [unit = ""] = units;
  const few = { ...result, rows: rows.slice(0, FEW) };
  const format = (/** @type {number} */ value) => inWords(value, unit, currency);
  const title = titleOf(analysis);
  const values = rows.map((row) => ({
    key: String(row[0] ?? ""),
    names: namesFirst(columns, row.slice(0, keys)),
    value: row[keys],
  }));
  if (rows.length === 0 || !values.every(({ value }) => typeof value === "number"))
    return html`<${Table} result=${few} />`;
  const figures = /** @type {{ key: string, names: string[], value: number }[]} */ (values);
  if (chart === "courbe" && rows.length > 1 && figures.every(({ key }) => isDay(dayOf(key)))) {
    const form = /^\d{4}-\d\d$/.test(figures[0]?.key ?? "") ? "month" : "short";
    return html`
      <${Chart} label=${title}
        points=${figures.map(({ key, value }) => ({ day: dayOf(key), value, before: null })).sort((a, b) => (a.day < b.day ? -1 : 1))}
        axis=${(/** @type {number} */ value) => (unit === "montant" ? shortAmount(value, currency) : format(value))}
        tick=${(/** @type {string} */ iso) => day(iso, form)}
        say=${(/** @type {import("./chart.js").Point} */ point) =>
          texts.value.is(
            day(point.day, form === "month" ? "monthYear" : "day"),
            format(point.value ?? 0),
          )} />`;
  }
  if (chart !== "barres" || keys === 0) return html`<${Table} result=${few} />`;
  return html`
    <${Bars} title=${title} head=${[headOf(columns[0] ?? ""), headOf(columns[keys] ?? "")]} format=${format} count=${figures.length} first=${FEW}
      rows=${figures.map(({ names: [label = "", ...notes], value }, i) => ({ key: `${i} ${label}`, label, note: notes.join(", "), value }))} />`;
}

/** The first day of a day, of a month or of an ISO week (2026-W09). @param {string} key */
function dayOf(key) {
  const [, year, week] = /^(\d{4})-W(\d\d)$/.exec(key) ?? [];
  if (year !== undefined && week !== undefined) return mondayOf(year, Number(week));
  return /^\d{4}-\d\d$/.test(key) ? `${key}-01` : key.slice(0, 10);
}

/** The heading of a column: in the reader's language when it is one that the program's own analyses have. @param {string} name */
const headOf = (name) =>
  /** @type {Readonly<Record<string, string>>} */ (texts.value.columns)[name] ?? name.replaceAll("_", " ");

/**
 * The keys of a row in words, the name of a product before its id.
 * @param {readonly string[]} columns @param {readonly Cell[]} keys
 */
function namesFirst(columns, keys) {
  const words = keys.map((key, i) => keyInWords(columns[i] ?? "", key));
  const [id = "", name = "", ...others] = words;
  return columns[0] === "id_produit" && columns[1] === "nom" && name !== ""
    ? [name, id, ...others]
    : [id === "" ? texts.value.empty : id, ...words.slice(1).filter((word) => word !== "")];
}

/** A month, a week, a day or a day of the week in words; anything else, and every id, as it is. @param {string} column @param {Cell} key */
function keyInWords(column, key) {
  const text = String(key ?? "");
  if (column.startsWith("id_")) return text;
  if (column === "jour_de_semaine" && /^[1-7]$/.test(text)) return day(`2024-01-0${text}`, "ofWeek");
  if (/^\d{4}-\d\d$/.test(text)) return day(`${text}-01`, "monthYear");
  const [, year = "", week = ""] = /^(\d{4})-W(\d\d)$/.exec(text) ?? [];
  if (week !== "") return texts.value.week(Number(week), year);
  return isDay(text) ? day(text) : text;
}

/** @param {number} value @param {string} unit @param {string} currency */
const inWords = (value, unit, currency) =>
  unit === "montant"
    ? amount(value, currency)
    : unit === "pourcentage"
      ? percent(value / 100)
      : number(value);

/** @param {{ result: Result }} props */
export function Table({ result: { analysis, columns, rows, currency } }) {
  const { keys, units } = analysis;
  const isNumeric = (/** @type {number} */ i) => i >= keys && rows.some((row) => typeof row[i] === "number");
  return html`
    <div class="wide" role="group" tabindex="0" aria-label=${titleOf(analysis)}>
      <table class="plain" aria-label=${titleOf(analysis)}>
        <thead><tr>${columns.map((name, i) => html`<th key=${name} scope="col" class=${isNumeric(i) ? "n" : undefined}><${Name} text=${headOf(name)} /></th>`)}</tr></thead>
        <tbody>
          ${rows.map((row) => html`<tr>${row.map((cell, i) => html`<td class=${isNumeric(i) ? "n" : undefined}>${i < keys && cell !== null ? html`<${Name} text=${keyInWords(columns[i] ?? "", cell)} />` : shown(cell, units[i - keys] ?? "", currency)}</td>`)}</tr>`)}
        </tbody>
      </table>
      ${rows.length === 0 && html`<p class="quiet">${texts.value.noRows}</p>`}
    </div>`;
}

/** @param {Cell} cell @param {string} unit @param {string} currency */
function shown(cell, unit, currency) {
  if (cell === null) return html`<span class="quiet">–</span>`;
  if (typeof cell === "number") return inWords(cell, unit, currency);
  return unit === "jour" ? day(cell) : html`<${Name} text=${cell} />`;
}
