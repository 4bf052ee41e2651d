/**
 * Finds the identity of a log when it is opened, writes one where there is none, and checks that the topics are still
 * those for which it was written. It holds no lock: programs that open a new log at once agree by the lowest offset.
 */

import * as Effect from "effect/Effect";
import { newId } from "../../../runtime/time.ts";
import type { LogFailure } from "../../errors.ts";
import { ask } from "../cluster/ask.ts";
import type { OpenKafka } from "../cluster/open-kafka.ts";
import { readToEnds } from "../reading/read.ts";
import {
  checkPartitions,
  checkTopics,
  IDENTITY_PARTITION,
  IDENTITY_TOPIC,
  type LogIdentity,
  newIdentity,
  parseIdentity,
} from "../topics/identity.ts";
import type { Producer } from "../writing/producer.ts";

/** LogMisconfigured when the partition count has changed since, LogMismatch when a topic was created again. */
export const logIdentity = Effect.fnUntraced(function* (
  kafka: OpenKafka,
  producer: Producer,
): Effect.fn.Return<LogIdentity, LogFailure> {
  for (;;) {
    const found = yield* firstIdentity(kafka);
    if (found === undefined) {
      yield* writeIdentity(kafka, producer);
      continue;
    }
    yield* ask(kafka.address, async () => {
      checkTopics(found, kafka.names, kafka.topicIds);
      checkPartitions(found, kafka.names);
    });
    return found;
  }
});

const firstIdentity = Effect.fnUntraced(function* (kafka: OpenKafka) {
  let first: LogIdentity | undefined;
  yield* readToEnds(
    kafka,
    () => false,
    [{ topic: IDENTITY_TOPIC, partition: IDENTITY_PARTITION, offset: 0 }],
    (batch) =>
      Effect.sync(() => {
        for (const record of batch.records) first ??= parseIdentity(record);
      }),
  );
  return first;
});

/** An uncertain publish is no failure: the caller reads again in any case. */
const writeIdentity = (
  { names, topicIds }: OpenKafka,
  producer: Producer,
): Effect.Effect<unknown, LogFailure> =>
  // Lazy: the ids of the topics are known once a connection was made.
  Effect.flatMap(newId, (id) =>
    producer.publish(names.full(IDENTITY_TOPIC), names.partitions(IDENTITY_TOPIC), [
      newIdentity(id, names, topicIds),
    ]),
  ).pipe(Effect.catchTag("PublishUncertain", () => Effect.void));
