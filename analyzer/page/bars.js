/** A table with a bar in each row. Where a row is a filter, its name is the link that sets it. */
import { html } from "htm/preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { number } from "./format.js";
import { texts } from "./language.js";
import { Figure, Link, Name } from "./ui.js";

/**
 * @typedef {object} Row
 * @property {string} key
 * @property {string} label
 * @property {string} [note] Shown beside the label, in a quiet colour.
 * @property {number} value
 * @property {Readonly<Record<string, string | null>>} [to] The place that the row opens.
 * @property {import("./ui.js").Children} [beside] In a third column: the change.
 */

/**
 * @param {{ rows: readonly Row[], title: string, head: readonly [string, string], beside?: string,
 *   format: (value: number) => string, count: number, scope?: string, first?: number }} props
 *   `head`: the names of the two columns, for screen readers. `count`: of all rows, also of those that are not in `rows`.
 *   `scope`: the filters; a figure flashes only while they stay.
 */
export function Bars({ rows, title, head, beside, format, count, scope = "", first = 10 }) {
  const t = texts.value;
  const [all, setAll] = useState(false);
  const shown = all ? rows : rows.slice(0, first);
  const most = Math.max(...rows.map((row) => Math.abs(row.value)), Number.MIN_VALUE);
  const folded = rows.length - first;
  return html`
    <table aria-label=${title} class="bars">
      <thead class="hidden-visually">
        <tr>
          <th scope="col">${head[0]}</th><th scope="col">${head[1]}</th>
          ${beside !== undefined && html`<th scope="col">${beside}</th>`}
        </tr>
      </thead>
      <tbody>
        ${shown.map(
          (row) => html`
            <tr key=${row.key}>
              <th scope="row">
                <span class="label">
                  ${row.to === undefined ? html`<${Name} text=${row.label} />` : html`<${Link} to=${row.to}><${Name} text=${row.label} /></${Link}>`}
                  ${row.note !== undefined && row.note !== "" && html` <span class="quiet"><${Name} text=${row.note} most=${40} /></span>`}
                </span>
                <${Bar} part=${Math.abs(row.value) / most} below=${row.value < 0} />
              </th>
              <td><${Figure} class="value" text=${format(row.value)} of=${`${row.key} ${scope}`} /></td>
              ${beside !== undefined && html`<td class="beside">${row.beside}</td>`}
            </tr>`,
        )}
      </tbody>
    </table>
    ${
      count === 0
        ? html`<p class="quiet more">${t.noSales}</p>`
        : folded > 0 &&
          html`<p class="quiet more">
            <button type="button" aria-expanded=${all} onClick=${() => setAll(!all)}>${all ? t.showLess : t.showMore(number(folded))}</button>
            ${all && count > rows.length && ` ${t.others(number(count - rows.length))}`}
          </p>`
    }`;
}

/**
 * Its length is set on the element: the policy of the page refuses style in markup.
 * @param {{ part: number, below: boolean }} props
 */
function Bar({ part, below }) {
  const at = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    if (at.current !== null) at.current.style.inlineSize = `${100 * part}%`;
  }, [part]);
  return html`<span class="track" aria-hidden="true"><span ref=${at} class=${below ? "bar below" : "bar"}></span></span>`;
}
