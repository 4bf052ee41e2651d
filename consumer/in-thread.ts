/**
 * The consumer in a thread of its own, with connections of its own: a process that also reads sources and serves a page
 * uses a second core, and no transaction keeps its page waiting. The two threads share the files alone, as two
 * processes do, so the guarantees of run.ts hold unchanged.
 */
import module from "node:module";
import { Worker } from "node:worker_threads";
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import { EVENT_TOPICS } from "#shared/contract/topics.ts";
import { onFileWhenFree } from "#shared/database/attempt.ts";
import { whileSameFile } from "#shared/database/same-file.ts";
import { ventesFile } from "#shared/database/ventes-db.ts";
import { Settings, type SettingsShape } from "#shared/runtime/settings.ts";
import { TopicLog } from "#shared/topic-log/topic-log.ts";
import { lagOf } from "./log-binding.ts";
import { hasUnannounced } from "./outbox.ts";
import { type ConsumerFailure, openBoundDatabase, runConsumer } from "./run.ts";
import { Failure, type FromThread, type ThreadOptions, type ThreadStart } from "./thread-protocol.ts";

/** How often it polls for the first event, in ms. */
const POLL_MS = 50;

/**
 * As `runConsumer`, in a thread, which starts when there is work for it: to start it takes half a second of processor.
 * On Kafka it runs in this one: the components that share a process there share its connections to the brokers. When it
 * is interrupted, the thread ends its transaction and closes its files first.
 */
export const runConsumerInThread = (
  options: ThreadOptions = {},
): Effect.Effect<never, ConsumerFailure, TopicLog | Settings> =>
  Effect.gen(function* () {
    const settings = yield* Settings;
    if (settings.kafka !== null) return yield* runConsumer(options);
    yield* untilBehind;
    return yield* Effect.acquireUseRelease(
      Effect.sync(() => new ConsumerThread(settings, options)),
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

  constructor(settings: SettingsShape, options: ThreadOptions) {
    this.#worker = new Worker(new URL("./thread.ts", import.meta.url), {
      name: "consumer",
      workerData: startOf(settings),
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

const startOf = ({
  data,
  namespace,
  partitions,
  language,
  timeZone,
  currency,
}: SettingsShape): ThreadStart => ({
  settings: { data, namespace, partitions, language, timeZone, currency },
  argv: process.argv,
  compileCache: module.getCompileCacheDir(),
});
