/** `ventes consumer`: events into the database, on Kafka. */
import * as Effect from "effect/Effect";
import { directoryLock } from "#shared/database/locks.ts";
import { type ComponentError, consume } from "../components.ts";
import type { WrongUsage } from "../errors.ts";
import type { Invocation } from "../invocation.ts";
import { needsKafka } from "../kafka.ts";
import { onLog } from "../log.ts";
import { withProgress } from "../progress.ts";

export const consumer = (_input: object, run: Invocation): Effect.Effect<void, WrongUsage | ComponentError> =>
  Effect.scoped(
    Effect.gen(function* () {
      yield* needsKafka("consumer", run);
      yield* directoryLock(run.settings.data, "shared");
      yield* withProgress(run.texts, (progress) =>
        onLog(run, Number.POSITIVE_INFINITY)(consume(progress, run)),
      );
    }),
  );
