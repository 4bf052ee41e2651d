/** Registers one entry of a catalogue, leaves it as it is, or refuses it. */

import { isDeepStrictEqual } from "node:util";
import * as Effect from "effect/Effect";
import type { Catalogue, ReadingOptions, Registration } from "#shared/contract/source-records.ts";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import { isoNow } from "#shared/runtime/time.ts";
import type { PublishFailure } from "#shared/topic-log/errors.ts";
import { fitsIn, recordBytes } from "#shared/topic-log/record-size.ts";
import type { Validators } from "../download/index.ts";
import {
  changesDays,
  fitting,
  flagList,
  flagsOf,
  presetNamed,
  rekeyed,
  resolveReading,
} from "../rows/index.ts";
import { asFailure, FILE_SCOPE, scopeNamed, sourceError, trustOf } from "../source/index.ts";
import type { Producer } from "../sync/index.ts";
import { fetchVersion } from "../version/index.ts";
import type { Entry } from "./entries.ts";
import type { CatalogueMemory } from "./memory.ts";
import type { Registrations } from "./registrations.ts";

/** The longest time to read a new entry, in milliseconds. A poll of the catalogue lasts as long as its slowest entry. */
const ENTRY_MS = 30 * 60_000;

export type Took =
  | { readonly is: "taken" | "others" | "removed" }
  /** `code`: of its content, when that cannot be read. */
  | { readonly is: "refused"; readonly reason: string; readonly code?: string | undefined };

export const refused = (reason: string, code?: string): Took => ({ is: "refused", reason, code });

/** Registers an entry if it is new or its options changed. A source of an operator or another catalogue stays. */
export const takeUp = Effect.fnUntraced(function* (
  producer: Producer,
  catalogue: Catalogue,
  entry: Entry,
  memory: CatalogueMemory,
  registrations: Registrations,
): Effect.fn.Return<Took, DatabaseError | PublishFailure> {
  const { registry, settings } = producer;
  const { source } = entry;
  if (registry.catalogue(source) !== undefined)
    return refused(sourceError("source.is_catalogue", { source }, settings.language).sentence);
  const before = registry.registration(source);
  // An operator registered it, or another catalogue lists it.
  if (before !== undefined && before.catalogue !== catalogue.catalogue && !isForsaken(producer, before))
    return { is: "others" };
  // The entities of a source must not change: its events are in their topics, unless they were withdrawn.
  const announced = registry.last(source)?.value;
  const published = before?.entities ?? (announced?.identity == null ? undefined : announced.entities);
  const requested = entry.entities ?? catalogue.entities;
  if (published !== undefined && requested !== undefined && requested.join() !== published.join()) {
    const details = { source, what: requested.join(", "), more: published.join(", ") };
    return refused(sourceError("source.wrong_entity", details, settings.language).sentence);
  }
  let entities = published;
  if (before === undefined || entities === undefined) {
    const header = yield* entitiesOf(producer, catalogue, entry, memory);
    if (header.reason !== undefined) return refused(header.reason, header.code);
    entities = header.entities;
  }
  const listed = registrationOf(catalogue, entry, entities, before, yield* isoNow);
  const registration =
    before !== undefined && keepsIds(producer, catalogue, entry) ? withScope(listed, before) : listed;
  const changed = before === undefined ? undefined : yield* rekeyedBy(producer, before, registration);
  if (changed !== undefined) {
    const details = {
      source,
      what: changed,
      more: flagsOf(registration.reading ?? {}, registration.idScope),
      given: { flags: flagList(registration.reading ?? {}, registration.idScope) },
    };
    const code = changesDays(changed) ? "source.ids_fixed" : "source.rekeyed";
    return refused(sourceError(code, details, settings.language).sentence);
  }
  const record = { key: source, value: JSON.stringify(registration) };
  const most = producer.log.maxRecordBytes("sources");
  if (!fitsIn(most, record)) {
    const details = { source, what: String(recordBytes(record)), more: String(most) };
    return refused(sourceError("source.record_too_large", details, settings.language).sentence);
  }
  if (!isDeepStrictEqual(before, registration)) yield* registrations.put(registration);
  return { is: "taken" };
});

/**
 * Whether `--id-scope {file}` came when the entry was published already: its sales keep their ids, later entries get
 * theirs.
 */
const keepsIds = ({ registry }: Producer, { idScope }: Catalogue, { source, options }: Entry): boolean =>
  options.idScope === undefined &&
  idScope?.includes(FILE_SCOPE) === true &&
  registry.last(source)?.value.identity != null;

const withScope = (
  { idScope: _, ...registration }: Registration,
  { idScope }: Registration,
): Registration => ({
  ...registration,
  ...(idScope === undefined ? {} : { idScope }),
});

/** The changed options that would change ids of existing sales (rule 4); undefined: none would. */
export const rekeyedBy = (
  { registry, settings }: Producer,
  before: Registration,
  now: Registration,
): Effect.Effect<string | undefined, DatabaseError> => {
  const { source } = now;
  const announced = registry.last(source)?.value;
  const keyed = ({ reading = {}, idScope }: Registration) => ({
    reading: resolveReading(reading, announced),
    idScope,
  });
  return Effect.try({
    try: () => rekeyed(announced, keyed(before), keyed(now)),
    catch: (error) => error,
  }).pipe(
    Effect.catch(asFailure(source, settings)),
    // The preset does not exist: the poll of the source reports that.
    Effect.catchTag("SourceError", () => Effect.succeed(undefined)),
  );
};

/** Whether the source's catalogue was removed, or no longer lists it. */
export const isForsaken = ({ registry }: Producer, { catalogue, unlisted }: Registration): boolean =>
  catalogue !== undefined && (unlisted !== undefined || registry.catalogue(catalogue) === undefined);

export type Header =
  | { readonly entities: Registration["entities"]; readonly reason?: undefined }
  | { readonly reason: string; readonly code: string };

/** Reads the header of an entry. An entry that was refused before is read again only when it has changed. */
export const entitiesOf = (
  producer: Producer,
  catalogue: Catalogue,
  entry: Entry,
  memory: CatalogueMemory,
): Effect.Effect<Header, DatabaseError> => {
  const { client, settings, registry, hosts } = producer;
  const { source } = entry;
  const requested = JSON.stringify([entry, catalogue.reading, catalogue.idScope, catalogue.entities]);
  const refusedBefore = memory.refused.get(source);
  let validators: Validators | null = null;
  const reading = Effect.try({
    try: () => {
      const own = readingOf(catalogue, entry);
      return {
        reading: resolveReading(own, registry.last(source)?.value),
        preset: own.preset === undefined ? undefined : presetNamed(own.preset),
      };
    },
    catch: (error) => error,
  }).pipe(Effect.catch(asFailure(source, settings)));
  const read = Effect.scoped(
    reading.pipe(
      Effect.flatMap(({ reading, preset }) =>
        fetchVersion({
          client,
          settings,
          source,
          trust: trustOf(settings, { source, catalogue: catalogue.catalogue }, catalogue),
          entities: entry.entities ?? catalogue.entities ?? preset?.entities,
          reading,
          shared: true,
          idScope: scopeOf(catalogue, entry),
          before: registry.last(source)?.value,
          known: refusedBefore?.requested === requested ? refusedBefore.validators : null,
          onFetched: (found) => {
            validators = found;
          },
        }),
      ),
      Effect.map(
        (version): Header =>
          version === undefined
            ? { reason: refusedBefore?.reason ?? "", code: refusedBefore?.code ?? "source.empty" }
            : { entities: version.dialect.entities },
      ),
    ),
  );
  const slow = Effect.suspend(() =>
    Effect.fail(
      sourceError("catalogue.entry_slow", { source, what: String(ENTRY_MS / 60_000) }, settings.language),
    ),
  );
  const within = read.pipe(Effect.timeoutOrElse({ duration: ENTRY_MS, orElse: () => slow }));
  return hosts.turn(source, within).pipe(
    Effect.catchTag("SourceError", ({ sentence, code }) =>
      Effect.succeed<Header>({ reason: sentence, code }),
    ),
    Effect.tap((header) =>
      Effect.sync(() => {
        if (header.reason !== undefined) memory.refused.set(source, { requested, validators, ...header });
      }),
    ),
  );
};

/** The reading options of an entry, before it is known what it holds: those of its catalogue, replaced by its own. */
export const readingOf = ({ reading }: Catalogue, { options }: Entry): ReadingOptions => ({
  ...reading,
  ...options.reading,
});

const scopeOf = ({ idScope }: Catalogue, { source, options }: Entry): string | undefined => {
  const scope = options.idScope ?? idScope;
  return scope === undefined ? undefined : scopeNamed(scope, source);
};

/** `now`: the date of a new registration, in ISO 8601. */
export function registrationOf(
  listed: Catalogue,
  entry: Entry,
  entities: Registration["entities"],
  before: Registration | undefined,
  now: string,
): Registration {
  const { catalogue, every, once, duplicates, vanished, accepted = [] } = listed;
  const { source, options } = entry;
  const own = before?.entities ?? entities;
  const read = { ...fitting(listed.reading ?? {}, own), ...options.reading };
  const rows = options.vanished ?? vanished;
  const scope = scopeOf(listed, entry);
  return {
    v: 1,
    kind: "source",
    source,
    entities: own,
    every: options.every ?? every,
    once: options.once ?? once,
    duplicates: options.duplicates ?? duplicates,
    ...(Object.keys(read).length === 0 ? {} : { reading: read }),
    ...(rows === undefined ? {} : { vanished: rows }),
    ...(scope === undefined ? {} : { idScope: scope }),
    ...(before?.accepted === undefined ? {} : { accepted: before.accepted }),
    ...(before?.decided === undefined ? {} : { decided: before.decided }),
    ...(accepted.length === 0 ? {} : { inherited: accepted }),
    catalogue,
    ...(before?.reread === undefined ? {} : { reread: before.reread }),
    registered: before?.registered ?? now,
  };
}
