/**
 * `ventes start`: everything in one process. Without a source it runs the demo, which the first registered source ends.
 * With --once it reads all sources once and ends.
 */
import * as Effect from "effect/Effect";
import type { Scope } from "effect/Scope";
import { onFile } from "#shared/database/attempt.ts";
import { logOfDirectory } from "#shared/database/log-of-database.ts";
import { ventesFile } from "#shared/database/ventes-db.ts";
import { Settings } from "#shared/runtime/settings.ts";
import { forgetMembers } from "#shared/topic-log/embedded/group.ts";
import type { LogFailure } from "#shared/topic-log/errors.ts";
import { TopicLog } from "#shared/topic-log/topic-log.ts";
import type { HostRefused, PortTaken } from "../../analyzer/server/listen.ts";
import type { SourceError } from "../../producer/admin/index.ts";
import { isAnythingRegistered, registerSourcesFile } from "../../producer/admin/index.ts";
import { shownPath } from "../output/path.ts";
import { type Progress, withProgress } from "../output/progress.ts";
import { print, say } from "../output/stdout.ts";
import { type ComponentError, reportSourcesFile } from "../run/components.ts";
import { demoDirectory } from "../run/database.ts";
import { demoSettings, openDemo } from "../run/demo-mode.ts";
import { onLog } from "../run/log.ts";
import { notifying, notifySettings } from "../run/notifications.ts";
import { readOnce } from "../run/once.ts";
import { openPage, pageSettings } from "../run/page.ts";
import { runPipeline } from "../run/pipeline.ts";
import { type Named, named, namedWithEntity, registerAll } from "../run/register.ts";
import { saleEvents } from "../run/sale-event.ts";
import { followSources } from "../run/source-list.ts";
import { settledSummary } from "../run/summary.ts";
import { observing } from "../run/telemetry/observation.ts";
import { hooksOf, newView, type View } from "../run/view.ts";
import { Failed, WrongUsage } from "../settings/errors.ts";
import type { Invocation } from "../settings/invocation.ts";
import { directoryLock } from "../settings/locks.ts";
import { parseDuration } from "../settings/settings.ts";

interface StartInput {
  readonly files: readonly string[];
  readonly source: readonly string[];
  readonly once: boolean;
  readonly timeout: string | undefined;
  readonly port: string | undefined;
  readonly host: string | undefined;
  readonly open: boolean;
  readonly notify: readonly string[];
}

type StartError = WrongUsage | Failed | ComponentError | SourceError | PortTaken | HostRefused;

const DEFAULT_TIMEOUT = "60s";

export const start = (input: StartInput, run: Invocation): Effect.Effect<void, StartError> =>
  Effect.scoped(
    Effect.gen(function* () {
      const where = input.once ? null : yield* pageSettings(input, run);
      const told = yield* notifySettings(input, run);
      if (input.once && input.notify.length > 0)
        return yield* new WrongUsage({ message: run.texts.notifyOnce() });
      const timeout = yield* Effect.try({
        try: () => parseDuration(input.timeout ?? DEFAULT_TIMEOUT, "--timeout"),
        catch: (error) => error as WrongUsage,
      });
      const sources: Named[] = [
        ...(yield* Effect.forEach(input.files, (text) => named(text, run))),
        ...(yield* Effect.forEach(input.source, (text) => namedWithEntity(text, run))),
      ];
      yield* directoryLock(run.settings.data, "exclusive");
      if (run.settings.kafka === null) forgetMembers(run.settings.data);
      if (where === null) return yield* once(run, sources, timeout);
      const view = newView({ dir: run.settings.data, demo: false });
      yield* onLog(
        run,
        Number.POSITIVE_INFINITY,
      )(
        Effect.gen(function* () {
          yield* registerAll(sources);
          // With VENTES_SOURCES there is no demo, even if the list cannot be read yet: its figures would mislead.
          const isDemo = run.settings.sourcesFile === null && (yield* isFirstStart);
          if (isDemo) view.shown = { dir: demoDirectory(run.settings.data), demo: true };
          print(isDemo ? run.texts.startsDemo(shownPath(view.shown.dir)) : startsWith(run));
          const { url } = yield* openPage(where, view, run, input.open);
          yield* withProgress(run.texts, (progress) =>
            Effect.gen(function* () {
              if (isDemo) {
                yield* Effect.raceFirst(demo(run, view, progress, url), firstSource);
                progress.note(`ventes: ${run.texts.demoEnds()}`);
                Object.assign(view, newView({ dir: run.settings.data, demo: false }));
                print(startsWith(run));
              }
              yield* Effect.raceFirst(follow(run, view, progress, url), notifying(told, view, run));
            }),
          );
        }),
      );
    }),
  );

/**
 * Nothing is registered, and the database was not filled from other topics than these. With such a database the start goes
 * on without sources, and its consumer refuses it.
 */
const isFirstStart = Effect.gen(function* () {
  const { identity } = yield* TopicLog;
  const { data } = yield* Settings;
  const filledFrom = yield* onFile(ventesFile(data), () => logOfDirectory(data));
  return (filledFrom ?? identity) === identity && !(yield* isAnythingRegistered);
});

const startsWith = (run: Invocation): string =>
  run.texts.starts(shownPath(run.settings.data), run.settings.kafka?.brokers.join(",") ?? null);

const follow = (
  run: Invocation,
  view: View,
  progress: Progress,
  url: string,
  onSettled: () => void = () => {},
): Effect.Effect<never, ComponentError, TopicLog | Settings> => {
  // On Kafka other producers may share the sources: the page shows all of them.
  const shared = run.settings.kafka !== null && !view.shown.demo;
  const pipeline = runPipeline(run, {
    progress,
    analyzer: hooksOf(view, url),
    onSources: (sources) => {
      if (!shared) view.sources = sources;
    },
    onCatalogues: (catalogues) => {
      view.catalogues = catalogues;
    },
    onSettled: (results, sources) => {
      progress.clear();
      print(settledSummary(results, sources, run, { url, isDemo: view.shown.demo }));
      onSettled();
    },
  });
  return Effect.gen(function* () {
    view.eventOf = yield* saleEvents;
    return yield* Effect.raceAllFirst([
      pipeline,
      followSources(view, shared, run.texts),
      observing(view, run.texts),
    ]);
  });
};

/** Runs the demo, on a log of its own. Never ends by itself. */
const demo = (
  run: Invocation,
  view: View,
  progress: Progress,
  url: string,
): Effect.Effect<never, ComponentError | SourceError> =>
  Effect.scoped(
    Effect.gen(function* () {
      const server = yield* openDemo(run);
      return yield* onLog(
        run,
        0,
        demoSettings(run.settings),
      )(
        Effect.andThen(
          registerAll(server.urls.map((source) => ({ source, entities: undefined }))),
          // First the summary of the files as they are; then they grow.
          follow(run, view, progress, url, () => server.growEvery()),
        ),
      );
    }),
  );

const CHECK_EVERY_MS = 250;

/** Succeeds when a source or catalogue is registered in the topic `sources`. */
const firstSource: Effect.Effect<void, LogFailure, TopicLog> = Effect.gen(function* () {
  const log = yield* TopicLog;
  const ends = Effect.map(log.bounds(["sources"]), (bounds) => bounds.map(({ end }) => end).join());
  let seen = "";
  for (;;) {
    const now = yield* ends;
    if (now !== seen && (yield* isAnythingRegistered)) return;
    seen = now;
    yield* Effect.sleep(CHECK_EVERY_MS);
  }
});

/** Reads everything once: the registered sources, or the demo's files when there are none. */
const once = (
  run: Invocation,
  sources: readonly Named[],
  timeout: number,
): Effect.Effect<void, StartError, Scope> =>
  Effect.gen(function* () {
    const { sourcesFile } = run.settings;
    const isDemo = yield* onLog(
      run,
      timeout,
    )(
      Effect.gen(function* () {
        yield* registerAll(sources);
        const listener = reportSourcesFile({ note: say }, run);
        const failed = sourcesFile === null ? 0 : yield* registerSourcesFile(sourcesFile, listener);
        if (sourcesFile === null && (yield* isFirstStart)) return true;
        yield* readOnce(run, false, timeout);
        if (failed > 0) return yield* new Failed({ message: run.texts.sourcesFileFailed(failed) });
        return false;
      }),
    );
    if (!isDemo) return;
    const server = yield* openDemo(run);
    yield* onLog(
      run,
      0,
      demoSettings(run.settings),
    )(
      Effect.andThen(
        registerAll(server.urls.map((source) => ({ source, entities: undefined }))),
        readOnce(run, true, timeout),
      ),
    );
  });
