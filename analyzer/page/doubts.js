/** Shows the doubts about the version of a source: sentence, rows and their money, a command for each choice. */
import { element, name } from "./dom.js";
import { amount, number } from "./format.js";
import { texts } from "./texts.js";

/** @typedef {NonNullable<import("../server/api.ts").SourcesAnswer["sources"][number]["doubts"]>[number]} Doubt */

/**
 * The sentence, what its rows are worth, the first of them, and for each choice its command and the total after it.
 * @param {Doubt} doubt @param {string} currency
 */
export function doubtParts({ says, weight, known, examples, choices }, currency) {
  const rows = [...(known?.first ?? []), ...examples];
  /** @param {Doubt["choices"][number]} choice */
  const after = ({ withdraws, repeats, known: some = known }) => {
    if (known === undefined || some === undefined) return "";
    if ((withdraws ?? repeats ?? Infinity) > some.rows) return "";
    return withdraws === undefined
      ? ` (${texts.counts(repeats ?? 0, amount(some.amount, currency))})`
      : ` (${texts.totalAfter(amount(known.total - (withdraws === 0 ? 0 : some.amount), currency))})`;
  };
  return [
    element("p", { class: "reason" }, texts.doubt(weight, says)),
    ...(known === undefined || known.rows === 0
      ? []
      : [
          element(
            "p",
            { class: "quiet" },
            texts.worth(known.rows, number(known.rows), amount(known.amount, currency)),
          ),
        ]),
    ...(rows.length === 0
      ? []
      : [element("ul", { class: "quiet" }, ...rows.map((row) => element("li", {}, name(row))))]),
    ...choices.map((choice) =>
      element(
        "p",
        { class: "choice" },
        texts.choice(choice.says, after(choice)),
        " ",
        element("code", {}, choice.command),
      ),
    ),
  ];
}
