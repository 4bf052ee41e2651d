/** `ventes producer`: the sources into the topics, on Kafka. */
import * as Effect from "effect/Effect";
import { directoryLock, producerLock } from "#shared/database/locks.ts";
import { type ComponentError, produce } from "../components.ts";
import type { WrongUsage } from "../errors.ts";
import type { Invocation } from "../invocation.ts";
import { needsKafka } from "../kafka.ts";
import { onLog } from "../log.ts";
import { complaints } from "../pipeline.ts";
import { withProgress } from "../progress.ts";

export const producer = (_input: object, run: Invocation): Effect.Effect<void, WrongUsage | ComponentError> =>
  Effect.scoped(
    Effect.gen(function* () {
      yield* needsKafka("producer", run);
      yield* directoryLock(run.settings.data, "shared");
      yield* producerLock(run.settings.data);
      yield* withProgress(run.texts, (progress) =>
        onLog(run, Number.POSITIVE_INFINITY)(produce(progress, run, complaints(progress, run.texts))),
      );
    }),
  );
