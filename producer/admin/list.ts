/** Lists and finds registered sources for operators. */
import * as Effect from "effect/Effect";
import { HAND_PRICES } from "#shared/contract/hand-prices.ts";
import type { Announcement, Registration, Removal } from "#shared/contract/source-records.ts";
import type { SourceStatus } from "#shared/contract/status.ts";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import { MASK, masked } from "#shared/runtime/masked.ts";
import { Settings } from "#shared/runtime/settings.ts";
import type { LogFailure } from "#shared/topic-log/errors.ts";
import { TopicLog } from "#shared/topic-log/topic-log.ts";
import type { SourceError } from "../source/index.ts";
import { asFailure, isFileSource, namedSource, Registry, sourceError } from "../source/index.ts";
import { announcedStatus } from "../sync/index.ts";

export interface ListedSource {
  readonly registration: Registration;
  /** Its last announcement, of a version or a takeover; null: it has none. */
  readonly announcement: Announcement | null;
  readonly status: SourceStatus;
}

/** The registered sources with their last announcements, and the prices set by hand where there are any. */
export const listedSources = (registry: Registry): readonly ListedSource[] =>
  [...registry.registrations(), ...handPrices(registry)].map((registration) => {
    const last = registry.last(registration.source);
    return {
      registration,
      announcement: last?.value ?? null,
      status: announcedStatus(registration, last),
    };
  });

/** Nothing is polled for HAND_PRICES, so the topic has no registration of it. */
function handPrices(registry: Registry): readonly Registration[] {
  const last = registry.last(HAND_PRICES)?.value;
  if ((last?.counts?.records ?? 0) === 0) return [];
  const { published: registered, entities } = last as Announcement;
  return [
    {
      v: 1,
      kind: "source",
      source: HAND_PRICES,
      entities,
      every: null,
      once: true,
      duplicates: "keep",
      registered,
    },
  ];
}

/** The id of a registered source, given as at registration or as it is shown (with masked secrets). */
export const registeredAs = Effect.fnUntraced(function* (
  reference: string,
  registry: Registry,
): Effect.fn.Return<string, SourceError | DatabaseError | LogFailure, Settings> {
  const settings = yield* Settings;
  const named = yield* Effect.try({ try: () => namedSource(reference), catch: (error) => error }).pipe(
    Effect.catch(asFailure(reference, settings)),
  );
  return (yield* inFull(named, registry)) ?? named;
});

/** Whether an id is the form with masked secrets in which one is shown. */
export const isShownForm = (id: string): boolean => id.includes(MASK) && !isFileSource(id);

/**
 * The id of a registered source or catalogue in full, from the form with masked secrets in which it is shown; undefined: none, or
 * several, are shown so. Any other id is the id itself. Refreshes the registry as far as it must.
 */
export const inFull = Effect.fnUntraced(function* (
  id: string,
  registry: Registry,
): Effect.fn.Return<string | undefined, LogFailure> {
  yield* registry.refresh(registry.partition(id));
  if (!isShownForm(id) || registry.registration(id) !== undefined || registry.catalogue(id) !== undefined)
    return id;
  yield* registry.refresh();
  const ids = [
    ...registry.registrations().map(({ source }) => source),
    ...registry.catalogues().map(({ catalogue }) => catalogue),
  ];
  const shown = ids.filter((one) => masked(one) === id);
  return shown.length === 1 ? shown[0] : undefined;
});

/** As `inFull`, for an address that is to be read. Fails with SourceError when it is none (`source.masked`). */
export const addressOf = Effect.fnUntraced(function* (
  id: string,
  registry: Registry,
): Effect.fn.Return<string, SourceError | LogFailure, Settings> {
  const { language } = yield* Settings;
  const full = yield* inFull(id, registry);
  return full ?? (yield* sourceError("source.masked", { source: id }, language));
});

/** The registration of a source, or the record that an operator removed it, in the topic `sources` now. */
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

/** Whether the topic `sources` has a source, a catalogue or a record that is not valid. */
export const isAnythingRegistered: Effect.Effect<boolean, LogFailure, TopicLog> = Effect.gen(function* () {
  const registry = new Registry(yield* TopicLog);
  yield* registry.refresh();
  return registry.registrations().length + registry.catalogues().length + registry.refusals > 0;
});
