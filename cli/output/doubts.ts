/** Doubts as lines of text: the sentence, the money of the rows, and the effect of each choice. */
import { type DoubtReport, isOpen } from "#shared/contract/doubt.ts";
import type { SourceStatus } from "#shared/contract/status.ts";
import { frenchMoney } from "../texts/numbers.ts";
import type { Texts } from "../texts/texts.ts";
import { visibleSource } from "../texts/visible.ts";

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
    ...choices.map(({ says, command, withdraws, repeats, known: some = known }) => {
      // All rows that the choice deletes or repeats are known, so what it does to the total is, too.
      const isKnown = (rows: number) => some !== undefined && rows <= some.rows;
      const { total = 0 } = known ?? {};
      const { amount = 0 } = some ?? {};
      const outcome =
        withdraws !== undefined && isKnown(withdraws)
          ? ` (${texts.doubtOutcome(money(total - (withdraws === 0 ? 0 : amount)))})`
          : repeats !== undefined && isKnown(repeats)
            ? ` (${texts.doubtRepeats(repeats, money(amount))})`
            : "";
      return `  ${says}${outcome}: ${command}`;
    }),
  ];
}

/** A line for each thing that was noticed about a source and on which nobody needs to act. */
export const noticedLines = (
  sources: readonly Pick<SourceStatus, "source" | "doubts">[],
  texts: Texts,
): readonly string[] =>
  sources.flatMap(({ source, doubts = [] }) =>
    doubts
      .filter((doubt) => !isOpen(doubt))
      .map(({ says, choices }) => {
        const ways = choices.map((choice) => `${choice.says}: ${choice.command}`);
        return visibleSource(texts.noticed(source, [says, ...ways].join("; ")));
      }),
  );
