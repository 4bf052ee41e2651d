/** Tells the reader through the browser when a file begins to need attention while the page is open. */
import { signal } from "@preact/signals";
import { html } from "htm/preact";
import { useEffect, useRef } from "preact/hooks";
import { fileName } from "./format.js";
import { texts } from "./language.js";

const KEY = "ventes.notify";
const canNotify = "Notification" in globalThis && isSecureContext;

function chosenBefore() {
  try {
    return localStorage.getItem(KEY) === "yes";
  } catch {
    return false;
  }
}

/** Whether the reader wants to be told. The browser's own permission is asked for besides. */
const wanted = signal(canNotify && Notification.permission === "granted" && chosenBefore());

async function toggle() {
  wanted.value = !wanted.value && (await Notification.requestPermission()) === "granted";
  try {
    localStorage.setItem(KEY, wanted.value ? "yes" : "no");
  } catch {
    // The choice then holds until the page is closed.
  }
}

/** Shows a message for each source that is new in `waiting`. @param {readonly string[] | undefined} waiting */
export function useNotices(waiting) {
  const before = useRef(waiting);
  const content = JSON.stringify(waiting);
  useEffect(() => {
    const known = before.current;
    before.current = waiting;
    if (!wanted.value || waiting === undefined || known === undefined) return;
    for (const source of waiting.filter((one) => !known.includes(one)))
      new Notification(texts.value.title, { body: texts.value.needsNow(fileName(source)), tag: source });
  }, [content]);
}

export const NotifyButton = () =>
  canNotify &&
  html`<button type="button" aria-pressed=${wanted.value} onClick=${toggle}>${wanted.value ? texts.value.notifying : texts.value.notify}</button>`;
