/** Doubts as lines of text: the sentence, the money of the rows, and the effect of each choice. */
import type { DoubtReport } from "#shared/contract/doubt.ts";
import { frenchMoney } from "../texts/numbers.ts";
import type { Texts } from "../texts/texts.ts";

/** Lines without indentation for the doubt, and with two spaces for its choices. */
export function doubtLines(doubt: DoubtReport, texts: Texts, currency: string): readonly string[] {
  const { says, known, choices, examples, decision } = doubt;
  const money = (value: number): string => frenchMoney(value, currency);
  return [
    `${says} (${decision})`,
    ...(known === undefined || known.rows === 0
      ? []
      : [
          `  ${texts.doubtWorth(texts.count(known.rows), money(known.amount))}`,
          ...known.first.map((row) => `    ${row}`),
          ...(known.rows > known.first.length
            ? [`    ${texts.andOthers(texts.count(known.rows - known.first.length))}`]
            : []),
        ]),
    ...examples.map((text) => `    ${text}`),
    ...choices.map(({ says, command, withdraws }) => {
      // All rows that the choice deletes are known, so the total after it is, too.
      const isKnown = known !== undefined && withdraws !== undefined && withdraws <= known.rows;
      const after = isKnown ? known.total - (withdraws === 0 ? 0 : known.amount) : undefined;
      const outcome = after === undefined ? "" : ` (${texts.doubtOutcome(money(after))})`;
      return `  ${says}${outcome}: ${command}`;
    }),
  ];
}
