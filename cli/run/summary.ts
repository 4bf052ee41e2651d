/** What `start` prints once all rows of the sources are in the analyses. */
import type { SourceStatus } from "#shared/contract/status.ts";
import { type Results, rejectedLines, resultTables } from "../output/results.ts";
import type { Invocation } from "../settings/invocation.ts";
import type { Texts } from "../texts/texts.ts";
import { visibleSource } from "../texts/visible.ts";

/** One line: the source, its entities, its records and its rejects. */
export const sourceLine = (s: SourceStatus, texts: Texts): string =>
  texts.sourceRead(
    visibleSource(s.source),
    s.entities.join(", "),
    texts.count(s.records),
    texts.count(s.rejected),
  );

export function settledSummary(
  results: Results,
  sources: readonly SourceStatus[],
  run: Invocation,
  { url, isDemo }: { readonly url: string; readonly isDemo: boolean },
): string {
  const { texts, settings } = run;
  const read = sources.map((s) => `  ${sourceLine(s, texts)}`);
  return [
    "",
    texts.read(),
    ...read,
    ...rejectedLines(results, texts).map((line) => `  ${line}`),
    "",
    resultTables(results, texts, settings.currency),
    "",
    texts.pageIsAt(url),
    ...(isDemo ? [texts.addYours()] : []),
    texts.goesOn(),
    "",
  ].join("\n");
}
