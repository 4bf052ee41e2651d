/** Publishes what a poll of a catalogue registers. */
import * as Effect from "effect/Effect";
import type { Catalogue, Registration } from "#shared/contract/source-records.ts";
import { elapsedMsOf, type PlainClock } from "#shared/runtime/time.ts";
import type { PublishFailure } from "#shared/topic-log/errors.ts";
import type { Producer } from "../sync/index.ts";

/** Registrations are published in groups of this size, or after this time, so that the first polls start soon. */
export const AT_ONCE = 50;

export const LONGEST_WAIT_MS = 250;

/** Publishes registrations of entries in groups. Drops them if an operator has removed the catalogue. */
export class Registrations {
  readonly #producer: Producer;
  readonly #catalogue: string;
  #waiting: Registration[] = [];
  readonly #clock: PlainClock;
  #since: number;

  constructor(producer: Producer, { catalogue }: Catalogue, clock: PlainClock) {
    this.#producer = producer;
    this.#catalogue = catalogue;
    this.#clock = clock;
    this.#since = elapsedMsOf(clock);
  }

  put(registration: Registration): Effect.Effect<void, PublishFailure> {
    this.#waiting.push(registration);
    const isDue =
      this.#waiting.length >= AT_ONCE || elapsedMsOf(this.#clock) - this.#since >= LONGEST_WAIT_MS;
    return isDue ? this.flush() : Effect.void;
  }

  /** Publishes what waits, again and again, until it is interrupted. */
  get flushing(): Effect.Effect<never, PublishFailure> {
    return Effect.sleep(LONGEST_WAIT_MS).pipe(
      Effect.andThen(Effect.uninterruptible(Effect.suspend(() => this.flush()))),
      Effect.forever,
    );
  }

  flush(): Effect.Effect<void, PublishFailure> {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#since = elapsedMsOf(this.#clock);
    if (waiting.length === 0) return Effect.void;
    const { log, registry } = this.#producer;
    return registry.refresh(registry.partition(this.#catalogue)).pipe(
      Effect.andThen(
        Effect.suspend(() =>
          registry.catalogue(this.#catalogue) === undefined
            ? Effect.void
            : log.publish(
                "sources",
                waiting.map((one) => ({ key: one.source, value: JSON.stringify(one) })),
              ),
        ),
      ),
      Effect.asVoid,
    );
  }
}
