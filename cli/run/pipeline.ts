/**
 * Producer, consumer and analyzer together, on one log and one database, as `start` runs them. Notes which sources
 * cannot be read, and calls `onSettled` once all rows of the sources are in the analyses.
 */
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import {
  type CatalogueStatus,
  isStopped,
  needsOperator,
  type SourceStatus,
} from "#shared/contract/status.ts";
import type { Settings } from "#shared/runtime/settings.ts";
import type { TopicLog } from "#shared/topic-log/topic-log.ts";
import type { Progress } from "../output/progress.ts";
import { type Results, readResults } from "../output/results.ts";
import type { Invocation } from "../settings/invocation.ts";
import { OwnThreads } from "../settings/threads.ts";
import type { Texts } from "../texts/texts.ts";
import { visibleSource } from "../texts/visible.ts";
import {
  type AnalyzeHooks,
  analyze,
  analyzeBeside,
  type ComponentError,
  consume,
  produce,
  type ReadHooks,
} from "./components.ts";
import { whenSettled } from "./settled.ts";
import { sourceLine } from "./summary.ts";

export interface PipelineOptions {
  readonly progress: Progress;
  readonly onSources: (sources: readonly SourceStatus[]) => void;
  readonly onCatalogues: (catalogues: readonly CatalogueStatus[]) => void;
  readonly analyzer: AnalyzeHooks;
  /** Called once, when all rows of the sources are in the analyses. */
  readonly onSettled: (results: Results, sources: readonly SourceStatus[]) => void;
}

const isPolled = ({ state }: Pick<SourceStatus, "state">): boolean => state !== "new" && state !== "reading";

/**
 * Whether each registered source, each catalogue and each entry of a catalogue was polled once. `isShared`: other
 * producers may follow some of the entries, so this does not wait for them.
 */
function arePolled(
  sources: readonly SourceStatus[],
  catalogues: readonly CatalogueStatus[],
  isShared: boolean,
): boolean {
  const followed = (id: string) =>
    sources.filter(({ catalogue, state }) => catalogue === id && state !== "unlisted").length;
  return (
    sources.length + catalogues.length > 0 &&
    catalogues.every((one) => isPolled(one) && (isShared || followed(one.catalogue) >= one.taken)) &&
    sources.every(isPolled)
  );
}

/** Never ends by itself; fails when a component does. */
export const runPipeline = (
  run: Invocation,
  options: PipelineOptions,
): Effect.Effect<never, ComponentError, TopicLog | Settings> =>
  Effect.gen(function* () {
    const allPolled = yield* Deferred.make<void>();
    const troubles = reportTroubles(options.progress, run.texts);
    let catalogues: readonly CatalogueStatus[] = [];
    let latest: readonly SourceStatus[] = [];
    let isSettled = false;
    const known = new Set<string>();
    const check = (): void => {
      if (!isSettled && arePolled(latest, catalogues, run.settings.kafka !== null))
        Deferred.doneUnsafe(allPolled, Effect.void);
    };
    const onCatalogues = (all: readonly CatalogueStatus[]): void => {
      catalogues = all;
      options.onCatalogues(all);
      troubles.onCatalogues(all);
      check();
    };
    const onSources = (sources: readonly SourceStatus[]): void => {
      latest = sources;
      options.onSources(sources);
      troubles.onSources(sources);
      for (const s of sources) {
        if (s.state !== "ok" || known.has(s.source)) continue;
        known.add(s.source);
        if (isSettled) options.progress.note(`ventes: ${sourceLine(s, run.texts)}`);
      }
      check();
    };
    const settle = Effect.gen(function* () {
      yield* Deferred.await(allPolled);
      const results = yield* whenSettled(readResults);
      isSettled = true;
      options.onSettled(results, latest);
      return yield* Effect.never;
    });
    return yield* Effect.all(
      [
        produce(options.progress, run, { onSources, onCatalogues }),
        consume(options.progress, run, { inThread: yield* OwnThreads }),
        analyze(run, options.analyzer),
        analyzeBeside(run),
        settle,
      ],
      { concurrency: "unbounded", discard: true },
    ).pipe(Effect.andThen(Effect.never));
  });

/** How many files that a catalogue passes over are named. */
const TOLD_PASSED = 3;

/** Notes once why a source or catalogue cannot be read, and which entries a catalogue cannot follow; again on change. */
export function reportTroubles(progress: Progress, texts: Texts): Required<ReadHooks> {
  const noted = new Map<string, string>();
  const note = (name: string, reason: string): void => {
    if (noted.get(name) === reason) return;
    noted.set(name, reason);
    if (reason !== "") progress.note(`ventes: ${visibleSource(reason)}`, "warning");
  };
  return {
    onSources: (sources) => {
      for (const status of sources)
        if (isStopped(status)) note(status.source, status.reason);
        else if (needsOperator(status))
          note(status.source, texts.sourceUnclear(status.source, status.reason));
        else if (status.state === "ok") noted.delete(status.source);
    },
    onCatalogues: (catalogues) => {
      for (const { catalogue, state, reason, refused, refusals, passed, passedOver = [] } of catalogues) {
        if (state === "parked") note(catalogue, reason);
        if (state !== "ok") continue;
        const first = refusals[0]?.reason ?? "";
        note(catalogue, refused === 0 ? "" : texts.entriesRefused(catalogue, refused, first));
        const told = passedOver.map((one) => one.reason).slice(0, TOLD_PASSED);
        note(
          `${catalogue} passed`,
          passed === undefined ? "" : texts.entriesPassedOver(catalogue, passed, told.join("; ")),
        );
      }
    },
  };
}
