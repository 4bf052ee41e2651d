/** `ventes consumer`: events into the database, on Kafka. */
import * as Effect from "effect/Effect";
import { withProgress } from "../output/progress.ts";
import { type ComponentError, consume } from "../run/components.ts";
import { needsKafka } from "../run/kafka.ts";
import { onLog } from "../run/log.ts";
import type { WrongUsage } from "../settings/errors.ts";
import type { Invocation } from "../settings/invocation.ts";
import { directoryLock } from "../settings/locks.ts";

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
