/** TopicLog on Apache Kafka. */
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import type { Settings } from "../../settings.ts";
import { type LogFailure, LogMisconfigured } from "../errors.ts";
import { TopicLog } from "../topic-log.ts";

export const layerKafka: Layer.Layer<TopicLog, LogFailure, Settings> = Layer.effect(
  TopicLog,
  Effect.fail(new LogMisconfigured({ message: "Kafka is not supported by this build" })),
);
