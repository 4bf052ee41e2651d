/** The consumer, as its thread runs it. */
import { parentPort } from "node:worker_threads";
import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Schema from "effect/Schema";
import { loopDelay } from "#shared/runtime/loop-delay.ts";
import { embeddedSettings, Settings } from "#shared/runtime/settings.ts";
import { tracedAs } from "#shared/runtime/traced.ts";
import { layerEmbedded } from "#shared/topic-log/embedded/layer.ts";
import { runConsumer } from "./run.ts";
import { Failure, type FromThread, type ThreadOptions, type ThreadSettings } from "./thread-protocol.ts";

const LOOP_EVERY_MS = 1_000;

const tell = (message: FromThread): void => parentPort?.postMessage(message);

const OPTIONS: Required<ThreadOptions> = {
  onProgress: (figures) => tell(["onProgress", figures]),
  onLogState: (state) => tell(["onLogState", state]),
  onOvertaken: (position) => tell(["onOvertaken", position]),
  onLoopDelay: (ms) => tell(["onLoopDelay", ms]),
};

/** Succeeds when the starting thread says so. */
const stopped = Effect.callback<void>((resume) => {
  parentPort?.once("message", () => resume(Effect.void));
});

const tellLoopDelay = Effect.flatMap(loopDelay, (longest) =>
  Effect.sync(() => OPTIONS.onLoopDelay(longest())).pipe(Effect.delay(LOOP_EVERY_MS), Effect.forever),
);

/**
 * Runs the consumer until it fails or is told to stop. Throws a defect: the thread then ends with that error.
 */
export async function runThread({ data, ...settings }: ThreadSettings, traced: string | null): Promise<void> {
  const consumer = Effect.scoped(Effect.raceFirst(runConsumer(OPTIONS), tellLoopDelay)).pipe(
    tracedAs(traced, process.env),
    Effect.provide(layerEmbedded),
    Effect.provideService(Settings, embeddedSettings(data, settings)),
  );
  const exit = await Effect.runPromiseExit(Effect.raceFirst(consumer, stopped));
  if (Exit.isFailure(exit)) {
    const error = Cause.squash(exit.cause);
    if (!Schema.is(Failure)(error)) throw error;
    tell(["failed", Schema.encodeSync(Failure)(error)]);
  }
  parentPort?.close();
}
