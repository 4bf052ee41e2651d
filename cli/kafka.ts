import * as Effect from "effect/Effect";
import { WrongUsage } from "./errors.ts";
import type { Invocation } from "./invocation.ts";

/** A component by itself shares its topics with others: that takes Kafka. */
export const needsKafka = (command: string, run: Invocation): Effect.Effect<void, WrongUsage> =>
  run.settings.kafka === null
    ? Effect.fail(new WrongUsage({ message: run.texts.needsKafka(command) }))
    : Effect.void;
