/** The producers of a simulation: real ones that look at files, and others that publish events of their own. */
import { randomUUID } from "node:crypto";
import * as Effect from "effect/Effect";
import * as Semaphore from "effect/Semaphore";
import { scheduleOf } from "#shared/retry.ts";
import { Settings } from "#shared/settings.ts";
import { type NewRecord, TopicLog } from "#shared/topic-log/topic-log.ts";
import type { TopicName } from "#shared/topics.ts";
import { Fence } from "../producer/fence.ts";
import { makeHosts } from "../producer/following/hosts.ts";
import { type LookFailure, type LookResult, lookAt } from "../producer/look.ts";
import type { Producer } from "../producer/producer.ts";
import { Registry } from "../producer/registry.ts";
import { openProducer } from "../producer/state/producer-db.ts";
import { State } from "../producer/state/state.ts";
import { Whereabouts } from "../producer/whereabouts.ts";
import { type Answer, FILE_NAMES, type FileName, type Files, registrationOf } from "./files.ts";

export interface Looked {
  readonly file: FileName;
  /** undefined: it was parked, for `code`. */
  readonly result: LookResult | undefined;
  readonly code: string | undefined;
  /** It asked for the content after the last change. */
  readonly isLast: boolean;
}

export interface LookingOptions {
  readonly files: Files;
  readonly rounds: number;
  readonly onLook: (looked: Looked) => void;
  readonly onAnswer: (answer: Answer) => void;
}

const isTag = (tag: string) => (error: LookFailure) => error._tag === tag;

/** Looks at every file, round after round, as producer/run.ts does: a failed send is looked into again. */
export const lookAtFiles = Effect.fnUntraced(function* ({ files, rounds, onLook, onAnswer }: LookingOptions) {
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
    whereabouts: new Whereabouts(log),
    client: undefined as never,
    hosts: yield* makeHosts(),
    fetch: files.served(settings.data, onAnswer),
    id: randomUUID(),
    gate: yield* Semaphore.make(1),
    fence: new Fence(settings, () => {}),
    onProgress: () => {},
  };
  for (let round = 0; round < rounds; round++) {
    for (const file of FILE_NAMES) {
      if (!files.has(file)) continue;
      const isLast = !files.misbehaves;
      yield* lookAt(producer, registrationOf(file), { mode: "follow" }).pipe(
        Effect.retry({ schedule: scheduleOf("uncertain"), while: isTag("PublishUncertain") }),
        Effect.retry({ schedule: scheduleOf("log"), while: isTag("LogUnavailable") }),
        Effect.map((result) => onLook({ file, result, code: undefined, isLast })),
        Effect.catchTag("SourceError", (error) =>
          Effect.sync(() => onLook({ file, result: undefined, code: error.code, isLast })),
        ),
      );
      yield* Effect.sleep(200);
    }
    yield* Effect.sleep(1000 + 2000 * Math.random());
  }
});

/** Publishes some records; sends them again while nobody says that they are there. */
export const publishAll = Effect.fnUntraced(function* (topic: TopicName, records: readonly NewRecord[]) {
  const log = yield* TopicLog;
  yield* log.publish(topic, records).pipe(Effect.retry({ schedule: scheduleOf("uncertain") }), Effect.orDie);
});
