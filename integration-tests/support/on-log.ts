/** Work on the topics of a data directory, beside the program. */
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import { embeddedSettings, Settings } from "#shared/runtime/settings.ts";
import { layerTopicLog } from "#shared/topic-log/layer.ts";
import type { TopicLog } from "#shared/topic-log/topic-log.ts";

export const onLog = <A, E>(data: string, work: Effect.Effect<A, E, TopicLog | Settings>): Promise<A> =>
  Effect.runPromise(
    work.pipe(
      Effect.provide(layerTopicLog.pipe(Layer.provideMerge(Layer.succeed(Settings, embeddedSettings(data))))),
    ),
  );
