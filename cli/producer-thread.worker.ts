/** What runs in the producer's thread (producer-thread.ts starts it). */
import { parentPort, workerData } from "node:worker_threads";
import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import * as Layer from "effect/Layer";
import * as Schema from "effect/Schema";
import { Settings } from "#shared/settings.ts";
import { layerTopicLog } from "#shared/topic-log/layer.ts";
import { type ProducerOptions, type Progress, readSourcesOnce, runProducer } from "../producer/run.ts";
import { Failure, type FromThread, type ThreadInput } from "./producer-thread.ts";

/** A progress line needs no more; each message costs the other thread a turn. */
const PROGRESS_EVERY_MS = 50;

const { settings, once } = workerData as ThreadInput;
const port = parentPort;
if (port === null) throw new Error("this module is started by producer-thread.ts");
const say = (message: FromThread) => port.postMessage(message);

let told = 0;
let untold: Progress | undefined;
const tell = (progress: Progress | undefined) => {
  if (progress === undefined) return;
  told = performance.now();
  untold = undefined;
  say({ said: "progress", progress });
};

const options: ProducerOptions = {
  onSources: (sources) => say({ said: "sources", sources }),
  onProgress: (progress) => {
    // The last word of a phase is always told: totals are summed from it.
    if (untold !== undefined && (untold.phase !== progress.phase || untold.source !== progress.source))
      tell(untold);
    if (performance.now() - told < PROGRESS_EVERY_MS) untold = progress;
    else tell(progress);
  },
  onState: (state) => say({ said: "state", state }),
};

const work = (once ? readSourcesOnce(options) : runProducer(options)).pipe(
  Effect.provide(Layer.provideMerge(layerTopicLog, Layer.succeed(Settings, settings))),
);
const fiber = Effect.runFork(work);
port.once("message", () => Effect.runFork(Fiber.interrupt(fiber)));
fiber.addObserver((exit) => {
  tell(untold);
  if (Exit.isSuccess(exit)) say({ said: "done", sources: exit.value });
  else if (!Cause.hasInterruptsOnly(exit.cause)) {
    const failure = Cause.findErrorOption(exit.cause);
    if (failure._tag === "None") throw Cause.squash(exit.cause);
    say({ said: "failed", failure: Schema.encodeSync(Failure)(failure.value) });
  }
  port.close();
});
