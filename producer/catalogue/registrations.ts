/** Registrations of entries on their way to the topic. */
import * as Effect from "effect/Effect";
import type { Catalogue, Registration } from "#shared/contract/source-records.ts";
import type { PublishFailure } from "#shared/topic-log/errors.ts";
import type { Producer } from "../sync/index.ts";

/** Registrations are published so many at once, or after this time: the first entries are read meanwhile. */
export const AT_ONCE = 50;

export const LONGEST_WAIT_MS = 250;

/** Registrations on their way: published some at a time, unless the catalogue was removed meanwhile. */
export class Registrations {
  readonly #producer: Producer;
  readonly #catalogue: string;
  #waiting: Registration[] = [];
  #since = performance.now();

  constructor(producer: Producer, { catalogue }: Catalogue) {
    this.#producer = producer;
    this.#catalogue = catalogue;
  }

  put(registration: Registration): Effect.Effect<void, PublishFailure> {
    this.#waiting.push(registration);
    const isDue = this.#waiting.length >= AT_ONCE || performance.now() - this.#since >= LONGEST_WAIT_MS;
    return isDue ? this.flush() : Effect.void;
  }

  flush(): Effect.Effect<void, PublishFailure> {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#since = performance.now();
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
