/**
 * The consumer in a thread of its own, with connections of its own: a process that also reads sources and serves a page
 * uses a second core, and no transaction keeps its page waiting. The two threads share the files alone, as two
 * processes do, so the guarantees of run.ts hold unchanged.
 */
import module from "node:module";
import { Worker } from "node:worker_threads";
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import * as Latch from "effect/Latch";
import * as Schema from "effect/Schema";
import { EVENT_TOPICS } from "#shared/contract/topics.ts";
import { onFileWhenFree } from "#shared/database/attempt.ts";
import { whileSameFile } from "#shared/database/same-file.ts";
import { ventesFile } from "#shared/database/ventes-db.ts";
import { Settings, type SettingsShape } from "#shared/runtime/settings.ts";
import { Traced } from "#shared/runtime/spans.ts";
import { TopicLog } from "#shared/topic-log/topic-log.ts";
import { openBoundDatabase } from "./bound-database.ts";
import { addFigures, NO_FIGURES } from "./figures.ts";
import { lagOf } from "./log-binding.ts";
import { hasUnannounced } from "./outbox.ts";
import type { ConsumerFailure } from "./run.ts";
import { Failure, type FromThread, type ThreadOptions, type ThreadStart } from "./thread-protocol.ts";

/**
 * The most events of a log whose consumer needs no thread: starting one takes as much processor time as applying 40,000
 * events. Such a log has at most 5,000 sales that one event may concern, so no transaction keeps the page waiting.
 */
const MOST_WITHOUT_THREAD = 5_000;

/** Loads the consumer only when this thread runs it: loading takes time that a start without new events need not spend. */
const consumer = Effect.promise(() => import("./run.ts"));

/** How often it polls for the first event, in ms. */
const POLL_MS = 50;

/**
 * As `runConsumer`: in this thread while the log is small, then in one of its own, which starts when there is work for
 * it. On Kafka it stays in this one: the components that share a process there share its connections to the brokers.
 * When it is interrupted, the thread ends its transaction and closes its files first.
 */
export const runConsumerInThread = (
  options: ThreadOptions = {},
  mostWithoutThread = MOST_WITHOUT_THREAD,
): Effect.Effect<never, ConsumerFailure, TopicLog | Settings> =>
  Effect.gen(function* () {
    const settings = yield* Settings;
    if (settings.kafka !== null) return yield* (yield* consumer).runConsumer(options);
    const log = yield* TopicLog;
    // The end of a partition counts all records that were ever in it, also those that the log has deleted.
    const isLarge = Effect.map(
      log.bounds(EVENT_TOPICS),
      (bounds) => bounds.reduce((sum, { end }) => sum + end, 0) > mostWithoutThread,
    );
    let before = NO_FIGURES;
    const applied = Latch.makeUnsafe(false);
    const hasGrown = Effect.andThen(applied.await, Effect.andThen(applied.close, isLarge));
    if (!(yield* isLarge))
      yield* Effect.raceFirst(
        (yield* consumer).runConsumer({
          ...options,
          onProgress: (figures) => {
            before = figures;
            applied.openUnsafe();
            options.onProgress?.(figures);
          },
        }),
        Effect.repeat(hasGrown, { until: (large) => large }),
      );
    yield* untilBehind;
    const traced = yield* Traced;
    const both: ThreadOptions = {
      ...options,
      onProgress: (figures) => options.onProgress?.(addFigures(before, figures)),
    };
    return yield* Effect.acquireUseRelease(
      Effect.sync(() => new ConsumerThread(startOf(settings, traced), both)),
      ({ failed }) => Deferred.await(failed),
      (thread) => thread.stop,
    );
  });

/** Makes the checks of a consumer that starts, then waits until the database is behind the log. */
const untilBehind = Effect.scoped(
  Effect.gen(function* () {
    const { data } = yield* Settings;
    const log = yield* TopicLog;
    const db = yield* openBoundDatabase();
    const isBehind = Effect.flatMap(log.bounds(EVENT_TOPICS), (bounds) =>
      onFileWhenFree(ventesFile(data), () => hasUnannounced(db) || lagOf(db, bounds) > 0),
    );
    yield* Effect.raceFirst(
      Effect.repeat(Effect.delay(isBehind, POLL_MS), { until: (behind) => behind }),
      whileSameFile(ventesFile(data)),
    );
  }),
);

class ConsumerThread {
  /** Ends with the failure of the consumer. It is a defect when the thread ends in any other way. */
  readonly failed = Deferred.makeUnsafe<never, ConsumerFailure>();
  readonly #ended = Deferred.makeUnsafe<void>();
  readonly #worker: Worker;

  constructor(start: ThreadStart, options: ThreadOptions) {
    this.#worker = new Worker(new URL("./thread.ts", import.meta.url), {
      name: "consumer",
      workerData: start,
    });
    this.#worker.on("message", (message: FromThread) => this.#take(message, options));
    this.#worker.on("error", (error) => Deferred.doneUnsafe(this.failed, Effect.die(error)));
    this.#worker.on("exit", (code) => {
      const error = new Error(`the consumer's thread ended with exit code ${code}`);
      Deferred.doneUnsafe(this.failed, Effect.die(error));
      Deferred.doneUnsafe(this.#ended, Effect.void);
    });
  }

  /** Asks the thread to end, and waits until it has ended. */
  readonly stop: Effect.Effect<void> = Effect.suspend(() => {
    this.#worker.postMessage("stop");
    return Deferred.await(this.#ended);
  });

  #take(message: FromThread, options: ThreadOptions): void {
    if (message[0] === "failed")
      Deferred.doneUnsafe(this.failed, Effect.fail(Schema.decodeUnknownSync(Failure)(message[1])));
    else (options[message[0]] as ((value: unknown) => void) | undefined)?.(message[1]);
  }
}

const startOf = (
  { data, namespace, partitions, language, timeZone, currency }: SettingsShape,
  traced: string | null,
): ThreadStart => ({
  traced,
  settings: { data, namespace, partitions, language, timeZone, currency },
  argv: process.argv,
  compileCache: module.getCompileCacheDir(),
});
