/** Wakes one waiting fiber from synchronous code. What is woken before it waits is not lost. */
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
