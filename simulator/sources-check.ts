/**
 * Checks invariant 1 against the files: after any faults of the producers, the topics hold every line of the last version
 * of a file, and of sales without id nothing else but those that were kept.
 */
import type { PipelineEvent } from "#shared/contract/event.ts";
import { EVENT_TOPICS } from "#shared/contract/topics.ts";
import { claimsOf, type SeenEvent } from "../producer/testing/pipeline.ts";
import type { Counts } from "./counts.ts";
import { FILE_NAMES, FILES, type FileName, type Files, type Line } from "./files.ts";
import { Violation } from "./invariants.ts";
import { PARTITIONS, type SimulatedLog } from "./log.ts";
import type { Polled } from "./producing.ts";

export function checkSources(
  log: SimulatedLog,
  files: Files,
  polled: ReadonlyMap<FileName, Polled>,
  counts: Counts,
): void {
  const events: SeenEvent[] = [];
  for (const topic of EVENT_TOPICS)
    for (let partition = 0; partition < PARTITIONS; partition++)
      for (const { offset, key, value } of log.partition(topic, partition).records) {
        const event = parsed(value);
        if (event !== undefined) events.push({ topic, partition, offset, key: key ?? "", event });
      }
  for (const name of FILE_NAMES) {
    const state = files.state(name);
    const last = polled.get(name);
    if (state === undefined || last === undefined) continue;
    if (last.result === undefined) {
      counts.add(`last versions not taken: ${last.code}`);
      continue;
    }
    const { columns, lines } = state;
    const { key, entity } = FILES[name];
    const claims = [...claimsOf(events, name)]
      .filter(([claim]) => claim.startsWith(`${entity} `))
      .map(([, { row, extras }]): Line => ({ ...row, ...extras }));
    const asText = (line: Line): string => JSON.stringify(columns.map((c) => line[c] ?? null));
    const held = countsOf(claims.map(asText));
    const dated = new Set(
      entity === "produits" ? lines.filter((l) => l.date_effet != null).map((l) => l.id_produit) : [],
    );
    const good = lines.filter(
      (l) =>
        l.quantité !== "x" &&
        !(entity === "produits" && l.date_effet == null && dated.has(l.id_produit ?? "")),
    );
    for (const [line, n] of countsOf(good.map(asText)))
      if ((held.get(line) ?? 0) < n)
        throw new Violation(
          "1",
          `${name}: the line ${line} is ${n} times in the file, ${held.get(line) ?? 0} times in the topics`,
        );
    if (key === undefined) {
      // Rule 9: of the sales that the version lacks, those stay that its counts say.
      const { vanished } = last.result.counts;
      if (claims.length !== good.length + vanished)
        throw new Violation(
          "1",
          `${name}: ${good.length} sales and ${vanished} that were kept, ${claims.length} in the topics`,
        );
    }
    counts.add("last versions compared with the topics");
  }
}

const countsOf = (texts: readonly string[]): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
};

function parsed(value: Buffer | null): PipelineEvent | undefined {
  if (value === null) return undefined;
  try {
    const event = JSON.parse(value.toString("utf8")) as PipelineEvent | null;
    return typeof event === "object" ? (event ?? undefined) : undefined;
  } catch {
    return undefined;
  }
}
