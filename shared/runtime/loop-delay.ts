/** How long the event loop of a thread is kept busy at a time. */
import { monitorEventLoopDelay } from "node:perf_hooks";
import * as Effect from "effect/Effect";

const LOOP_RESOLUTION_MS = 10;

/**
 * Measures how long the event loop is kept busy at a time: the page, signals and all sources wait as long. The function
 * returns the longest time in milliseconds since it was called before.
 */
export const loopDelay = Effect.map(
  Effect.acquireRelease(
    Effect.sync(() => {
      const delays = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
      delays.enable();
      return delays;
    }),
    (delays) => Effect.sync(() => delays.disable()),
  ),
  (delays) => (): number => {
    const most = Math.max(0, Math.round(delays.max / 1e6) - LOOP_RESOLUTION_MS);
    delays.reset();
    return most;
  },
);
