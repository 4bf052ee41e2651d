/**
 * Following a catalogue: a look, then another after its interval, for ever. One that fails is parked with its reason
 * until its next look; its entries go on. A local folder is looked at more often, for that costs one listing.
 */
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import type { Catalogue, CatalogueStatus } from "#shared/event.ts";
import { scheduleOf } from "#shared/retry.ts";
import type { LogFailure } from "#shared/topic-log/errors.ts";
import type { Producer } from "../look.ts";
import { leastEvery } from "../source-ref.ts";
import { type CatalogueFailure, CatalogueMemory, lookAtCatalogue, newCatalogueStatus } from "./look.ts";

/** A file that is put into a folder is seen within this time. */
const FOLDER_MS = 2_000;

/** Looks are spread by this part of their interval. */
const JITTER = 0.1;

export interface FollowedCatalogue {
  readonly catalogue: Catalogue;
  readonly memory: CatalogueMemory;
  /** Told at each look. */
  readonly tell: (status: CatalogueStatus) => void;
}

export const newFollowed = (catalogue: Catalogue, tell: FollowedCatalogue["tell"]): FollowedCatalogue => ({
  catalogue,
  memory: new CatalogueMemory(),
  tell,
});

/** One look, told. Fails only when the log or a file of ours does; a send without answer is looked into again. */
export const lookAtCatalogueTold = (
  producer: Producer,
  { catalogue, memory, tell }: FollowedCatalogue,
  before: CatalogueStatus = newCatalogueStatus(catalogue),
): Effect.Effect<CatalogueStatus, LogFailure | DatabaseError> => {
  if (before.state === "new") tell({ ...before, state: "reading" });
  return lookAtCatalogue(producer, catalogue, memory).pipe(
    Effect.retry({
      schedule: scheduleOf("uncertain"),
      while: (error: CatalogueFailure) => error._tag === "PublishUncertain",
    }),
    // Retried for ever.
    Effect.catchTag("PublishUncertain", Effect.die),
    Effect.catchTag("SourceError", ({ sentence }) =>
      Effect.succeed<CatalogueStatus>({
        ...before,
        state: "parked",
        reason: sentence,
        looked: new Date().toISOString(),
      }),
    ),
    Effect.tap((status) => Effect.sync(() => tell(status))),
  );
};

/** Never returns by itself. `patiently` waits for a log that does not answer. */
export const followCatalogue = Effect.fnUntraced(function* <E>(
  producer: Producer,
  followed: FollowedCatalogue,
  patiently: (
    look: Effect.Effect<CatalogueStatus, LogFailure | DatabaseError>,
  ) => Effect.Effect<CatalogueStatus, E>,
): Effect.fn.Return<never, E> {
  let status = newCatalogueStatus(followed.catalogue);
  for (;;) {
    status = yield* patiently(lookAtCatalogueTold(producer, followed, status));
    yield* Effect.sleep(Duration.millis(waitOf(producer, followed.catalogue, status)));
  }
});

function waitOf({ settings }: Producer, { catalogue, every }: Catalogue, status: CatalogueStatus): number {
  const wanted = Math.max(every ?? settings.every, leastEvery(catalogue));
  const ms = status.form === "folder" ? Math.min(wanted, FOLDER_MS) : wanted;
  return ms * (1 + JITTER * (Math.random() * 2 - 1));
}
