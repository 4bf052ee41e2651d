/** The doubts about the version of a source: sentence, rows and their money, a command for each choice. */
import { html } from "htm/preact";
import { amount, number } from "./format.js";
import { texts } from "./language.js";
import { Name } from "./ui.js";

/** @typedef {NonNullable<import("../server/api.ts").SourcesAnswer["sources"][number]["doubts"]>[number]} Doubt */

/**
 * What follows from a choice, in money; "": the database does not have all of its rows.
 * @param {Doubt} doubt @param {Doubt["choices"][number]} choice @param {string} currency
 */
function outcome({ known }, { withdraws, repeats, known: some = known }, currency) {
  const t = texts.value;
  if (known === undefined || some === undefined) return "";
  if ((withdraws ?? repeats ?? Infinity) > some.rows) return "";
  return withdraws === undefined
    ? ` (${t.counts(repeats ?? 0, amount(some.amount, currency))})`
    : ` (${t.totalAfter(amount(known.total - (withdraws === 0 ? 0 : some.amount), currency))})`;
}

/** @param {{ doubt: Doubt, currency: string }} props */
export function DoubtParts({ doubt, currency }) {
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
    ${rows.length > 0 && html`<ul class="quiet">${rows.map((row) => html`<li><${Name} text=${row} most=${400} /></li>`)}</ul>`}
    ${choices.map(
      (choice) => html`
        <p class="choice" key=${choice.command}>
          ${t.choice(choice.says, outcome(doubt, choice, currency))} <code>${choice.command}</code>
        </p>`,
    )}`;
}
