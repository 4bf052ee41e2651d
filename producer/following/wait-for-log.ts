/** Waits, without end, while the topic log does not answer, and reports that through `onState`. */
import * as Effect from "effect/Effect";
import { scheduleOf } from "#shared/runtime/retry.ts";
import type { LogFailure } from "#shared/topic-log/errors.ts";
import type { LogState } from "#shared/topic-log/topic-log.ts";

export type WaitForLog = <A, E, R>(work: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>;

export const makeWaitForLog =
  (onState: (state: LogState) => void): WaitForLog =>
  (work) =>
    work.pipe(
      Effect.tapError((error) =>
        Effect.sync(() => {
          if (isUnavailable(error)) onState({ state: "waiting", reason: error.message });
        }),
      ),
      Effect.retry({ schedule: scheduleOf("log"), while: isUnavailable }),
      Effect.tap(() => Effect.sync(() => onState({ state: "ok" }))),
    );

const isUnavailable = (error: unknown): error is Extract<LogFailure, { _tag: "LogUnavailable" }> =>
  typeof error === "object" && error !== null && "_tag" in error && error._tag === "LogUnavailable";
