/** Makes elements without markup: all data becomes text, so that it cannot become HTML. */

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Readonly<Record<string, string>>} attributes
 * @param {readonly (Node | string)[]} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** A name from a file, isolated so that its writing direction does not change that of the page. @param {string} text */
export const name = (text) => element("bdi", {}, text);

/** @param {string} id */
export function byId(id) {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`no #${id}`);
  return found;
}

/** Sets a text, and lets it flash when it has changed. @param {HTMLElement} at @param {string} text */
export function setFigure(at, text) {
  if (at.textContent === text) return;
  const before = at.textContent;
  at.textContent = text;
  if (before !== "" && before !== "–") flash(at);
}

/** @param {HTMLElement} at */
export function flash(at) {
  at.classList.remove("changed");
  // Reading a size applies the removal at once, so that the animation starts again.
  void at.offsetWidth;
  at.classList.add("changed");
}

/** Shows a text, or hides the element. @param {HTMLElement} at @param {string} text */
export function setNotice(at, text) {
  at.hidden = text === "";
  if (at.textContent !== text) at.textContent = text;
}
