import * as Effect from "effect/Effect";
import { say } from "../output/stdout.ts";
import { WrongUsage } from "../settings/errors.ts";
import type { Invocation } from "../settings/invocation.ts";

/**
 * Fails without Kafka: a component in a process of its own shares its topics with other processes. Otherwise prints
 * directory and brokers.
 */
export const needsKafka = (command: string, run: Invocation): Effect.Effect<void, WrongUsage> =>
  Effect.suspend(() => {
    const { settings, texts } = run;
    if (settings.kafka === null) return Effect.fail(new WrongUsage({ message: texts.needsKafka(command) }));
    say(texts.componentStarts(command, settings.data, settings.kafka.brokers.join(",")));
    return Effect.void;
  });
