/**
 * Wakes a waiting fiber from synchronous code. A wake before the wait is not lost: the next wait ends at once. Several
 * wakes before one wait count as one. One fiber may wait at a time.
 */
import * as Effect from "effect/Effect";

export class Waker {
  #woken = false;
  #resume: (() => void) | undefined;

  readonly wake = (): void => {
    this.#woken = true;
    this.#resume?.();
  };

  /** Waits for the next wake, or takes one that came before. */
  readonly wait: Effect.Effect<void> = Effect.callback<void>((resume) => {
    const done = () => {
      this.#resume = undefined;
      this.#woken = false;
      resume(Effect.void);
    };
    if (this.#woken) done();
    else this.#resume = done;
    return Effect.sync(() => {
      this.#resume = undefined;
    });
  });
}
