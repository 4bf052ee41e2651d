/** A life and what became of it, as text. */
import { type Figures, type Life, textOf } from "./life.ts";
import type { Lived } from "./live.ts";

const sumsText = (sums: ReadonlyMap<string, number>, of: (n: number) => string): string =>
  [...sums]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, n]) => `${key} ${of(n)}`)
    .join(", ");

const figuresText = ({ total, sales, byProduct, byCity }: Figures): string => {
  const euros = (cents: number) => (cents / 100).toFixed(2);
  return `${euros(total)} of ${sales} sales; ${sumsText(byProduct, String)}; ${sumsText(byCity, euros)}`;
};

/** The versions with what became of each, and the command that plays the life again. */
export function failureText(life: Life, { results, stuck }: Lived): string {
  const lines = [
    `\n${life.kind}, seed ${life.seed}: npm run lives -- --kind ${life.kind} --seed ${life.seed}`,
  ];
  const { where = [], vanished } = life.added ?? {};
  for (const condition of where) lines.push(`added with --where ${condition}`);
  if (vanished !== undefined) lines.push(`added with --vanished ${vanished}`);
  for (const { step, result, held, found, wanted } of results) {
    const { did, clarity, files } = life.steps[step] as Life["steps"][number];
    lines.push(`-- step ${step + 1}: ${did} (${clarity}): ${result}`);
    for (const version of files) lines.push(`${version.file}:`, textOf(version).trimEnd());
    for (const { file, code, sentence } of held) lines.push(`held: ${file}: ${code}: ${sentence}`);
    if (result === "wrong" || result === "told")
      lines.push(`found  ${figuresText(found)}`, `wanted ${figuresText(wanted)}`);
  }
  if (stuck !== undefined && stuck.ways.length > 0)
    lines.push(
      "none of these leads to the figures of the books:",
      ...stuck.ways.map((way) => `  ${way.join("; ")}`),
    );
  return lines.join("\n");
}
