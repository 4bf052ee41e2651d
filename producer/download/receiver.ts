/** Streams the bodies of HTTP answers. Checks the allowed time and the announced length. */
import { Transform, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { elapsedMsOf, type PlainClock } from "#shared/runtime/time.ts";
import { SourceRefusal } from "../source/index.ts";
import { isLocalFailure, isZlibError, Retryable, reasonOf } from "./failures.ts";
import { allowedMs, type Limits } from "./limits.ts";
import type { Answer } from "./request.ts";

class TooSlow extends Error {
  constructor(received: number) {
    super(`${received} bytes`);
  }
}

/** Receives the bodies of one download, which may need several answers. */
export class Receiver {
  /** Bytes of all bodies so far, as they were sent. */
  received = 0;
  readonly #limits: Limits;
  readonly #signal: AbortSignal;
  readonly #clock: PlainClock;

  constructor(limits: Limits, signal: AbortSignal, clock: PlainClock) {
    this.#limits = limits;
    this.#signal = signal;
    this.#clock = clock;
  }

  /**
   * Streams a body. `length`: its bytes by the headers; undefined: the headers do not give them. Throws SourceRefusal
   * (too_slow), Retryable (truncated), and errors of our own disk.
   */
  async receive(
    { body, header }: Answer,
    through: readonly [...Transform[], Writable],
    length: number | undefined,
  ): Promise<void> {
    const limits = this.#limits;
    const signal = this.#signal;
    const clock = this.#clock;
    const began = elapsedMsOf(clock);
    let received = 0;
    const timed = new Transform({
      transform(chunk: Buffer, _, done) {
        received += chunk.length;
        const slow = elapsedMsOf(clock) - began > allowedMs(limits, received);
        return slow ? done(new TooSlow(received)) : done(null, chunk);
      },
    });
    try {
      await pipeline([body, timed, ...through], { signal });
    } catch (error) {
      // The next poll tries again; a retry now would be as slow.
      if (error instanceof TooSlow)
        throw new SourceRefusal("source.too_slow", `${received}/${header("content-length") ?? "?"}`);
      if (error instanceof SourceRefusal || signal.aborted || isLocalFailure(error) || isZlibError(error))
        throw error;
      throw new Retryable(new SourceRefusal("source.truncated", reasonOf(error)));
    } finally {
      this.received += received;
    }
    if (length !== undefined && length !== received)
      throw new Retryable(new SourceRefusal("source.truncated", `${received}/${length}`));
  }
}
