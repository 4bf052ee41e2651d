/** Long synchronous work in slices, so that the page and the consumer of the same process stay alive. */
import * as Effect from "effect/Effect";

const SLICE_MS = 20;

/** Lets everything else that waits run once. */
export const yieldToEventLoop: Effect.Effect<void> = Effect.callback<void>((resume) => {
  const immediate = setImmediate(() => resume(Effect.void));
  return Effect.sync(() => clearImmediate(immediate));
});

/**
 * Runs a generator to its end, pausing at a `yield` after each slice of time. What it throws is given to `fail`.
 * Interruptible between slices.
 */
export const inSlices = Effect.fnUntraced(function* <A, E>(
  make: () => Generator<void, A>,
  fail: (error: unknown) => Effect.Effect<never, E>,
): Effect.fn.Return<A, E> {
  const work = make();
  for (;;) {
    const step = yield* Effect.suspend((): Effect.Effect<IteratorResult<void, A>, E> => {
      const until = performance.now() + SLICE_MS;
      try {
        for (;;) {
          const next = work.next();
          if (next.done === true || performance.now() >= until) return Effect.succeed(next);
        }
      } catch (error) {
        return fail(error);
      }
    });
    if (step.done === true) return step.value;
    yield* yieldToEventLoop;
  }
});
