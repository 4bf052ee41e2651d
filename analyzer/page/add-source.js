/** A form that has the server follow one more file, and the button that has it follow one no longer. */
import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { texts } from "./language.js";
import { send } from "./live.js";

/**
 * What the server said to a request; `failed`: it refused.
 * @typedef {{ says: string, failed: boolean } | undefined} Said
 */

/** @param {string} method @param {string} path @param {object} [body] @returns {Promise<Said>} */
async function said(method, path, body) {
  try {
    return { says: await send(method, path, body), failed: false };
  } catch (error) {
    return { says: error instanceof Error ? error.message : String(error), failed: true };
  }
}

/** @param {{ said: Said }} props */
const Answer = ({ said }) =>
  html`<p role="status" class=${said?.failed ? "reason failed" : "quiet"}>${said?.says}</p>`;

export function AddSource() {
  const t = texts.value;
  const [answer, setAnswer] = useState(/** @type {Said} */ (undefined));
  const [busy, setBusy] = useState(false);
  /** @param {SubmitEvent} event */
  const add = async (event) => {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.currentTarget);
    const url = String(new FormData(form).get("url") ?? "").trim();
    if (url === "" || busy) return;
    setBusy(true);
    const answer = await said("POST", "sources", { url });
    setBusy(false);
    setAnswer(answer);
    if (answer?.failed === false) form.reset();
  };
  return html`
    <form class="add" onSubmit=${add}>
      <label>${t.addFile} <input name="url" type="text" inputmode="url" placeholder="https://exemple.fr/ventes.csv" required /></label>
      <button type="submit" aria-disabled=${busy}>${busy ? t.adding : t.add}</button>
      <${Answer} said=${answer} />
    </form>`;
}

/** Asks once more before it acts: its rows stay, and that is said. @param {{ source: string, name: string }} props */
export function RemoveSource({ source, name }) {
  const t = texts.value;
  const [asked, setAsked] = useState(false);
  const [answer, setAnswer] = useState(/** @type {Said} */ (undefined));
  const remove = async () => {
    if (!asked) return setAsked(true);
    setAsked(false);
    setAnswer(await said("DELETE", `sources?url=${encodeURIComponent(source)}`));
  };
  return html`
    <button type="button" class="small" onClick=${remove} aria-label=${asked ? undefined : t.stopFollowing(name)}>${asked ? t.reallyStop : t.stop}</button>
    ${answer !== undefined && html`<${Answer} said=${answer} />`}`;
}
