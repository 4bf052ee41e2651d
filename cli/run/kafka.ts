import * as Effect from "effect/Effect";
import { say } from "../output/stdout.ts";
import { WrongUsage } from "../settings/errors.ts";
import type { Invocation } from "../settings/invocation.ts";

/** A component by itself shares its topics with others: that takes Kafka. Says where it works. */
export const needsKafka = (command: string, run: Invocation): Effect.Effect<void, WrongUsage> =>
  Effect.suspend(() => {
    const { settings, texts } = run;
    if (settings.kafka === null) return Effect.fail(new WrongUsage({ message: texts.needsKafka(command) }));
    say(texts.componentStarts(command, settings.data, settings.kafka.brokers.join(",")));
    return Effect.void;
  });
