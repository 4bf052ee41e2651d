/** The producers of a simulation: real ones that poll files, and others that publish events of their own. */
import * as Effect from "effect/Effect";
import * as Random from "effect/Random";
import * as Semaphore from "effect/Semaphore";
import type { TopicName } from "#shared/contract/topics.ts";
import { scheduleOf } from "#shared/runtime/retry.ts";
import { Settings } from "#shared/runtime/settings.ts";
import { newId } from "#shared/runtime/time.ts";
import { type NewRecord, TopicLog } from "#shared/topic-log/topic-log.ts";
import { openProducer } from "../producer/diff/state/producer-db.ts";
import { State } from "../producer/diff/state/state.ts";
import { makeHosts } from "../producer/download/hosts.ts";
import { SourceIndex } from "../producer/log/source-index.ts";
import { Registry } from "../producer/source/registry.ts";
import { Bulkhead } from "../producer/sync/bulkhead.ts";
import type { PollFailure } from "../producer/sync/failure.ts";
import { pollSource } from "../producer/sync/poll.ts";
import type { Producer } from "../producer/sync/producer.ts";
import type { PollResult } from "../producer/sync/result.ts";
import { type Answer, FILE_NAMES, type FileName, type Files, registrationOf } from "./files.ts";

export interface Polled {
  readonly file: FileName;
  /** Undefined: the source was parked, for `code`. */
  readonly result: PollResult | undefined;
  readonly code: string | undefined;
  /** True when it requested the file after its last change. */
  readonly isLast: boolean;
}

export interface PollingOptions {
  readonly files: Files;
  readonly rounds: number;
  readonly onPoll: (polled: Polled) => void;
  readonly onAnswer: (answer: Answer) => void;
}

const isTag = (tag: string) => (error: PollFailure) => error._tag === tag;

/** Polls every file, round after round, as producer/run.ts does. After a failed send it polls the file again. */
export const pollFiles = Effect.fnUntraced(function* ({ files, rounds, onPoll, onAnswer }: PollingOptions) {
  const log = yield* TopicLog;
  const settings = yield* Settings;
  const db = yield* Effect.acquireRelease(
    Effect.sync(() => openProducer(settings.data, log.identity)),
    (opened) => Effect.sync(() => opened.close()),
  );
  const producer: Producer = {
    log,
    settings,
    state: new State(db),
    registry: new Registry(log),
    sourceIndex: new SourceIndex(log),
    client: undefined as never,
    hosts: yield* makeHosts(),
    fetch: files.served(settings.data, onAnswer),
    id: yield* newId,
    gate: yield* Semaphore.make(1),
    bulkhead: new Bulkhead(settings, () => {}),
    onProgress: () => {},
  };
  for (let round = 0; round < rounds; round++) {
    for (const file of FILE_NAMES) {
      if (!files.has(file)) continue;
      const isLast = !files.misbehaves;
      yield* pollSource(producer, registrationOf(file), { mode: "follow" }).pipe(
        Effect.retry({ schedule: scheduleOf("uncertain"), while: isTag("PublishUncertain") }),
        Effect.retry({ schedule: scheduleOf("log"), while: isTag("LogUnavailable") }),
        Effect.map((result) => onPoll({ file, result, code: undefined, isLast })),
        Effect.catchTag("SourceError", (error) =>
          Effect.sync(() => onPoll({ file, result: undefined, code: error.code, isLast })),
        ),
      );
      yield* Effect.sleep(200);
    }
    yield* Effect.sleep(1000 + 2000 * (yield* Random.next));
  }
});

/** Publishes some records, and sends them again until the log acknowledges them. */
export const publishAll = Effect.fnUntraced(function* (topic: TopicName, records: readonly NewRecord[]) {
  const log = yield* TopicLog;
  yield* log.publish(topic, records).pipe(Effect.retry({ schedule: scheduleOf("uncertain") }), Effect.orDie);
});
