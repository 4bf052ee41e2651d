/**
 * The TopicLog that the settings choose: Kafka where they name brokers, else the embedded one. It imports only the
 * chosen layer, so that an embedded start does not load kafkajs.
 */
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import type { DatabaseError } from "../database/sqlite.ts";
import { Settings } from "../runtime/settings.ts";
import type { LogFailure } from "./errors.ts";
import type { TopicLog } from "./topic-log.ts";

/**
 * The TopicLog of the settings: on Kafka when they name brokers, else in DIR/events.db. Creates missing topics. Fails with
 * LogUnavailable when the log does not answer within a minute, with LogMisconfigured when its topics are not as topics.ts
 * wants them, and with DatabaseError when events.db cannot be used.
 */
export const layerTopicLog: Layer.Layer<TopicLog, LogFailure | DatabaseError, Settings> = Layer.unwrap(
  Effect.gen(function* () {
    const { kafka } = yield* Settings;
    return kafka === null
      ? (yield* Effect.promise(() => import("./embedded/layer.ts"))).layerEmbedded
      : (yield* Effect.promise(() => import("./kafka/layer.ts"))).layerKafka;
  }),
);
