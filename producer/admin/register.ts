/** `ventes sources add`: reads the header of a source, then registers it. */

import { isDeepStrictEqual } from "node:util";
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import type { EntityName } from "#shared/contract/entities/index.ts";
import type { ReadingOptions, Registration } from "#shared/contract/source-records.ts";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import { shellArgument } from "#shared/runtime/command.ts";
import { Settings } from "#shared/runtime/settings.ts";
import { inSlices } from "#shared/runtime/slices.ts";
import { isoNow } from "#shared/runtime/time.ts";
import type { LogFailure, PublishFailure } from "#shared/topic-log/errors.ts";
import { TopicLog } from "#shared/topic-log/topic-log.ts";
import { changesDays, flagsOf, hasSaleIds, hiddenInIds, rekeyed, unkeyed } from "../rows/index.ts";
import {
  acceptedIn,
  asFailure,
  type Given,
  isFileSource,
  Registry,
  rememberNamed,
  type SourceError,
  scopeNamed,
  sourceError,
  trustOf,
} from "../source/index.ts";
import { changedReading, firstIds, type Version } from "../version/index.ts";
import { entitiesNamed, givenIn, type InspectOptions } from "./inspect.ts";
import { addressOf } from "./list.ts";
import { checkedName } from "./name.ts";
import { BY_HAND, idOf, opened, resolved } from "./open.ts";

/** How many sales of a new source the command searches among those of other sources. */
const COMPARED_SALES = 200;

export interface RegisterOptions extends InspectOptions {
  /** Milliseconds between polls; null removes it. An option that is not given stays as it is registered. */
  readonly every?: number | null | undefined;
  readonly once?: boolean | undefined;
  readonly duplicates?: Registration["duplicates"] | undefined;
  /** null removes it. */
  readonly vanished?: Registration["vanished"] | null | undefined;
  /** What people call it; "" removes it. */
  readonly name?: string | undefined;
  /** Whether the change may change the ids of the source's sales (rule 4). */
  readonly rekey?: boolean | undefined;
  /** Called with ids of its first sales, when the source is new. */
  readonly onFirstSales?: (ids: readonly string[]) => void;
}

/**
 * Reads the source's header, then registers the source. The same registration again writes nothing. Fails with
 * SourceError when the source cannot be read or an option does not fit it.
 */
export const registerSource = (
  reference: string,
  options: RegisterOptions = {},
): Effect.Effect<Registration, SourceError | DatabaseError | PublishFailure, TopicLog | Settings> =>
  Effect.scoped(register(reference, options));
const register = Effect.fnUntraced(function* (
  reference: string,
  options: RegisterOptions,
): Effect.fn.Return<
  Registration,
  SourceError | DatabaseError | PublishFailure,
  TopicLog | Settings | Scope.Scope
> {
  const log = yield* TopicLog;
  const settings = yield* Settings;
  const { registry, before, registration, version } = yield* planned(reference, options);
  const { source, entities } = registration;
  // Somebody may have changed it while the file was read.
  yield* registry.refresh(registry.partition(source));
  if (!isDeepStrictEqual(registry.registration(source), before)) return yield* register(reference, options);
  if (options.onFirstSales !== undefined && before === undefined && entities.includes("ventes"))
    options.onFirstSales(
      yield* inSlices(() => firstIds(version, COMPARED_SALES), asFailure(source, settings)),
    );
  // Before the registration, because a running producer may read the file at once.
  if (settings.kafka !== null && isFileSource(source) && registration.discovered !== true)
    yield* Effect.try({
      try: () => rememberNamed(settings.data, source),
      catch: (error) => error,
    }).pipe(Effect.catch(asFailure(source, settings)));
  if (!isDeepStrictEqual(before, registration))
    yield* log.publish("sources", [{ key: source, value: JSON.stringify(registration) }]);
  return registration;
});

/** What the options would make of the registration of a source. */
export interface PlannedRegistration {
  /** As of before the source was read. */
  readonly registry: Registry;
  /** The present registration. */
  readonly before: Registration | undefined;
  readonly registration: Registration;
  readonly version: Version;
}

/** Reads the source, and publishes nothing. The version closes with the scope. Fails as `registerSource` does. */
export const planned = Effect.fnUntraced(function* (
  reference: string,
  options: RegisterOptions,
): Effect.fn.Return<
  PlannedRegistration,
  SourceError | DatabaseError | LogFailure,
  TopicLog | Settings | Scope.Scope
> {
  const log = yield* TopicLog;
  const settings = yield* Settings;
  const registry = new Registry(log);
  const source = yield* addressOf(yield* idOf(reference), registry);
  if (registry.catalogue(source) !== undefined)
    return yield* sourceError("source.is_catalogue", { source }, settings.language);
  const before = registry.registration(source);
  const announced = registry.last(source)?.value;
  // A source that an operator named stays trusted when an HTTP request names it again.
  const isDiscovered = options.discovered === true && (before === undefined || before.discovered === true);
  const trust = isDiscovered ? trustOf(settings, { source, discovered: true }) : BY_HAND;
  const own = changedReading(before?.reading, options.reading ?? {});
  const idScope = idScopeOf(source, before, options);
  const { reading, preset } = yield* resolved(source, own ?? {}, announced);
  const { language } = settings;
  const was = yield* resolved(source, before?.reading ?? {}, announced);
  const published = before === undefined ? undefined : announced;
  const changed =
    rekeyed(published, { reading: was.reading, idScope: before?.idScope }, { reading, idScope }) ??
    (options.rekey === true ? hiddenInIds(published, reading).join(", ") || undefined : undefined);
  // The entities of a source must not change: its events are in their topics, unless they were deleted.
  const ofBefore = announced?.identity == null ? undefined : announced.entities;
  const named = entitiesNamed(options);
  const version = yield* opened(
    source,
    {
      entities: ofBefore ?? named ?? preset?.entities ?? before?.entities,
      reading,
      idScope,
      before: changed === undefined ? announced : unkeyed(announced),
      given: givenIn(options, flagsBesides(options)),
    },
    trust,
  );
  // A rekey needs the days of the old sales. The producer does not know the day of a sale with an id, or of a sale
  // whose date it read wrongly.
  // Ids of the file that get a scope, or that are ids no more, are found again by the field that they stand in.
  const canReplace = hasSaleIds(announced) ? before?.idScope === undefined : version.isKeyless;
  if (changed !== undefined) {
    const mayRekey = canReplace && !changesDays(changed);
    if (options.rekey !== true)
      return yield* sourceError(
        mayRekey ? "source.rekeyed" : "source.ids_fixed",
        {
          source,
          what: changed,
          more: flagsOf(options.reading ?? {}, options.idScope),
          given: givenAnew(before, options, own, idScope),
        },
        language,
      );
    if (!mayRekey) return yield* sourceError("source.not_rekeyed", { source, what: changed }, language);
  }
  const now = yield* isoNow;
  const rekey = changed === undefined ? before?.rekey : now;
  const { entities } = version.dialect;
  if (named !== undefined && named.join() !== entities.join())
    return yield* sourceError(
      "source.wrong_entity",
      { source, what: named.join(", "), more: entities.join(", ") },
      language,
    );
  const name =
    options.name === undefined ? before?.name : ((yield* checkedName(source, options.name)) ?? undefined);
  const found = { source, name, entities, own, isDiscovered, rekey, now };
  const registration = registrationOf(before, options, found);
  return { registry, before, registration, version };
});

const idScopeOf = (
  source: string,
  before: Registration | undefined,
  { idScope }: RegisterOptions,
): string | undefined =>
  idScope === undefined ? before?.idScope : idScope === null ? undefined : scopeNamed(idScope, source);

/** The options that do not tell how the source is read, as flags. */
const flagsBesides = ({
  every,
  once,
  duplicates,
  vanished,
  rekey,
  name,
}: RegisterOptions): readonly string[] => [
  ...(name === undefined ? [] : [`--name ${shellArgument(name)}`]),
  ...(every == null ? [] : [`--every ${every % 1000 === 0 ? `${every / 1000}s` : `${every}ms`}`]),
  ...(once === true ? ["--once"] : []),
  ...(duplicates === undefined ? [] : [`--duplicates ${duplicates}`]),
  ...(vanished === undefined ? [] : [`--vanished ${vanished ?? "auto"}`]),
  ...(rekey === true ? ["--rekey"] : []),
];

/** What adds the source again with these options after its removal, which forgets those that are registered. */
const givenAnew = (
  before: Registration | undefined,
  options: RegisterOptions,
  own: ReadingOptions | undefined,
  idScope: string | undefined,
): Given => {
  const kept = options.duplicates ?? before?.duplicates;
  const others = {
    every: options.every ?? before?.every,
    once: options.once ?? before?.once,
    duplicates: kept === "keep" ? undefined : kept,
    vanished: options.vanished === undefined ? before?.vanished : (options.vanished ?? undefined),
    name: options.name ?? before?.name,
  };
  return givenIn({ ...options, reading: own ?? {}, idScope }, flagsBesides(others));
};

/** The old registration with the given options changed. */
function registrationOf(
  before: Registration | undefined,
  options: RegisterOptions,
  found: {
    readonly source: string;
    readonly name: string | undefined;
    readonly entities: readonly EntityName[];
    readonly own: ReadingOptions | undefined;
    readonly isDiscovered: boolean;
    readonly rekey: string | undefined;
    /** In ISO 8601. */
    readonly now: string;
  },
): Registration {
  const { source, name, entities, own, isDiscovered, rekey, now } = found;
  const vanished = options.vanished === undefined ? before?.vanished : (options.vanished ?? undefined);
  const idScope = idScopeOf(source, before, options);
  const accepted = before === undefined ? [] : acceptedIn(before);
  return {
    v: 1,
    kind: "source",
    source,
    ...(name === undefined ? {} : { name }),
    entities,
    every: options.every === undefined ? (before?.every ?? null) : options.every,
    once: options.once ?? before?.once ?? false,
    duplicates: options.duplicates ?? before?.duplicates ?? "keep",
    ...(own === undefined ? {} : { reading: own }),
    ...(vanished === undefined ? {} : { vanished }),
    ...(idScope === undefined ? {} : { idScope }),
    ...(accepted.length === 0 ? {} : { accepted }),
    ...(before?.decided === undefined ? {} : { decided: before.decided }),
    ...(isDiscovered ? { discovered: true as const } : {}),
    ...(before?.reread === undefined ? {} : { reread: before.reread }),
    ...(rekey === undefined ? {} : { rekey }),
    registered: before?.registered ?? now,
  };
}
