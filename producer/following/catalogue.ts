/**
 * Follows a catalogue: polls it again and again, at the pace of sources. A catalogue that fails is parked with its
 * reason until its next poll; its entries go on. A local folder is polled more often, because that costs one listing.
 */
import * as Effect from "effect/Effect";
import * as Random from "effect/Random";
import type { Catalogue } from "#shared/contract/source-records.ts";
import type { CatalogueStatus } from "#shared/contract/status.ts";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import { scheduleOf } from "#shared/runtime/retry.ts";
import { isoNow } from "#shared/runtime/time.ts";
import type { LogFailure } from "#shared/topic-log/errors.ts";
import {
  type CatalogueFailure,
  CatalogueMemory,
  newCatalogueStatus,
  pollCatalogue,
} from "../catalogue/index.ts";
import { isFileSource, isLoopback, leastEvery } from "../source/index.ts";
import type { Producer } from "../sync/index.ts";
import { untilNextPoll } from "./pace.ts";

/** The producer sees a new file of a folder within this time. */
const FOLDER_MS = 2_000;

export interface FollowedCatalogue {
  readonly catalogue: Catalogue;
  readonly memory: CatalogueMemory;
  /** Called at each poll. */
  readonly onStatus: (status: CatalogueStatus) => void;
}

export const newFollowed = (
  catalogue: Catalogue,
  onStatus: FollowedCatalogue["onStatus"],
): FollowedCatalogue => ({
  catalogue,
  memory: new CatalogueMemory(),
  onStatus,
});

interface Polled {
  readonly status: CatalogueStatus;
  /** How long the server asks us to wait before the next request, in milliseconds; 0: it does not ask. */
  readonly askedMs: number;
}

/**
 * Polls a catalogue once and reports its status. Polls again while a send to the log stays without an answer. Fails
 * only when the topic log or the producer's own database fails.
 */
export const pollCatalogueAndReport = (
  producer: Producer,
  { catalogue, memory, onStatus }: FollowedCatalogue,
  before: CatalogueStatus = newCatalogueStatus(catalogue),
): Effect.Effect<Polled, LogFailure | DatabaseError> =>
  producer.bulkhead
    .around(catalogue.catalogue, () => {
      if (before.state === "new") onStatus({ ...before, state: "reading" });
      return pollCatalogue(producer, catalogue, memory).pipe(
        Effect.retry({
          schedule: scheduleOf("uncertain"),
          while: (error: CatalogueFailure) => error._tag === "PublishUncertain",
        }),
        // For the types alone: the retry has no end.
        Effect.catchTag("PublishUncertain", Effect.die),
      );
    })
    .pipe(
      Effect.map(({ status, freshMs }): Polled => ({ status, askedMs: freshMs ?? 0 })),
      Effect.catchTag("SourceError", ({ sentence, retryAfterMs }) =>
        Effect.map(
          isoNow,
          (now): Polled => ({
            status: { ...before, state: "parked", reason: sentence, polled: now },
            askedMs: retryAfterMs ?? 0,
          }),
        ),
      ),
      Effect.map((polled): Polled => {
        const defects = producer.bulkhead.defects(catalogue.catalogue);
        return defects === 0 ? polled : { ...polled, status: { ...polled.status, defects } };
      }),
      Effect.tap(({ status }) => Effect.sync(() => onStatus(status))),
    );

/** Runs until it is interrupted. `waitForLog` waits while the topic log does not answer. */
export const followCatalogue = Effect.fnUntraced(function* <E>(
  producer: Producer,
  followed: FollowedCatalogue,
  waitForLog: (poll: Effect.Effect<Polled, LogFailure | DatabaseError>) => Effect.Effect<Polled, E>,
): Effect.fn.Return<never, E> {
  const { catalogue, every } = followed.catalogue;
  const least = leastEvery(catalogue);
  const local = isFileSource(catalogue) || isLoopback(catalogue);
  const wanted = Math.max(every ?? producer.settings.every, least);
  let status = newCatalogueStatus(followed.catalogue);
  for (let failures = 0; ; ) {
    const polled = yield* waitForLog(pollCatalogueAndReport(producer, followed, status));
    status = polled.status;
    failures = status.state === "parked" ? failures + 1 : 0;
    const wait = untilNextPoll(
      {
        every: status.form === "folder" ? Math.min(wanted, FOLDER_MS) : wanted,
        least,
        local,
        failures,
        askedMs: polled.askedMs,
      },
      yield* Random.next,
    );
    yield* Effect.sleep(wait);
  }
});
