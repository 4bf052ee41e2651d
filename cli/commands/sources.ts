/**
 * `ventes sources`: the status of each registered source and catalogue. It accounts for every record of the last version
 * of each source (invariant 1): records = emitted + unchanged + superseded + rejected.
 */
import * as Effect from "effect/Effect";
import type { SourceStatus } from "#shared/contract/status.ts";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import type { LogFailure } from "#shared/topic-log/errors.ts";
import { doubtLines } from "../output/doubts.ts";
import { howRead, notesOf } from "../output/reading.ts";
import { listLine, table } from "../output/rows.ts";
import { isTerminal, print, printJson, printPiece } from "../output/stdout.ts";
import { withKnownDoubts } from "../run/known-doubts.ts";
import { onLog, SHORT_WAIT_MS } from "../run/log.ts";
import {
  type CatalogueWithState,
  followsNow,
  readSourceEntries,
  type SourceEntry,
} from "../run/source-list.ts";
import type { Invocation } from "../settings/invocation.ts";
import { visibleSource } from "../texts/visible.ts";

/** The terms of the sum come first, in its order; then the counts that are not part of it. */
const COUNTS = [
  "records",
  "emitted",
  "unchanged",
  "superseded",
  "rejected",
  "conflicts",
  "vanished",
  "withdrawn",
  "rounded",
] as const satisfies readonly (keyof SourceStatus)[];
const COLUMNS = ["source", "entities", "state", ...COUNTS, "reason", "polled", "changed", "next"];

/** The entries with what the database of the directory `data` knows of the rows of their doubts. */
const known = (
  entries: readonly SourceEntry[],
  data: string,
): Effect.Effect<readonly SourceEntry[], DatabaseError> =>
  Effect.map(
    withKnownDoubts(
      data,
      entries.map(({ status }) => status),
    ),
    (statuses) => entries.map((entry, i) => ({ ...entry, status: statuses[i] ?? entry.status })),
  );

export const sources = (_input: object, run: Invocation): Effect.Effect<void, DatabaseError | LogFailure> =>
  Effect.gen(function* () {
    const { listed, invalid, catalogues, withdrawn } = yield* onLog(
      run,
      SHORT_WAIT_MS,
    )(
      Effect.gen(function* () {
        const follows = yield* followsNow;
        const entries = yield* readSourceEntries;
        return {
          listed: yield* known(
            yield* entries.withRaces(entries.sources(follows), run.settings.data, run.settings.language),
            run.settings.data,
          ),
          invalid: entries.invalid(run.settings.language),
          catalogues: entries.catalogues(),
          withdrawn: entries.withdrawn(),
        };
      }),
    );
    if (run.json) {
      printJson([
        ...listed.map(asJson),
        ...invalid,
        ...catalogues.map(catalogueJson),
        ...withdrawn.map(({ source, ...trace }) => ({ source, state: "removed", withdrawn: trace })),
      ]);
      return;
    }
    const rows = [
      ...listed.map((one) => rowOf(one.status, reasonOf(one, run))),
      ...invalid.map((status) => rowOf(status, status.reason)),
    ];
    if (!isTerminal()) {
      printPiece([...rows, ...catalogues.map((one) => catalogueRow(one, run))].map(listLine).join(""));
      return;
    }
    if (rows.length + catalogues.length === 0) print(run.texts.noSources());
    if (rows.length > 0) print(`${table(COLUMNS, rows)}\n${accounting(listed, run)}`);
    for (const { registration, announcement, status } of listed) {
      if (registration.name !== undefined)
        print(visibleSource(run.texts.named(registration.source, registration.name)));
      for (const { at, says } of registration.decided ?? [])
        print(visibleSource(`${registration.source}: ${run.texts.decidedAt(at, says)}`));
      const doubts = (status.doubts ?? []).flatMap((one) =>
        doubtLines(one, run.texts, run.settings.currency),
      );
      if (doubts.length > 0)
        print(
          [`${registration.source}:`, ...doubts.map((line) => `  ${line}`)].map(visibleSource).join("\n"),
        );
      const how = howRead(registration, announcement, run.texts);
      if (how !== "") print(visibleSource(run.texts.howRead(registration.source, how)));
      for (const note of notesOf(announcement, run.settings.language)) print(`  ${visibleSource(note)}`);
    }
    for (const one of catalogues) print(`\n${catalogueText(one, run).map(visibleSource).join("\n")}`);
  });

const rowOf = (status: SourceStatus, reason: string) => [
  visibleSource(status.source),
  status.entities.join(","),
  status.state,
  ...COUNTS.map((name) => BigInt(status[name] ?? 0)),
  visibleSource(reason),
  withoutMilliseconds(status.polled),
  withoutMilliseconds(status.changed),
  withoutMilliseconds(status.next),
];

/** An ISO instant without its milliseconds; "" for none. */
const withoutMilliseconds = (instant: string | null | undefined): string =>
  (instant ?? "").replace(/\.\d+Z$/, "Z");

/** The status, the registration, and the producer that follows the source. */
const asJson = ({ status, registration, announcement, report }: SourceEntry) => ({
  ...status,
  name: registration.name ?? null,
  next: status.next ?? null,
  producer: report?.follows === true ? report.producer : null,
  every: registration.every,
  once: registration.once,
  duplicates: registration.duplicates,
  vanished: registration.vanished ?? null,
  idScope: registration.idScope ?? null,
  /** `reading`: the options that the operator fixed. `decisions`: how the last version was read. */
  reading: registration.reading ?? {},
  decisions: announcement?.reading ?? null,
  registered: registration.registered,
  /** Traces of what operators decided: accepted doubts, new ids, rows that were withdrawn before it was added again. */
  decided: registration.decided ?? [],
  rekeyed: announcement?.rekeyed ?? null,
  withdrawn: announcement?.withdrawn ?? null,
  ...(registration.unlisted === undefined ? {} : { unlisted: registration.unlisted }),
  ...(registration.discovered === undefined ? {} : { discovered: registration.discovered }),
});

/** Programs tell it from a source by its member `catalogue`, and because it has no `source`. */
const catalogueJson = ({ status, catalogue }: CatalogueWithState) => ({
  ...status,
  every: catalogue.every,
  once: catalogue.once,
  duplicates: catalogue.duplicates,
  idScope: catalogue.idScope ?? null,
  /** What operators decided for all its entries. */
  decided: catalogue.decided ?? [],
  registered: catalogue.registered,
});

const reasonOf = ({ status, registration }: SourceEntry, { texts }: Invocation): string => {
  if (registration.unlisted !== undefined) return texts.noLongerListed(registration.unlisted);
  const { reason, defects } = status;
  return defects === undefined ? reason : `${reason} (${texts.defects(texts.count(defects))})`.trim();
};

/** The sum over all sources, as a sentence. */
function accounting(listed: readonly SourceEntry[], { texts }: Invocation): string {
  const sum = (name: (typeof COUNTS)[number]) =>
    texts.count(listed.reduce((total, { status }) => total + (status[name] ?? 0), 0));
  return texts.accounting({
    records: sum("records"),
    emitted: sum("emitted"),
    unchanged: sum("unchanged"),
    superseded: sum("superseded"),
    rejected: sum("rejected"),
    conflicts: sum("conflicts"),
    vanished: sum("vanished"),
    withdrawn: sum("withdrawn"),
    rounded: sum("rounded"),
  });
}

const catalogueCounts = ({ status }: CatalogueWithState, { texts }: Invocation): string =>
  texts.catalogueStands({
    listed: texts.count(status.listed),
    taken: texts.count(status.taken),
    others: texts.count(status.others),
    removed: texts.count(status.removed),
    refused: texts.count(status.refused),
    passed: texts.count(status.passed ?? 0),
    unlisted: texts.count(status.unlisted),
  });

/** In the columns of a source: listed entries are records, refused entries are rejected. */
const catalogueRow = (one: CatalogueWithState, run: Invocation) => [
  visibleSource(one.status.catalogue),
  "catalogue",
  one.status.state,
  ...COUNTS.map((name) =>
    name === "records" ? BigInt(one.status.listed) : name === "rejected" ? BigInt(one.status.refused) : null,
  ),
  one.status.state === "parked" ? visibleSource(one.status.reason) : catalogueCounts(one, run),
];

const catalogueText = (one: CatalogueWithState, run: Invocation): string[] => {
  const { catalogue, form, state, reason, refused, refusals, passed = 0, passedOver = [] } = one.status;
  const { texts } = run;
  return [
    `${catalogue}  catalogue${form === null ? "" : ` (${form})`}  ${state}${reason === "" ? "" : `  ${reason}`}`,
    `  ${catalogueCounts(one, run)}`,
    ...refusals.map((entry) => `  ${entry.reason}`),
    ...(refused > refusals.length ? [`  ${texts.andOthers(texts.count(refused - refusals.length))}`] : []),
    ...(passed === 0 ? [] : [`  ${texts.passedOver()}`]),
    ...passedOver.map((entry) => `    ${entry.reason}`),
    ...(passed > passedOver.length
      ? [`    ${texts.andOthers(texts.count(passed - passedOver.length))}`]
      : []),
    ...(one.catalogue.decided ?? []).map(
      ({ at, decision, says }) => `  ${texts.decidedOfAll(at, decision, says)}`,
    ),
  ];
};
