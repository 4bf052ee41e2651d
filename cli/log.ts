/** The log of an invocation, opened for a piece of work; how long a lost broker is waited for is the caller's. */
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import { scheduleOf } from "#shared/retry.ts";
import { Settings, type SettingsShape } from "#shared/settings.ts";
import type { LogFailure } from "#shared/topic-log/errors.ts";
import { layerTopicLog } from "#shared/topic-log/layer.ts";
import { TopicLog } from "#shared/topic-log/topic-log.ts";
import type { Invocation } from "./invocation.ts";
import { say } from "./output/stdout.ts";

/** Milliseconds that a command which only asks something waits for a broker. */
export const SHORT_PATIENCE = 15_000;

/**
 * Runs `work` on the log and in the settings given. While no broker answers: waits up to `patience` ms (infinite:
 * for ever), saying so once, then fails with what the log said.
 */
export const onLog =
  (run: Invocation, patience: number, settings: SettingsShape = run.settings) =>
  <A, E, R>(
    work: Effect.Effect<A, E, R>,
  ): Effect.Effect<A, E | LogFailure | DatabaseError, Exclude<Exclude<R, TopicLog>, Settings>> =>
    Effect.scoped(
      Effect.gen(function* () {
        let said = false;
        const open = Layer.build(Layer.fresh(layerTopicLog)).pipe(
          Effect.tapError((error) =>
            Effect.sync(() => {
              if (said || error._tag !== "LogUnavailable" || Number.isFinite(patience)) return;
              say(`ventes: ${run.texts.waitingForLog(error.message)}`);
              said = true;
            }),
          ),
        );
        const from = performance.now();
        const context = yield* open.pipe(
          Effect.retry({
            schedule: scheduleOf("log"),
            while: (error) => error._tag === "LogUnavailable" && performance.now() - from < patience,
          }),
        );
        return yield* Effect.provideService(work, TopicLog, Context.get(context, TopicLog));
      }),
    ).pipe(Effect.provideService(Settings, settings)) as Effect.Effect<
      A,
      E | LogFailure | DatabaseError,
      Exclude<Exclude<R, TopicLog>, Settings>
    >;
