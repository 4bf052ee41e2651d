/** What the page does with files and analyses: requests, what came of them, and how to take it back. */
import { signal } from "@preact/signals";
import { html } from "htm/preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { language, texts } from "./language.js";
import { Refused, send } from "./live.js";
import { askSession } from "./session.js";

/** @typedef {{ name: string, body: object }} Undo The act that takes another one back. */

/**
 * What came of the last act.
 * @typedef {{ says: string, failed: boolean, undo?: Undo | undefined }} Outcome
 */

/** @type {import("@preact/signals").Signal<Outcome | undefined>} */
const outcome = signal(/** @type {Outcome | undefined} */ (undefined));

/** Hides what came of the last act. */
export function forget() {
  outcome.value = undefined;
}

/** `name`: `sources/retry`, for example. @template A @param {string} name @param {object} body @returns {Promise<A>} */
export const ask = (name, body) => send("POST", `api/${name}?lang=${language.value}`, body);

/** @param {unknown} error */
export function refused(error) {
  // The session may have ended.
  void askSession();
  const says = error instanceof Refused ? error.message : texts.value.noAnswer;
  outcome.value = { says, failed: true };
}

/**
 * Acts, and shows what came of it. Gives whether it was done.
 * @param {string} name @param {object} body
 * @param {Undo | ((answer: { name: string }) => Undo)} [undo] It may depend on the answer.
 */
export async function act(name, body, undo) {
  forget();
  try {
    const answer = await ask(name, body);
    const back = typeof undo === "function" ? undo(answer) : undo;
    outcome.value = { says: answer.sentence, failed: false, undo: answer.undo ? back : undefined };
    return true;
  } catch (error) {
    refused(error);
    return false;
  }
}

/** What came of the last act. It gets the focus, because the button that was pressed may be gone. */
export function OutcomeNote() {
  const t = texts.value;
  const at = useRef(/** @type {HTMLElement | null} */ (null));
  const shown = outcome.value;
  useEffect(() => {
    if (shown !== undefined) at.current?.focus();
  }, [shown]);
  // The element stays, because a screen reader announces what changes in it.
  return html`
    <div id="outcome" ref=${at} tabindex="-1" role="status" hidden=${shown === undefined} class=${`notice ${shown?.failed ? "warn" : "done"}`}>
      ${
        shown !== undefined &&
        html`
          <p>${shown.says}</p>
          <p class="buttons">
            ${shown.undo !== undefined && html`<${Press} does=${() => act(shown.undo?.name ?? "", shown.undo?.body ?? {})}>${t.undo}</${Press}>`}
            <button type="button" onClick=${forget}>${t.close}</button>
          </p>`
      }
    </div>`;
}

/**
 * A button that is busy until its work is done.
 * @param {{ does: () => Promise<unknown>, class?: string, label?: string, children?: import("./ui.js").Children }} props
 */
export function Press({ does, class: className, label, children }) {
  const [busy, setBusy] = useState(false);
  const press = async () => {
    if (busy) return;
    setBusy(true);
    await does();
    setBusy(false);
  };
  return html`<button type="button" class=${className} aria-label=${label} aria-disabled=${busy} onClick=${press}>${children}</button>`;
}

/**
 * A button that opens a question. The keyboard goes into the question, and comes back when it is cancelled; after an act it
 * goes to what came of it.
 * @typedef {{ cancel: () => void, done: () => void }} Closes
 * @param {{ opens: string, label: string, question: (closes: Closes) => import("./ui.js").Children }} props
 */
export function Ask({ opens, label, question }) {
  const [open, setOpen] = useState(false);
  const button = useRef(/** @type {HTMLElement | null} */ (null));
  const inside = useRef(/** @type {HTMLElement | null} */ (null));
  const comesBack = useRef(false);
  useEffect(() => {
    if (open) inside.current?.focus();
    else if (comesBack.current) button.current?.focus();
    comesBack.current = false;
  }, [open]);
  const done = () => setOpen(false);
  const cancel = () => {
    comesBack.current = true;
    setOpen(false);
  };
  /** @param {KeyboardEvent} event */
  const onKey = ({ key }) => {
    if (key === "Escape") cancel();
  };
  return open
    ? html`<div ref=${inside} class="question" role="group" aria-label=${label} tabindex="-1" onKeyDown=${onKey}>${question({ cancel, done })}</div>`
    : html`<button ref=${button} type="button" class="small" aria-label=${label} onClick=${() => setOpen(true)}>${opens}</button>`;
}
