/** `ventes consumer`: events into the database. */
import * as Effect from "effect/Effect";
import { directoryLock } from "#shared/database/locks.ts";
import { Settings } from "#shared/settings.ts";
import { layerTopicLog } from "#shared/topic-log/layer.ts";
import { type ComponentError, consume } from "../components.ts";
import type { WrongUsage } from "../errors.ts";
import type { Invocation } from "../invocation.ts";
import { needsKafka } from "../kafka.ts";
import { makeProgress } from "../progress.ts";

export const consumer = (_input: object, run: Invocation): Effect.Effect<void, WrongUsage | ComponentError> =>
  Effect.scoped(
    Effect.gen(function* () {
      yield* needsKafka("consumer", run);
      yield* directoryLock(run.settings.data, "shared");
      const progress = makeProgress(run.texts);
      yield* consume(progress, run).pipe(
        Effect.provide(layerTopicLog),
        Effect.ensuring(Effect.sync(progress.stop)),
      );
    }),
  ).pipe(Effect.provideService(Settings, run.settings));
