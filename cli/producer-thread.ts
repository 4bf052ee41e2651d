/**
 * The producer in a thread of its own, for `start`: it reads and publishes on one core while the consumer and the
 * analyzer write on another. It opens the log and its files itself; what it says comes back as messages. Ends with
 * the fiber that runs it.
 */
import { Worker } from "node:worker_threads";
import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import { DatabaseError } from "#shared/database/sqlite.ts";
import type { SourceStatus } from "#shared/event.ts";
import { Settings, type SettingsShape } from "#shared/settings.ts";
import { LogMisconfigured, LogMismatch, LogUnavailable } from "#shared/topic-log/errors.ts";
import type { LogState } from "#shared/topic-log/topic-log.ts";
import type { ProducerFailure, ProducerOptions } from "../producer/run.ts";

export interface ThreadInput {
  readonly settings: SettingsShape;
  /** Follows for ever, or reads every source once. */
  readonly once: boolean;
}

/** How a producer can fail, as it crosses from thread to thread. */
export const Failure = Schema.Union([DatabaseError, LogUnavailable, LogMisconfigured, LogMismatch]);

export type FromThread =
  | { readonly said: "sources"; readonly sources: readonly SourceStatus[] }
  | {
      readonly said: "progress";
      readonly progress: Parameters<NonNullable<ProducerOptions["onProgress"]>>[0];
    }
  | { readonly said: "state"; readonly state: LogState }
  | { readonly said: "done"; readonly sources: readonly SourceStatus[] }
  | { readonly said: "failed"; readonly failure: typeof Failure.Encoded };

/** It finishes the batch in hand when asked to stop; one that does not within this time is ended. */
const STOPS_WITHIN_MS = 3_000;

const inThread = (
  options: ProducerOptions,
  once: boolean,
): Effect.Effect<readonly SourceStatus[], ProducerFailure, Settings> =>
  Effect.gen(function* () {
    const settings = yield* Settings;
    return yield* Effect.callback<readonly SourceStatus[], ProducerFailure>((resume) => {
      const input: ThreadInput = { settings, once };
      const worker = new Worker(new URL("producer-thread.worker.ts", import.meta.url), { workerData: input });
      const ended = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
      worker.on("message", (message: FromThread) => {
        if (message.said === "sources") options.onSources?.(message.sources);
        else if (message.said === "progress") options.onProgress?.(message.progress);
        else if (message.said === "state") options.onState?.(message.state);
        else if (message.said === "done") resume(Effect.succeed(message.sources));
        else resume(Effect.fail(Schema.decodeSync(Failure)(message.failure)));
      });
      // A defect there is a defect here, with its trace.
      worker.once("error", (error) => resume(Effect.die(error)));
      return Effect.promise(async () => {
        const impatient = setTimeout(() => worker.terminate(), STOPS_WITHIN_MS);
        worker.postMessage("stop");
        await ended;
        clearTimeout(impatient);
      });
    });
  });

/** `runProducer` of the producer, in its thread. */
export const runProducerInThread = (
  options: ProducerOptions,
): Effect.Effect<never, ProducerFailure, Settings> => Effect.andThen(inThread(options, false), Effect.never);

/** `readSourcesOnce` of the producer, in its thread. */
export const readSourcesOnceInThread = (
  options: ProducerOptions,
): Effect.Effect<readonly SourceStatus[], ProducerFailure, Settings> => inThread(options, true);
