/** `start --once`: reads every source once, prints the analyses, then the rejects and failures. */
import * as Clock from "effect/Clock";
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import { isOpen } from "#shared/contract/doubt.ts";
import type { CatalogueStatus, SourceStatus } from "#shared/contract/status.ts";
import { maskedIn } from "#shared/runtime/masked.ts";
import { Settings } from "#shared/runtime/settings.ts";
import { elapsedMs, elapsedMsOf } from "#shared/runtime/time.ts";
import { LogUnavailable } from "#shared/topic-log/errors.ts";
import type { TopicLog } from "#shared/topic-log/topic-log.ts";
import type { ConsumerFigures } from "../../consumer/figures.ts";
import { noticedLines } from "../output/doubts.ts";
import { withProgress } from "../output/progress.ts";
import {
  missedLines,
  otherwiseLines,
  type Results,
  readResults,
  rejectedLines,
  resultLines,
  resultsJson,
  resultTables,
} from "../output/results.ts";
import { isTerminal, print, say } from "../output/stdout.ts";
import { Failed } from "../settings/errors.ts";
import type { Invocation } from "../settings/invocation.ts";
import { OwnThreads } from "../settings/threads.ts";
import { jsonVisible } from "../texts/visible.ts";
import { analyze, type ComponentError, consume, produceOnce } from "./components.ts";
import { withKnownDoubts } from "./known-doubts.ts";
import { reportTroubles } from "./pipeline.ts";
import { whenApplied, whenSettled } from "./settled.ts";

const NOTHING: Pick<ConsumerFigures, "events" | "changed"> = { events: 0, changed: 0 };

/** Fails when the log has been lost for longer than `waitMs` (ms); never succeeds. */
const lostFor = (
  waitMs: number,
  lost: () => { readonly since: number; readonly reason: string } | null,
): Effect.Effect<never, LogUnavailable> =>
  Effect.gen(function* () {
    for (;;) {
      yield* Effect.sleep(CHECK_EVERY_MS);
      const now = lost();
      if (now !== null && (yield* elapsedMs) - now.since > waitMs)
        return yield* new LogUnavailable({ address: "", message: now.reason });
    }
  });

const CHECK_EVERY_MS = 250;

export interface OnceRead {
  readonly sources: readonly SourceStatus[];
  readonly catalogues: readonly CatalogueStatus[];
  readonly results: Results;
  readonly figures: Pick<ConsumerFigures, "events" | "changed">;
}

/** Reads every source once, or `only` these, and waits until all their rows are in the analyses. */
export const readAndSettle = (
  run: Invocation,
  waitMs: number,
  only?: ReadonlySet<string>,
): Effect.Effect<OnceRead, ComponentError, TopicLog | Settings> =>
  Effect.gen(function* () {
    const clock = yield* Clock.Clock;
    const inThread = yield* OwnThreads;
    let figures = NOTHING;
    let catalogues: readonly CatalogueStatus[] = [];
    let lost: { readonly since: number; readonly reason: string } | null = null;
    const { sources, results } = yield* withProgress(run.texts, (progress) => {
      const troubles = reportTroubles(progress, run.texts);
      return Effect.raceFirst(
        Effect.raceFirst(
          lostFor(waitMs, () => lost),
          consume(progress, run, {
            inThread,
            onFigures: (done) => {
              figures = done;
            },
            onLogState: (log) => {
              lost = log.state === "ok" ? null : (lost ?? { since: elapsedMsOf(clock), reason: log.reason });
            },
          }),
        ),
        Effect.gen(function* () {
          const sources = yield* produceOnce(progress, run, {
            only,
            onSources: troubles.onSources,
            onCatalogues: (all) => {
              catalogues = all;
              troubles.onCatalogues(all);
            },
          });
          yield* whenApplied;
          // The analyzer starts only now: one delta over all commits is cheaper than one for each commit.
          const audited = yield* Deferred.make<void>();
          const results = yield* Effect.raceFirst(
            // `start --once` serves no page, and would end in the middle of comparing the columns of a large database.
            analyze(run, {
              onAudited: () => Deferred.doneUnsafe(audited, Effect.void),
              auditsColumns: false,
            }),
            Effect.andThen(Deferred.await(audited), whenSettled(readResults)),
          );
          return { sources, results };
        }),
      );
    });
    return { sources, catalogues, results, figures };
  });

export const readOnce = (
  run: Invocation,
  isDemo: boolean,
  waitMs: number,
): Effect.Effect<void, ComponentError | Failed, TopicLog | Settings> =>
  Effect.gen(function* () {
    const { data } = yield* Settings;
    const { sources: read, catalogues, results, figures } = yield* readAndSettle(run, waitMs);
    const sources = yield* withKnownDoubts(data, read);
    if (isDemo) say(`ventes: ${run.texts.onceDemo(data)}`);
    if (run.json) print(onceJson(results, figures, sources));
    else if (isTerminal()) print(resultTables(results, run.texts, run.settings.currency));
    else print(resultLines(results));
    if (!run.json)
      for (const line of [...rejectedLines(results, run.texts), ...noticedLines(sources, run.texts)])
        say(line);
    // A catalogue that cannot be read, and each entry that is refused, counts as a source that could not be read.
    const refused = catalogues.reduce((sum, one) => sum + (one.state === "parked" ? 1 : one.refused), 0);
    const failed = sources.filter(({ state }) => state === "parked").length + refused;
    const unclear = sources.filter(({ doubts = [] }) => doubts.some(isOpen)).length;
    const messages = [
      ...missedLines(results.missed, run.texts),
      ...otherwiseLines(results.waiting, run.texts),
      ...(failed > 0 ? [run.texts.sourcesFailed(failed, sources.length + refused)] : []),
      ...(unclear > 0 ? [run.texts.sourcesUnclear(unclear, sources.length)] : []),
    ];
    if (messages.length > 0) return yield* new Failed({ message: messages.join("; ") });
  });

/**
 * `{"analyses":{...},"commit":N,"events":N,"changed":N,"rejects":N,"orphans":N,"missed":[...],"noticed":{...},
 * "sources":[...]}`
 */
const onceJson = (
  results: Results,
  figures: Pick<ConsumerFigures, "events" | "changed">,
  sources: readonly SourceStatus[],
): string => {
  const rest = {
    commit: results.commit,
    events: figures.events,
    changed: figures.changed,
    rejects: results.rejects,
    orphans: results.waiting.sales,
    missed: results.missed,
    noticed: results.noticed,
    sources: sources.map((s) => ({
      source: s.source,
      entities: s.entities,
      state: s.state,
      ...(s.reason === "" ? {} : { reason: s.reason }),
      ...(s.doubts === undefined ? {} : { doubts: s.doubts }),
      records: s.records,
      emitted: s.emitted,
      unchanged: s.unchanged,
      superseded: s.superseded,
      rejected: s.rejected,
    })),
  };
  return `{"analyses":${resultsJson(results)},${jsonVisible(JSON.stringify(maskedIn(rest))).slice(1)}`;
};
