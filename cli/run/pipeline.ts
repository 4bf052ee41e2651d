/**
 * Producer, consumer and analyzer together, on one log and one database, as `start` runs them. Says which sources
 * cannot be read, and once everything that the sources hold is in the analyses, what came of it.
 */
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import { type CatalogueStatus, isStopped, type SourceStatus } from "#shared/contract/status.ts";
import type { Settings } from "#shared/runtime/settings.ts";
import type { TopicLog } from "#shared/topic-log/topic-log.ts";
import type { Progress } from "../output/progress.ts";
import { type Results, readResults } from "../output/results.ts";
import type { Invocation } from "../settings/invocation.ts";
import type { Texts } from "../texts/texts.ts";
import { visible } from "../texts/visible.ts";
import { analyze, type ComponentError, consume, produce, type ReadHooks } from "./components.ts";
import { whenSettled } from "./settled.ts";
import { sourceLine } from "./summary.ts";

export interface PipelineOptions {
  readonly progress: Progress;
  readonly onSources: (sources: readonly SourceStatus[]) => void;
  readonly onCatalogues: (catalogues: readonly CatalogueStatus[]) => void;
  /** Once, when all that the sources hold is in the analyses. */
  readonly onSettled: (results: Results, sources: readonly SourceStatus[]) => void;
}

const isPolled = ({ state }: Pick<SourceStatus, "state">): boolean => state !== "new" && state !== "reading";

/**
 * Whether all that is registered, and all that catalogues list, was looked at once. `isShared`: other producers may
 * have some of the entries, so they are not waited for.
 */
export function arePolled(
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
    const say = reportTroubles(options.progress, run.texts);
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
      say.onCatalogues(all);
      check();
    };
    const onSources = (sources: readonly SourceStatus[]): void => {
      latest = sources;
      options.onSources(sources);
      say.onSources(sources);
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
        consume(options.progress, run),
        analyze(run),
        settle,
      ],
      { concurrency: "unbounded", discard: true },
    ).pipe(Effect.andThen(Effect.never));
  });

/** Says why a source or catalogue cannot be read, and what a catalogue lists that cannot be; once each time. */
export function reportTroubles(progress: Progress, texts: Texts): Required<ReadHooks> {
  const said = new Map<string, string>();
  const say = (name: string, reason: string): void => {
    if (said.get(name) === reason) return;
    said.set(name, reason);
    if (reason !== "") progress.note(`ventes: ${visible(reason)}`);
  };
  return {
    onSources: (sources) => {
      for (const status of sources)
        if (isStopped(status)) say(status.source, status.reason);
        else if (status.state === "ok") said.delete(status.source);
    },
    onCatalogues: (catalogues) => {
      for (const { catalogue, state, reason, refused, refusals } of catalogues) {
        if (state === "parked") say(catalogue, reason);
        if (state !== "ok") continue;
        const first = refusals[0]?.reason ?? "";
        say(catalogue, refused === 0 ? "" : texts.entriesRefused(catalogue, refused, first));
      }
    },
  };
}
