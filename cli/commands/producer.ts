/** `ventes producer`: the sources into the topics, on Kafka. */
import * as Effect from "effect/Effect";
import { withProgress } from "../output/progress.ts";
import { type ComponentError, produce } from "../run/components.ts";
import { needsKafka } from "../run/kafka.ts";
import { onLog } from "../run/log.ts";
import { reportTroubles } from "../run/pipeline.ts";
import type { WrongUsage } from "../settings/errors.ts";
import type { Invocation } from "../settings/invocation.ts";
import { directoryLock, producerLock } from "../settings/locks.ts";

export const producer = (_input: object, run: Invocation): Effect.Effect<void, WrongUsage | ComponentError> =>
  Effect.scoped(
    Effect.gen(function* () {
      yield* needsKafka("producer", run);
      yield* directoryLock(run.settings.data, "shared");
      yield* producerLock(run.settings.data);
      yield* withProgress(run.texts, (progress) =>
        onLog(run, Number.POSITIVE_INFINITY)(produce(progress, run, reportTroubles(progress, run.texts))),
      );
    }),
  );
