/** Opens the log for a piece of work. The caller decides how long to wait for a broker. */
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Option from "effect/Option";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import { scheduleOf } from "#shared/runtime/retry.ts";
import { Settings, type SettingsShape } from "#shared/runtime/settings.ts";
import { type LogFailure, LogUnavailable } from "#shared/topic-log/errors.ts";
import { layerTopicLog } from "#shared/topic-log/layer.ts";
import { TopicLog } from "#shared/topic-log/topic-log.ts";
import { say } from "../output/stdout.ts";
import type { Invocation } from "../settings/invocation.ts";

const noAnswer = ({ kafka }: SettingsShape, waitMs: number): LogUnavailable => {
  const address = kafka?.brokers.join(",") ?? "events.db";
  return new LogUnavailable({ address, message: `no answer from ${address} within ${waitMs} ms` });
};

/** How long a command that does one thing and ends waits for a broker. */
export const SHORT_WAIT_MS = 10_000;

/**
 * Runs `work` on the log, with the given settings. While no broker answers, waits up to `waitMs` ms and then fails with
 * the last error of the log. With an infinite `waitMs` it never fails for that, and notes once that it waits.
 */
export const onLog =
  (run: Invocation, waitMs: number, settings: SettingsShape = run.settings) =>
  <A, E, R>(
    work: Effect.Effect<A, E, R>,
  ): Effect.Effect<A, E | LogFailure | DatabaseError, Exclude<Exclude<R, TopicLog>, Settings>> =>
    Effect.scoped(
      Effect.gen(function* () {
        let noted = false;
        let last: LogFailure | DatabaseError | undefined;
        const open = Layer.build(Layer.fresh(layerTopicLog)).pipe(
          Effect.tapError((error) =>
            Effect.sync(() => {
              last = error;
              if (noted || error._tag !== "LogUnavailable" || Number.isFinite(waitMs)) return;
              say(`ventes: ${run.texts.waitingForLog(error.message)}`, "warning");
              noted = true;
            }),
          ),
          Effect.retry({ schedule: scheduleOf("log"), while: (error) => error._tag === "LogUnavailable" }),
        );
        const opened = yield* Number.isFinite(waitMs)
          ? Effect.timeoutOption(open, waitMs)
          : Effect.map(open, Option.some);
        if (Option.isNone(opened)) return yield* last ?? noAnswer(settings, waitMs);
        const context = opened.value;
        return yield* Effect.provideService(work, TopicLog, Context.get(context, TopicLog));
      }),
    ).pipe(Effect.provideService(Settings, settings)) as Effect.Effect<
      A,
      E | LogFailure | DatabaseError,
      Exclude<Exclude<R, TopicLog>, Settings>
    >;
