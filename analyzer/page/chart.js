/**
 * A line or bars over time. uPlot draws; the cursor works with the mouse, a finger and the keyboard: arrows, Home and
 * End move it, Enter opens the days of the point. The point under the cursor is given in words below, and a table has
 * the same figures.
 */
import { html } from "htm/preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import { language, texts } from "./language.js";

/**
 * @typedef {object} Point
 * @property {string} day The first day that the point stands for.
 * @property {number | null} value
 * @property {number | null} before The value of the period before; null: none.
 */

/**
 * @typedef {object} ChartProps
 * @property {string} label What the chart shows.
 * @property {readonly Point[]} points At least one.
 * @property {(value: number) => string} axis The short form of a value.
 * @property {(point: Point) => string} say A point in words.
 * @property {(day: string) => string} tick A day on the axis.
 * @property {(point: Point) => void} [onOpen] Opens the days of a point.
 */

const HEIGHT = 260;
const darkness = matchMedia("(prefers-color-scheme: dark)");

/** @param {string} day */
const secondsOf = (day) => Date.parse(`${day}T00:00:00Z`) / 1000;

/** The value of a colour of the style sheet, as a canvas takes it. @param {HTMLElement} at @param {string} name */
function colour(at, name) {
  const probe = at.ownerDocument.createElement("span");
  probe.className = `colour-${name}`;
  at.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/** @param {ChartProps} props */
export function Chart(props) {
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  const plot = useRef(/** @type {uPlot | null} */ (null));
  const last = useRef(props);
  last.current = props;
  const [at, setAt] = useState(/** @type {number | null} */ (null));
  const { points, label } = props;
  const says = useId();
  const data = dataOf(points);
  const shape = `${points.length} ${points[0]?.day} ${points.at(-1)?.day} ${language.value}`;

  useEffect(() => {
    const element = /** @type {HTMLElement} */ (box.current);
    const draw = () => {
      plot.current?.destroy();
      plot.current = new uPlot(optionsOf(element, last, setAt), dataOf(last.current.points), element);
    };
    draw();
    const resize = new ResizeObserver(() =>
      plot.current?.setSize({ width: element.clientWidth, height: HEIGHT }),
    );
    resize.observe(element);
    darkness.addEventListener("change", draw);
    return () => {
      darkness.removeEventListener("change", draw);
      resize.disconnect();
      plot.current?.destroy();
      plot.current = null;
    };
  }, [shape]);
  useEffect(() => plot.current?.setData(data), [JSON.stringify(data)]);

  /** @param {KeyboardEvent} event */
  const press = (event) => {
    const now = at ?? points.length - 1;
    const next = {
      ArrowLeft: now - 1,
      ArrowRight: at === null ? now : now + 1,
      Home: 0,
      End: points.length - 1,
    }[event.key];
    const chosen = points[now];
    if (event.key === "Enter" && at !== null && chosen !== undefined) props.onOpen?.(chosen);
    if (next === undefined) return;
    event.preventDefault();
    pointAt(plot.current, Math.max(0, Math.min(points.length - 1, next)));
  };
  const shown = at === null ? undefined : points[at];
  return html`
    <figure class="chart">
      <div ref=${box} class="plot" tabindex="0" role="application" aria-label=${label}
        aria-roledescription=${texts.value.chart} aria-describedby=${says} onKeyDown=${press}
        onClick=${() => shown !== undefined && props.onOpen?.(shown)}></div>
      <figcaption id=${says} class=${shown === undefined ? "says" : "says at"} aria-live="polite">
        ${shown === undefined ? `${props.onOpen === undefined ? "" : texts.value.chartHint} ${points.some(({ before }) => before !== null) ? texts.value.dashed : ""}` : props.say(shown)}
      </figcaption>
    </figure>`;
}

/** @param {readonly Point[]} points @returns {uPlot.AlignedData} */
const dataOf = (points) => [
  points.map(({ day }) => secondsOf(day)),
  points.map(({ before }) => before),
  points.map(({ value }) => value),
];

/** @param {uPlot | null} plot @param {number} index */
function pointAt(plot, index) {
  const x = plot?.data[0][index];
  if (plot === null || x === undefined) return;
  plot.setCursor({ left: plot.valToPos(x, "x"), top: plot.over.clientHeight / 2 });
}

/**
 * @param {HTMLElement} at @param {{ readonly current: ChartProps }} last
 * @param {(index: number | null) => void} setAt @returns {uPlot.Options}
 */
function optionsOf(at, last, setAt) {
  const font = `12px ${getComputedStyle(at).fontFamily}`;
  const line = { stroke: colour(at, "quiet"), font, grid: { stroke: colour(at, "line"), width: 1 } };
  const few = last.current.points.length <= 2;
  return {
    width: at.clientWidth,
    height: HEIGHT,
    padding: [12, 24, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 9 } },
    hooks: { setCursor: [(plot) => setAt(plot.cursor.idx ?? null)] },
    scales: { x: { time: true }, y: { range: (_plot, min, max) => rangeOf(min, max) } },
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
    axes: [
      {
        ...line,
        ticks: { show: false },
        grid: { show: false },
        size: 32,
        space: 80,
        splits: (plot) => splitsOf(plot),
        values: (_plot, splits) =>
          splits.map((s) => last.current.tick(new Date(s * 1000).toISOString().slice(0, 10))),
      },
      {
        ...line,
        ticks: { show: false },
        size: 68,
        values: (_plot, splits) => splits.map((s) => last.current.axis(s)),
      },
    ],
    series: [
      {},
      { stroke: colour(at, "quiet"), width: 1.5, dash: [4, 4], points: { show: few } },
      {
        stroke: colour(at, "accent"),
        width: 2,
        fill: colour(at, "fill"),
        points: { show: few || last.current.points.length <= 40 },
      },
    ],
  };
}

/** Ticks stand on points, every so many, as far apart as their texts need. @param {uPlot} plot */
function splitsOf({ data: [days], width }) {
  const every = Math.ceil(days.length / Math.max(1, Math.floor(width / 90)));
  return [...days].filter((_, i) => i % every === 0);
}

/** The axis of values begins at zero. @returns {[number, number]} */
function rangeOf(/** @type {number | null} */ min, /** @type {number | null} */ max) {
  const low = Math.min(0, min ?? 0);
  const high = Math.max(0, max ?? 0);
  const room = (high - low || 1) * 0.08;
  return [low < 0 ? low - room : 0, high + room];
}
