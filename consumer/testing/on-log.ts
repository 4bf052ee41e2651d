/** A topic log of a directory, for tests: in `events.db`, with two partitions for each topic. */
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import { embeddedSettings, Settings } from "#shared/runtime/settings.ts";
import { layerTopicLog } from "#shared/topic-log/layer.ts";
import { TopicLog } from "#shared/topic-log/topic-log.ts";
import type { Topics } from "./random-history.ts";

/** Runs an effect with the log and the settings of the directory `dir`. */
export const runOnLog = <A, E>(dir: string, effect: Effect.Effect<A, E, TopicLog | Settings>): Promise<A> =>
  Effect.runPromise(
    Effect.provide(
      effect,
      Layer.provideMerge(
        Layer.fresh(layerTopicLog),
        Layer.succeed(Settings, embeddedSettings(dir, { partitions: 2 })),
      ),
    ) as Effect.Effect<A>,
  );

/** Publishes the records of the topics, each to its partition. */
export const publishAll = (topics: Topics) =>
  Effect.gen(function* () {
    const log = yield* TopicLog;
    for (const [topic, logs] of topics)
      for (const [partition, records] of logs.entries())
        yield* log.publish(
          topic,
          records.map(({ key, event }) => ({ key, value: JSON.stringify(event), partition })),
        );
  });
