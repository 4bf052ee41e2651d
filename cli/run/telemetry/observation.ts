/** What /metrics and /readyz tell of a pipeline: it looks at topics, database and components, and never writes. */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import { EVENT_TOPICS } from "#shared/contract/topics.ts";
import { onFileWhenFree } from "#shared/database/attempt.ts";
import type { Sqlite } from "#shared/database/sqlite.ts";
import { ventesFile, ventesReaderOf } from "#shared/database/ventes-db.ts";
import { Settings } from "#shared/runtime/settings.ts";
import { elapsedMs } from "#shared/runtime/time.ts";
import { TopicLog } from "#shared/topic-log/topic-log.ts";
import type { Texts } from "../../texts/texts.ts";
import { isLost, isRunning, presentStates } from "../component-state.ts";
import { reportsAt } from "../source-list.ts";
import type { Observation, View } from "../view.ts";
import { readFigures, readProgress } from "./database-figures.ts";
import { Lateness } from "./lateness.ts";
import type { ObservedComponent } from "./metrics.ts";

const LOOK_EVERY_MS = 2_000;
/** Until the figures have caught up: a program that waits for that learns it soon. */
const FIRST_LOOKS_EVERY_MS = 250;
/** How long a look waits for a broker. */
const WAIT_MS = 2_000;
/** Requests within this time get the same text: many scrapers cost as much as one. */
const TEXT_LASTS_MS = 1_000;
/** Figures that are older than this are late. A commit takes a second at most, a large version some more. */
const LATE_MS = 60_000;

/** Null instead of any error, foreseen or not: an observer must not end the pipeline. */
const notKnown = <A>(look: Effect.Effect<A, unknown>): Effect.Effect<A | null> =>
  look.pipe(
    Effect.orElseSucceed(() => null),
    Effect.catchDefect(() => Effect.succeed(null)),
  );

/** Observes the pipeline of a log and of its data directory. The view has the sources and the states. */
export const makeObservation = (
  view: View,
  texts: Texts,
): Effect.Effect<Observation, never, TopicLog | Settings> =>
  Effect.gen(function* () {
    const log = yield* TopicLog;
    const { data } = yield* Settings;
    const lateness = new Lateness();
    let isKnown = false;

    const bounds = log
      .bounds(EVENT_TOPICS)
      .pipe(Effect.timeoutOption(WAIT_MS), Effect.map(Option.getOrNull), notKnown);
    const fromDatabase = <A>(read: (db: Sqlite) => A): Effect.Effect<A | null> =>
      Effect.scoped(
        Effect.flatMap(ventesReaderOf(data), (db) => onFileWhenFree(ventesFile(data), () => read(db))),
      ).pipe(notKnown);

    const look = Effect.gen(function* () {
      // The bounds first: a database that is read later has at least as much of them.
      const ends = yield* bounds;
      const progress = yield* fromDatabase(readProgress);
      isKnown = ends !== null && progress !== null;
      if (ends !== null && progress !== null)
        lateness.note({ ...progress, bounds: ends, positions: progress.furthest }, yield* elapsedMs);
      return { ends, progress };
    });
    let last = yield* look;

    const metrics = Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis;
      // Loading it takes a twentieth of a `start --once` that finds nothing new, and serves no metrics.
      const { metricsText } = yield* Effect.promise(() => import("./metrics.ts"));
      return metricsText({
        dir: data,
        now,
        bounds: yield* bounds,
        database: yield* fromDatabase(readFigures),
        behindMs: isKnown ? lateness.behindMs(yield* elapsedMs) : null,
        components: componentsAt(view, now),
        visible: view.visible,
        sources: view.sources,
        catalogues: view.catalogues,
      });
    });

    const unready = Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis;
      const behindMs = lateness.behindMs(yield* elapsedMs);
      const seconds = texts.count(Math.round(behindMs / 1000));
      return [
        ...(last.ends === null ? [texts.topicsSilent()] : []),
        ...(last.progress === null ? [texts.databaseUnreadable()] : []),
        ...idleKinds(componentsAt(view, now)).map((kind) => texts.noneRuns(kind)),
        ...(!lateness.caughtUp
          ? [texts.notCaughtUp()]
          : behindMs > LATE_MS
            ? [texts.figuresLate(seconds)]
            : []),
      ];
    });

    return {
      watch: Effect.suspend(() =>
        Effect.sleep(lateness.caughtUp ? LOOK_EVERY_MS : FIRST_LOOKS_EVERY_MS),
      ).pipe(
        Effect.andThen(look),
        Effect.andThen((found) =>
          Effect.sync(() => {
            last = found;
          }),
        ),
        Effect.forever,
      ),
      metrics: yield* Effect.cachedWithTTL(metrics, TEXT_LASTS_MS),
      unready,
    };
  });

/** Observes the pipeline of the view for as long as it runs. Never ends. */
export const observing = (view: View, texts: Texts): Effect.Effect<never, never, TopicLog | Settings> =>
  Effect.gen(function* () {
    view.observation = yield* makeObservation(view, texts);
    return yield* view.observation.watch;
  });

const componentsAt = ({ states }: View, now: number): readonly ObservedComponent[] =>
  presentStates(states, reportsAt(now), now).map((state) => ({ ...state, lost: isLost(state, now) }));

/** The kinds of component of which some should run and none does. One that is stopped was stopped by a person. */
function idleKinds(components: readonly ObservedComponent[]): readonly ObservedComponent["component"][] {
  const kinds = Map.groupBy(
    components.filter(({ state }) => state !== "stopped"),
    ({ component }) => component,
  );
  return [...kinds].flatMap(([kind, of]) =>
    of.some((state) => isRunning(state) && !state.lost) ? [] : [kind],
  );
}
