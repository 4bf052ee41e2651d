/** The doubts about the version of a source: sentence, rows and their money, a button or a command for each choice. */
import { html } from "htm/preact";
import { Ask, act, Press } from "./acts.js";
import { amount, number } from "./format.js";
import { texts } from "./language.js";
import { session } from "./session.js";
import { Name } from "./ui.js";

/** @typedef {NonNullable<import("../server/api.ts").SourcesAnswer["sources"][number]["doubts"]>[number]} Doubt */

/**
 * What a choice does to rows and money; "": neither is known.
 * @param {Doubt["choices"][number]} choice @param {string} currency
 */
function outcome({ effect, money }, currency) {
  const t = texts.value;
  if (effect === undefined) return "";
  const { entity, deletes, adds, changes, unpriced, waitsFor } = effect;
  if (waitsFor !== undefined) return ` (${t.waitsNext(waitsFor)})`;
  const difference = money === undefined ? 0 : money.after - money.now;
  const told = [
    t.changedRows(
      entity,
      [deletes, adds, changes].map((n) => [n, number(n)]),
    ),
    ...(money !== undefined
      ? [
          t.totalAfter(
            amount(money.after, currency),
            Math.sign(difference),
            amount(Math.abs(difference), currency),
          ),
        ]
      : unpriced === undefined
        ? []
        : [t.unpriced[unpriced]]),
    ...(money === undefined || money.waiting === 0 ? [] : [t.comingWait(number(money.waiting))]),
  ];
  return ` (${told.join(t.between)})`;
}

/**
 * `source`: the id of a file that is followed: a browser with a session may then choose. `catalogue`: the one that lists it.
 * @param {{ doubt: Doubt, currency: string, source?: string, catalogue?: string | undefined }} props
 */
export function DoubtParts({ doubt, currency, source, catalogue }) {
  const t = texts.value;
  const { says, weight, known, examples, choices } = doubt;
  const rows = [...(known?.first ?? []), ...examples];
  return html`
    <p class="reason">${t.doubt(weight, says)}</p>
    ${
      known !== undefined &&
      known.rows > 0 &&
      html`<p class="quiet">${t.worth(known.rows, number(known.rows), amount(known.amount, currency))}</p>`
    }
    ${rows.length > 0 && html`<ul class="quiet evidence">${rows.map((row) => html`<li><${Name} text=${row} most=${400} /></li>`)}</ul>`}
    ${known !== undefined && known.rows > 0 && weight === "held" && html`<p class="quiet">${t.untilThen(amount(known.total, currency))}</p>`}
    ${choices.map((choice) => {
      const says = `${choice.says}${outcome(choice, currency)}`;
      return source !== undefined && session.value.writes && choice.accepts !== undefined
        ? html`<div class="choice" key=${choice.command}>${says} <${Choose} says=${says} source=${source} catalogue=${catalogue} accepts=${choice.accepts} /></div>`
        : html`<p class="choice" key=${choice.command}>${says}${t.colon} <code>${choice.command}</code></p>`;
    })}`;
}

/** Asks for a confirmation, with what the choice would do. @param {{ says: string, source: string, catalogue: string | undefined, accepts: string }} props */
function Choose({ says, source, catalogue, accepts }) {
  const t = texts.value;
  const choose = async (/** @type {string} */ of, /** @type {() => void} */ done) => {
    const body = { source: of, decisions: [accepts] };
    if (await act("sources/confirm", body, { name: "sources/revoke", body })) done();
  };
  return html`
    <${Ask} opens=${t.choose} label=${t.chooseThis(says)}
      question=${(/** @type {import("./acts.js").Closes} */ { cancel, done }) => html`
        <p>${t.reallyChoose(says)}</p>
        <p class="buttons">
          <${Press} class="primary" does=${() => choose(source, done)}>${t.confirm}</${Press}>
          ${catalogue !== undefined && html`<${Press} does=${() => choose(catalogue, done)}>${t.confirmForAll}</${Press}>`}
          <button type="button" onClick=${cancel}>${t.cancel}</button>
        </p>`} />`;
}
