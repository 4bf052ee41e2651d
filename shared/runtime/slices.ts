/** Splits long synchronous work into slices, so that other work of the process runs in between. */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import { elapsedMsOf } from "./time.ts";

/** The work yields after this time. */
const SLICE_MS = 20;

/** Lets the event loop run everything else that waits, once. */
export const yieldToEventLoop: Effect.Effect<void> = Effect.yieldNow;

/**
 * Runs a generator to its end, and yields to the event loop after each slice, at a `yield` of the generator. An error
 * that it throws goes to `fail`. It can be interrupted between slices.
 */
export const inSlices = Effect.fnUntraced(function* <A, E>(
  make: () => Generator<void, A>,
  fail: (error: unknown) => Effect.Effect<never, E>,
): Effect.fn.Return<A, E> {
  const clock = yield* Clock.Clock;
  const work = make();
  for (;;) {
    const step = yield* Effect.suspend((): Effect.Effect<IteratorResult<void, A>, E> => {
      const until = elapsedMsOf(clock) + SLICE_MS;
      try {
        for (;;) {
          const next = work.next();
          if (next.done === true || elapsedMsOf(clock) >= until) return Effect.succeed(next);
        }
      } catch (error) {
        return fail(error);
      }
    });
    if (step.done === true) return step.value;
    yield* yieldToEventLoop;
  }
});
