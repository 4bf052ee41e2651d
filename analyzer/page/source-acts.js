/** What a browser with a session may do with one file: read it again, name it, or remove it. Others see the commands. */
import { html } from "htm/preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Ask, act, ask, Press, refused } from "./acts.js";
import { amount, names, number } from "./format.js";
import { texts } from "./language.js";

/** @typedef {import("../api/writes.ts").WithdrawalAnswer} Withdrawal */
/** @typedef {import("./acts.js").Closes} Closes */

/** @param {{ source: string, name: string, canRetry: boolean }} props */
export function SourceActs({ source, name, canRetry }) {
  const t = texts.value;
  return html`
    ${canRetry && html`<${Press} class="small" label=${t.retryOf(name)} does=${() => act("sources/retry", { source })}>${t.retry}</${Press}>`}
    <${Ask} opens=${t.rename} label=${t.renameOf(name)}
      question=${(/** @type {Closes} */ closes) => html`<${Renaming} source=${source} name=${name} closes=${closes} />`} />
    <${Ask} opens=${t.remove} label=${t.removeOf(name)}
      question=${(/** @type {Closes} */ closes) => html`<${Removal} source=${source} name=${name} closes=${closes} />`} />`;
}

/** @param {{ source: string, name: string, closes: Closes }} props */
function Renaming({ source, name, closes }) {
  const t = texts.value;
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  const rename = async (/** @type {Event} */ event) => {
    event.preventDefault();
    const before = names.peek().get(source) ?? "";
    const undo = { name: "sources/rename", body: { source, name: before } };
    if (await act("sources/rename", { source, name: field.current?.value ?? "" }, undo)) closes.done();
  };
  return html`
    <form onSubmit=${rename}>
      <label>${t.newName} <input ref=${field} type="text" maxlength="80" autocomplete="off" defaultValue=${name} /></label>
      <p class="quiet">${t.emptyName}</p>
      <p class="buttons">
        <button type="submit" class="primary">${t.rename}</button>
        <button type="button" onClick=${closes.cancel}>${t.cancel}</button>
      </p>
    </form>`;
}

/** Both ways to remove a file, with what each does to the figures. @param {{ source: string, name: string, closes: Closes }} props */
function Removal({ source, name, closes }) {
  const t = texts.value;
  const [planned, setPlanned] = useState(/** @type {Withdrawal | undefined} */ (undefined));
  const plan = (/** @type {(error: unknown) => void} */ onFailure) => {
    ask("sources/withdrawal", { source }).then(
      (answer) => setPlanned(/** @type {Withdrawal} */ (answer)),
      onFailure,
    );
  };
  useEffect(() => {
    plan((error) => {
      refused(error);
      closes.done();
    });
  }, [source]);
  const rows = planned?.rows ?? null;
  const remove = async (/** @type {boolean} */ withdraw) => {
    const shown = rows === null ? 0 : rows.ventes + rows.orphelins + rows.produits + rows.magasins;
    const body = withdraw ? { source, withdraw, shown } : { source, withdraw };
    if (await act("sources/remove", body, { name: "sources/restore", body: { source } })) closes.done();
    // The counts that were shown may be old. When the new ones fail too, the page keeps showing why the removal failed.
    else plan(() => {});
  };
  return html`
    <p><strong>${t.removeQuestion(name)}</strong></p>
    <div class="ways">
      <div>
        <p>${t.keepRows}</p>
        ${rows !== null && html`<p class="quiet">${t.totalStays(amount(rows.total, planned?.currency ?? "EUR"))}</p>`}
        <${Press} does=${() => remove(false)}>${t.stop}</${Press}>
      </div>
      <div>
        ${planned === undefined ? html`<p class="quiet">${t.counting}</p>` : html`<${Loss} planned=${planned} />`}
        ${planned !== undefined && html`<${Press} class="danger" does=${() => remove(true)}>${t.stopAndDelete}</${Press}>`}
      </div>
    </div>
    <p class="buttons"><button type="button" onClick=${closes.cancel}>${t.cancel}</button></p>`;
}

/** The rows that would go, in money. @param {{ planned: Withdrawal }} props */
function Loss({ planned: { rows, currency } }) {
  const t = texts.value;
  if (rows === null) return html`<p>${t.noRowsYet}</p>`;
  const money = (/** @type {number} */ value) => amount(value, currency);
  const { ventes, orphelins, produits, magasins, waiting, total, after } = rows;
  return html`
    <p>${t.loss(ventes, number(ventes), money(rows.amount))}</p>
    <p class="quiet">
      ${[
        ...(orphelins > 0 ? [t.lostWaiting(orphelins, number(orphelins))] : []),
        ...(produits > 0 ? [t.lostProducts(produits, number(produits))] : []),
        ...(magasins > 0 ? [t.lostShops(magasins, number(magasins))] : []),
        ...(waiting > 0 ? [t.wouldWait(waiting, number(waiting))] : []),
        after === null ? t.totalUnknown : t.totalFromTo(money(total), money(after)),
      ].join(" · ")}
    </p>`;
}
