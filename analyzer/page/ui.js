/** The small parts that all views are made of. All data becomes text: a name from a file cannot become HTML. */
import { html } from "htm/preact";
import { useEffect, useRef } from "preact/hooks";
import { ago, moment, number, shorten } from "./format.js";
import { texts } from "./language.js";
import { addressOf, follow, place } from "./place.js";

/** @typedef {import("preact").ComponentChildren} Children */

/** A name from a file, isolated so that its writing direction does not change that of the page. */
export const Name = (/** @type {{ text: string, most?: number }} */ { text, most = 120 }) =>
  html`<bdi title=${text.length > most ? shorten(text, 2000) : undefined}>${shorten(text, most)}</bdi>`;

/**
 * A link to a place of the page.
 * @param {{ to: Readonly<Record<string, string | null>>, children?: Children,
 *   class?: string, label?: string, current?: boolean }} props
 */
export const Link = ({ to, children, class: className, label, current = false }) => html`
  <a href=${addressOf(to)} onClick=${follow} class=${className} aria-label=${label}
    aria-current=${current ? "page" : undefined}>${children}</a>`;

/**
 * An instant as its age, on paper as its date and time. `say` puts either into a phrase.
 * @param {{ at: string, say?: (when: string) => string, title?: string }} props
 */
export const When = ({ at, say = (when) => when, title = moment(at) }) => html`
  <time class="age" datetime=${at} title=${title}>${say(ago(at))}</time><span class="printed">${say(texts.value.on(moment(at)))}</span>`;

/** A state in words; its colour and its shape say the same. */
export const Pill = (/** @type {{ state: string, children?: Children }} */ { state, children }) =>
  html`<span class="pill" data-state=${state}>${children}</span>`;

/** A figure that flashes when it changes, and not when another one takes its place (`of`: what it is the figure of). */
export function Figure(/** @type {{ text: string, of: string, class?: string, id?: string }} */ props) {
  const { text, of, class: className = "", id } = props;
  const at = useRef(/** @type {HTMLElement | null} */ (null));
  const before = useRef({ text, of });
  useEffect(() => {
    const last = before.current;
    before.current = { text, of };
    if (at.current === null || last.text === text || last.of !== of) return;
    at.current.classList.remove("changed");
    // Reading a size applies the removal at once, so that the animation starts again.
    void at.current.offsetWidth;
    at.current.classList.add("changed");
  }, [text, of]);
  return html`<span ref=${at} id=${id} class=${className}>${text}</span>`;
}

/** A section with its title. */
export const Card = (
  /** @type {{ id: string, title: Children, tools?: Children, children?: Children, busy?: boolean }} */ props,
) => html`
  <section class="card" aria-labelledby=${`${props.id}-title`} aria-busy=${props.busy === true}>
    <div class="card-head"><h2 id=${`${props.id}-title`}>${props.title}</h2><div class="tools">${props.tools}</div></div>
    <div id=${props.id}>${props.children}</div>
  </section>`;

/** Links to a table as files, with the query that the path has. */
export function Downloads(/** @type {{ path: string, name: string }} */ { path, name }) {
  const t = texts.value;
  const [table, query] = path.split("?");
  return html`
    <details class="downloads">
      <summary aria-label=${t.downloadOf(name)}>${t.download}</summary>
      <ul>
        ${FORMATS.map(
          (format) => html`
            <li key=${format}><a href=${`${table}.${format}${query === undefined ? "" : `?${query}`}`} download>${t.formats[format]}</a></li>`,
        )}
      </ul>
    </details>`;
}
const FORMATS = /** @type {const} */ (["xlsx", "excel.csv", "csv", "json"]);

/**
 * A table head that sorts: the sorted column says so to screen readers.
 * @param {{ by: string, sort: string, order: string, children: Children, class?: string }} props
 */
export const Sorted = ({ by, sort, order, children, class: className }) => html`
  <th scope="col" class=${className} aria-sort=${by === sort ? (order === "asc" ? "ascending" : "descending") : undefined}>
    <${Link} to=${{ sort: by, order: by === sort && order === "desc" ? "asc" : by === sort ? "desc" : null }}>${children}<span class="arrow" aria-hidden="true">${by !== sort ? "" : order === "asc" ? " ↑" : " ↓"}</span></${Link}>
  </th>`;

/**
 * Links to the page of a table before and after. `keep`: what the address keeps besides.
 * @param {{ offset: number, size: number, count: number, keep?: Readonly<Record<string, string>> }} props
 */
export function Pages({ offset, size, count, keep }) {
  const t = texts.value;
  const last = Math.min(count, offset + size);
  return html`
    <nav class="pages" aria-label=${t.pages}>
      <span class="quiet" aria-live="polite">${t.rowsOf(number(Math.min(offset + 1, count)), number(last), number(count))}</span>
      ${offset > 0 && html`<${Link} class="chip" to=${{ ...keep, offset: String(Math.max(0, offset - size)) }}>${t.previous}</${Link}>`}
      ${last < count && html`<${Link} class="chip" to=${{ ...keep, offset: String(offset + size) }}>${t.next}</${Link}>`}
    </nav>`;
}

/**
 * Links to the first page of a list and to the next one, whose key the server gave; null: there is none. `keep`: what the
 * address of the next one has besides.
 * @param {{ by: "after" | "before", next: string | number | null, keep?: Readonly<Record<string, string>>, first?: string, more?: string }} props
 */
export function KeyedPages({ by, next, keep, first = texts.value.firstPage, more = texts.value.next }) {
  return html`
    <nav class="pages" aria-label=${texts.value.pages}>
      ${place.value[by] !== undefined && html`<${Link} class="chip" to=${{}}>${first}</${Link}>`}
      ${next !== null && html`<${Link} class="chip" to=${{ ...keep, [by]: String(next) }}>${more}</${Link}>`}
    </nav>`;
}

/** What the server says against a request; "": nothing. @param {{ error: string }} props */
export const Refusal = ({ error }) => error !== "" && html`<p class="notice warn" role="alert">${error}</p>`;
