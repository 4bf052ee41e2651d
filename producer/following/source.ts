/**
 * Follows one source until it is interrupted: polls it when its host is free, then waits by its pace. A change of its
 * file ends the wait early. A source with `once` is polled until one poll succeeds.
 */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Random from "effect/Random";
import type { Registration } from "#shared/contract/source-records.ts";
import { elapsedMs } from "#shared/runtime/time.ts";
import { Waker } from "#shared/topic-log/waker.ts";
import {
  followedFolderOf,
  isFileSource,
  isLoopback,
  LEAST_REMOTE_MS,
  leastEvery,
  pathOfSource,
} from "../source/index.ts";
import type { Producer } from "../sync/index.ts";
import { announcedStatus, isReread, parkedStatus } from "../sync/index.ts";
import type { CatalogueStatuses } from "./catalogue-statuses.ts";
import { restAfter, untilNextPoll } from "./pace.ts";
import { type ProducerFailure, pollAndReport, withDefects } from "./poll.ts";
import type { SourceStatuses } from "./source-statuses.ts";
import type { WaitForLog } from "./wait-for-log.ts";
import { PathWatch } from "./watch-path.ts";

export interface Following {
  readonly producer: Producer;
  readonly statuses: SourceStatuses;
  readonly catalogues: CatalogueStatuses;
  readonly waitForLog: WaitForLog;
}

/** A failure of the source outside of a poll is isolated here: it parks the source, and following starts again. */
export const followSource = Effect.fnUntraced(function* (
  following: Following,
  registration: Registration,
): Effect.fn.Return<void, ProducerFailure> {
  const { statuses, producer } = following;
  const { source } = registration;
  for (let failures = 1; ; failures++) {
    const ended = yield* producer.bulkhead
      .around(source, () => follow(following, registration))
      .pipe(
        Effect.as(null),
        Effect.catchTag("SourceError", (error) => Effect.succeed(error)),
      );
    if (ended === null) return;
    const every = Math.max(registration.every ?? producer.settings.every, LEAST_REMOTE_MS);
    const wait = untilNextPoll(
      { every, least: LEAST_REMOTE_MS, local: false, failures, askedMs: 0 },
      yield* Random.next,
    );
    const now = yield* Clock.currentTimeMillis;
    statuses.put({
      ...withDefects(
        parkedStatus(statuses.get(registration), ended, new Date(now).toISOString()),
        producer.bulkhead,
      ),
      next: new Date(now + wait).toISOString(),
    });
    yield* Effect.sleep(wait);
  }
});

const follow = Effect.fnUntraced(function* (
  { producer, statuses, waitForLog }: Following,
  registration: Registration,
): Effect.fn.Return<void, ProducerFailure> {
  const { registry, settings } = producer;
  const { source, once } = registration;
  if (once && registry.last(source)?.value.counts != null && isReread(producer, registration)) {
    statuses.put(announcedStatus(registration, registry.last(source)));
    return;
  }
  const local = isFileSource(source) || isLoopback(source);
  const every = Math.max(registration.every ?? settings.every, leastEvery(source));
  const poll = pollAndReport(producer, statuses, registration, { mode: once ? "once" : "follow" });
  const changed = new Waker();
  const rounds = Effect.fnUntraced(function* (watch: PathWatch | undefined) {
    for (let failures = 0; ; ) {
      // Before the poll, so that a change during the poll starts another one.
      watch?.arm();
      const began = yield* elapsedMs;
      const { status, code, askedMs } = yield* waitForLog(poll);
      const rest = restAfter((yield* elapsedMs) - began, every);
      failures = code === null ? 0 : failures + 1;
      if (once && code === null) {
        statuses.put(status);
        return;
      }
      // A file that may not be read must not be watched either.
      if (code === "source.not_allowed") watch?.close();
      const wait = untilNextPoll(
        { every, least: leastEvery(source), local, failures, askedMs },
        yield* Random.next,
      );
      const next = (yield* Clock.currentTimeMillis) + wait;
      statuses.put({ ...status, next: new Date(next).toISOString() });
      yield* Effect.raceFirst(Effect.sleep(wait), Effect.sleep(rest).pipe(Effect.andThen(changed.wait)));
    }
  });
  return yield* isFileSource(source)
    ? Effect.acquireUseRelease(
        Effect.sync(
          () => new PathWatch(pathOfSource(source), changed.wake, { within: followedFolderOf(registration) }),
        ),
        rounds,
        (watch) => Effect.sync(() => watch.close()),
      )
    : rounds(undefined);
});
