/** Keeps the place of the keyboard: when the element that has the focus goes away, what it stood in gets the focus. */

/** The element that had the focus last, and what it stands in, from the inside out. @type {Element[]} */
let last = [];

export function keepFocus() {
  document.addEventListener("focusin", ({ target }) => {
    last = [];
    for (let at = target instanceof Element ? target : null; at !== null; at = at.parentElement)
      last.push(at);
  });
  document.addEventListener("focusout", ({ target }) => {
    // The reader left it: it is still there, and nothing else has the focus.
    queueMicrotask(() => {
      if (target instanceof Element && target.isConnected && hasNone()) last = [];
    });
  });
  new MutationObserver(() => {
    if (last[0] === undefined || last[0].isConnected || !hasNone()) return;
    const to = last.find((one) => one.isConnected && one.matches("section, main, [role=group]"));
    if (!(to instanceof HTMLElement)) return;
    to.tabIndex = -1;
    to.focus({ preventScroll: true });
  }).observe(document.body, { childList: true, subtree: true });
}

const hasNone = () => document.activeElement === null || document.activeElement === document.body;
