/**
 * Producer, consumer and analyzer together, on one log and one database, as `start` runs them. Says which sources
 * cannot be read, and once everything that the sources hold is in the analyses, what came of it.
 */
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import { isStopped, type SourceStatus } from "#shared/event.ts";
import type { Settings } from "#shared/settings.ts";
import type { TopicLog } from "#shared/topic-log/topic-log.ts";
import { analyze, type ComponentError, consume, produce } from "./components.ts";
import type { Invocation } from "./invocation.ts";
import { visible } from "./output/visible.ts";
import type { Progress } from "./progress.ts";
import { type Results, readResults } from "./results.ts";
import { whenSettled } from "./settled.ts";
import { sourceLine } from "./summary.ts";

export interface PipelineOptions {
  readonly progress: Progress;
  readonly onSources: (sources: readonly SourceStatus[]) => void;
  /** Once, when all that the sources hold is in the analyses. */
  readonly onSettled: (results: Results, sources: readonly SourceStatus[]) => void;
}

const isLookedAt = (source: SourceStatus): boolean => source.state === "ok" || isStopped(source);

/** Never ends by itself; fails when a component does. */
export const runPipeline = (
  run: Invocation,
  options: PipelineOptions,
): Effect.Effect<never, ComponentError, TopicLog | Settings> =>
  Effect.gen(function* () {
    const allLookedAt = yield* Deferred.make<void>();
    const say = complaints(options.progress);
    let latest: readonly SourceStatus[] = [];
    let isSettled = false;
    const known = new Set<string>();
    const onSources = (sources: readonly SourceStatus[]): void => {
      latest = sources;
      options.onSources(sources);
      say(sources);
      for (const s of sources) {
        if (s.state !== "ok" || known.has(s.source)) continue;
        known.add(s.source);
        if (isSettled) options.progress.note(`ventes: ${sourceLine(s, run.texts)}`);
      }
      if (sources.length > 0 && sources.every(isLookedAt)) Deferred.doneUnsafe(allLookedAt, Effect.void);
    };
    const settle = Effect.gen(function* () {
      yield* Deferred.await(allLookedAt);
      const results = yield* whenSettled(readResults);
      isSettled = true;
      options.onSettled(results, latest);
      return yield* Effect.never;
    });
    return yield* Effect.all(
      [produce(options.progress, run, onSources), consume(options.progress, run), analyze(run), settle],
      { concurrency: "unbounded", discard: true },
    ).pipe(Effect.andThen(Effect.never));
  });

/** Says why a source cannot be read, once each time that it cannot. */
export function complaints(progress: Progress): (sources: readonly SourceStatus[]) => void {
  const said = new Map<string, string>();
  return (sources) => {
    for (const status of sources) {
      const { source, state, reason } = status;
      if (state === "ok") said.delete(source);
      if (!isStopped(status) || said.get(source) === reason) continue;
      said.set(source, reason);
      progress.note(`ventes: ${visible(reason)}`);
    }
  };
}
