/** The figures of the period with their changes, and their line by day, week or month, with its table. */
import { html } from "htm/preact";
import { Chart } from "./chart.js";
import { useAnswer } from "./data.js";
import { inWords } from "./filter-bar.js";
import { amount, change, day, moment, number, shortAmount, span } from "./format.js";
import { texts } from "./language.js";
import { addDays, monthStart, spanOf } from "./periods.js";
import { addressOf, go, place } from "./place.js";
import { asking } from "./question.js";
import { Downloads, Figure, Link, When } from "./ui.js";

/** @typedef {import("../api/figures.ts").OverviewAnswer} Answer */
/** @typedef {import("../api/figures.ts").Figures} Sums */

const METRICS = /** @type {const} */ (["revenue", "quantity", "sales"]);
/** @typedef {(typeof METRICS)[number]} Metric */

const GRAINS = /** @type {const} */ (["day", "week", "month"]);

/** @returns {Metric} */
const metricOf = () => METRICS.find((one) => one === place.value.metric) ?? "revenue";

/** Puts a value of the metric into words. @param {Metric} metric @param {string} currency */
const sayer = (metric, currency) => (/** @type {number} */ value) =>
  metric === "revenue" ? amount(value, currency) : number(value);

/** @param {{ answer: Answer, busy: boolean }} props */
export function Totals({ answer, busy }) {
  const t = texts.value;
  const metric = metricOf();
  return html`
    <section class="card total" aria-labelledby="total-title" aria-busy=${busy}>
      <div class="tiles">
        ${METRICS.map((one) => html`<${Tile} key=${one} metric=${one} answer=${answer} current=${one === metric} />`)}
      </div>
      <${AsOf} answer=${answer} />
      <${Line} answer=${answer} metric=${metric} />
      <p class="through"><${Link} to=${{ view: "sales" }}>${t.seeSales(answer.total.sales, number(answer.total.sales))}</${Link}></p>
    </section>`;
}

/** @param {{ metric: Metric, answer: Answer, current: boolean }} props */
function Tile({ metric, answer, current }) {
  const t = texts.value;
  const { total, before, yearBefore, currency } = answer;
  const say = sayer(metric, currency);
  const of = `${metric} ${JSON.stringify(answer.period)} ${JSON.stringify(asking(""))}`;
  const isMain = metric === "revenue";
  return html`
    <div class=${isMain ? "tile main" : "tile"}>
      <h2 id=${isMain ? "total-title" : undefined}>
        <${Link} class="metric" to=${{ metric: isMain ? null : metric }} current=${current}>${t.metrics[metric]}</${Link}>
      </h2>
      <p class="figure"><${Figure} id=${isMain ? "total" : undefined} text=${total.sales === 0 ? "–" : say(total[metric])} of=${of} /></p>
      ${before !== null && (isMain || before.sales > 0) && html`<${Change} now=${total[metric]} then=${before} metric=${metric} say=${say} words=${t.before} />`}
      ${yearBefore !== null && yearBefore.sales > 0 && html`<${Change} now=${total[metric]} then=${yearBefore} metric=${metric} say=${say} words=${t.yearBefore} />`}
    </div>`;
}

/**
 * A change in words, sign and colour, or the words that there is no figure to compare with.
 * @param {{ now: number, then: Sums & { from: string, to: string }, metric: Metric, say: (value: number) => string, words: string }} props
 */
function Change({ now, then, metric, say, words }) {
  const t = texts.value;
  const was = then[metric];
  const title = t.is(span(then), say(was));
  if (then.sales === 0 || was <= 0)
    return html`<p class="change quiet">${then.sales === 0 ? t.nothingBefore(span(then)) : title}</p>`;
  const part = (now - was) / was;
  const tone = part > 0 ? "up" : part < 0 ? "down" : "";
  return html`
    <p class="change" title=${title}>
      <span class=${tone}><span aria-hidden="true">${{ up: "▲", down: "▼", "": "=" }[tone]}</span> ${change(part)}</span>
      <span class="quiet"> ${words} (${say(was)})</span>
    </p>`;
}

/** How old the figures are, in words; the commit comes last. @param {{ answer: Answer }} props */
function AsOf({ answer: { reached, commit, newest, period } }) {
  const t = texts.value;
  const behind = newest - commit;
  return html`
    <p id="as-of" class="quiet">
      ${inWords(period)}${period.from !== null && " · "}
      ${
        reached !== null &&
        html`<${When} at=${reached} say=${t.asOf} title=${`${moment(reached)}, commit ${number(commit)}`} />`
      }
      ${behind > 0 && t.behind(behind, number(behind))}
    </p>`;
}

/** @param {{ answer: Answer, metric: Metric }} props */
function Line({ answer, metric }) {
  const t = texts.value;
  const { before, by, period, currency } = answer;
  const past = /** @type {Answer | undefined} */ (
    useAnswer(
      before === null || before.sales === 0
        ? undefined
        : asking("api/overview", { from: before.from, to: before.to, by }),
    ).value
  );
  if (period.from === null || period.to === null || answer.series.length === 0)
    return html`<p class="quiet">${t.noSales}</p>`;
  const within = { from: period.from, to: period.to };
  const points = pointsOf(answer, metric, before === null ? undefined : past);
  const say = sayer(metric, currency);
  const words = (/** @type {string} */ from) => span(spanOf(from, by, within));
  const title = t.lineOf(t.metrics[metric], t.grains[by]);
  return html`
    <div class="line">
      <div class="line-head">
        <nav class="presets" aria-label=${t.grain}>
          ${GRAINS.map((one) => html`<${Link} key=${one} class="chip" to=${{ by: one }} current=${one === by}>${t.grainNames[one]}</${Link}>`)}
        </nav>
        <${Downloads} path=${asking(`export/by-${by}`)} name=${title} />
      </div>
      ${
        points.length < 2
          ? html`<p class="quiet">${t.onePoint}</p>`
          : html`
      <${Chart} label=${title} points=${points}
        axis=${(/** @type {number} */ value) => (metric === "revenue" ? shortAmount(value, currency) : number(value))}
        tick=${(/** @type {string} */ iso) => (by === "month" ? day(iso, "month") : day(iso, "short"))}
        say=${(/** @type {import("./chart.js").Point} */ point) =>
          `${t.is(words(point.day), say(point.value ?? 0))}${point.before === null ? "" : ` (${t.beforeWas(say(point.before))})`}`}
        onOpen=${(/** @type {import("./chart.js").Point} */ point) =>
          go(addressOf({ ...spanOf(point.day, by, within), period: null, by: null }))} />`
      }
      <details class="as-table">
        <summary>${t.asTable}</summary>
        <table class="plain" aria-label=${title}>
          <thead><tr><th scope="col">${t.grainNames[by]}</th><th scope="col" class="n">${t.metrics[metric]}</th></tr></thead>
          <tbody>
            ${points.map(
              (point) => html`
                <tr key=${point.day}>
                  <th scope="row"><${Link} to=${{ ...spanOf(point.day, by, within), period: null, by: null }}>${words(point.day)}</${Link}></th>
                  <td class="n">${say(point.value ?? 0)}</td>
                </tr>`,
            )}
          </tbody>
        </table>
      </details>
    </div>`;
}

/**
 * The series without gaps: a step without a sale is 0.
 * @param {Answer} answer
 * @param {Metric} metric
 * @param {Answer | undefined} past
 */
function pointsOf({ series, by, period }, metric, past) {
  const values = new Map(series.map((one) => [one.from, one[metric]]));
  const before = past === undefined ? [] : stepsOf(past.period, past.by, past.series[0]?.from);
  const valuesBefore = new Map(past?.series.map((one) => [one.from, one[metric]]));
  return stepsOf(period, by, series[0]?.from).map((from, i) => {
    const then = before[i];
    return {
      day: from,
      value: values.get(from) ?? 0,
      before: then === undefined ? null : (valuesBefore.get(then) ?? 0),
    };
  });
}

/**
 * The first days of the steps of a period.
 * @param {Answer["period"]} period
 * @param {Answer["by"]} by
 * @param {string | undefined} first Of a known step.
 */
function stepsOf({ from, to }, by, first) {
  if (from === null || to === null || first === undefined) return [];
  const step = (/** @type {string} */ at, /** @type {number} */ n) =>
    by === "day" ? addDays(at, n) : by === "week" ? addDays(at, 7 * n) : monthStart(at, n);
  /** @type {string[]} */
  const steps = [];
  // Backwards from a step with a sale, then forwards: where a chart cannot show them all, it shows those with sales.
  let at = first;
  while (at > from && steps.length < MOST_POINTS) {
    at = step(at, -1);
    steps.unshift(at);
  }
  for (at = first; at <= to && steps.length < 2 * MOST_POINTS; at = step(at, 1)) steps.push(at);
  return steps;
}

/** Before the first sale; twice as many in all; the table of the download has them all. */
const MOST_POINTS = 2_500;
