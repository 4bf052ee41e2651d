/** Doubts as lines of text: the sentence, the money of the rows, and the effect of each choice. */
import { type DoubtChoice, type DoubtReport, isOpen } from "#shared/contract/doubt.ts";
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
    ...choices.flatMap((choice) => {
      const outcome = outcomeOf(choice, texts, currency);
      const { says, command } = choice;
      return outcome === "" ? [`  ${says}: ${command}`] : [`  ${says}: ${outcome}`, `    ${command}`];
    }),
  ];
}

/** What a choice does to rows and money; "" where neither is known. */
function outcomeOf({ effect, money }: DoubtChoice, texts: Texts, currency: string): string {
  const sum = (value: number): string => frenchMoney(value, currency);
  if (effect === undefined) return "";
  const { deletes, adds, changes, waitsFor, unpriced, entity } = effect;
  if (waitsFor !== undefined) return texts.choiceWaitsFor(waitsFor);
  return [
    texts.choiceRows(
      entity,
      [deletes, adds, changes].map((n) => [n, texts.count(n)] as const),
    ),
    ...(money === undefined
      ? unpriced === undefined
        ? []
        : [texts.choiceUnpriced(unpriced)]
      : [
          texts.choiceMoney(
            sum(money.after),
            Math.sign(money.after - money.now),
            sum(Math.abs(money.after - money.now)),
          ),
        ]),
    ...(money === undefined || money.waiting === 0 ? [] : [texts.choiceWaiting(texts.count(money.waiting))]),
  ].join(texts.between());
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
