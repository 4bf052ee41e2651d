/** What is registered, as an operator sees and names it. */
import * as Effect from "effect/Effect";
import type { Announcement, Registration, Removal } from "#shared/contract/source-records.ts";
import type { SourceStatus } from "#shared/contract/status.ts";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import { MASK, masked } from "#shared/runtime/masked.ts";
import { Settings } from "#shared/runtime/settings.ts";
import type { LogFailure } from "#shared/topic-log/errors.ts";
import { TopicLog } from "#shared/topic-log/topic-log.ts";
import type { SourceError } from "../source/index.ts";
import { asFailure, namedSource, Registry } from "../source/index.ts";
import { announcedStatus } from "../sync/index.ts";

export interface ListedSource {
  readonly registration: Registration;
  /** Its last version or takeover; null: nothing was announced yet. */
  readonly announcement: Announcement | null;
  readonly status: SourceStatus;
}

/** Registered sources with what was announced of them. */
export const listedSources = (registry: Registry): readonly ListedSource[] =>
  registry.registrations().map((registration) => {
    const last = registry.last(registration.source);
    return {
      registration,
      announcement: last?.value ?? null,
      status: announcedStatus(registration, last),
    };
  });

/** The id of what was registered, as it was given then or as it is shown: without its secrets. */
export const registeredAs = Effect.fnUntraced(function* (
  reference: string,
  registry: Registry,
): Effect.fn.Return<string, SourceError | DatabaseError | LogFailure, Settings> {
  const settings = yield* Settings;
  const named = yield* Effect.try({ try: () => namedSource(reference), catch: (error) => error }).pipe(
    Effect.catch(asFailure(reference, settings)),
  );
  yield* registry.refresh(registry.partition(named));
  if (registry.registration(named) !== undefined || !named.includes(MASK)) return named;
  yield* registry.refresh();
  const shown = registry.registrations().filter(({ source }) => masked(source) === named);
  return shown.length === 1 ? (shown[0]?.source ?? named) : named;
});

/** What the topic `sources` says of one source now. */
export const findNamed = Effect.fnUntraced(function* (
  source: string,
): Effect.fn.Return<
  { readonly registration: Registration | undefined; readonly removal: Removal | undefined },
  LogFailure,
  TopicLog
> {
  const registry = new Registry(yield* TopicLog);
  yield* registry.refresh(registry.partition(source));
  return { registration: registry.registration(source), removal: registry.removal(source) };
});

/** Whether an operator has named anything yet: a source or a catalogue. */
export const isAnythingRegistered: Effect.Effect<boolean, LogFailure, TopicLog> = Effect.gen(function* () {
  const registry = new Registry(yield* TopicLog);
  yield* registry.refresh();
  return registry.registrations().length + registry.catalogues().length + registry.refused().length > 0;
});
