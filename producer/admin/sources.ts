/** The sources that operators name: looked into, registered, listed, removed. */
import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import { type EntityName, entityNamed } from "#shared/entities/index.ts";
import type { Announcement, ReadingOptions, Registration, Removal, SourceStatus } from "#shared/event.ts";
import { MASK, masked } from "#shared/masked.ts";
import type { RejectCode } from "#shared/sentences.ts";
import { Settings } from "#shared/settings.ts";
import { inSlices } from "#shared/slices.ts";
import type { LogFailure, PublishFailure } from "#shared/topic-log/errors.ts";
import { type NewRecord, TopicLog } from "#shared/topic-log/topic-log.ts";
import type { Delimiter } from "../csv/index.ts";
import { isHashed, STATE_PARTS } from "../diff/index.ts";
import { makeHttpClient } from "../download/index.ts";
import { EventWriter, idsOf, topicsOf } from "../log/index.ts";
import type { ColumnFormats, ReadField } from "../rows/index.ts";
import { presetNamed, rekeyed, resolveReading, SALE_KEY, unkeyed } from "../rows/index.ts";
import {
  asFailure,
  isFileSource,
  namedSource,
  Registry,
  rememberNamed,
  type SourceError,
  sourceError,
  sourceId,
  type Trust,
  trustOf,
} from "../source/index.ts";
import { announce, announcedStatus, makePassingProducer, takeOver, withdrawal } from "../sync/index.ts";
import type { InspectedReject, InspectedRow, Version, VersionOptions } from "../version/index.ts";
import { openVersion } from "../version/index.ts";
import { changedReading, type ReadingChange } from "./reading-flags.ts";

/** Rows shown of a file that is looked into. */
const SHOWN_ROWS = 5;
const GONE_BATCH = 4_000;
/** Sales of a new source that are looked for among those of others. */
const COMPARED_SALES = 200;

export interface InspectOptions {
  /** What the operator says it publishes: one entity, or several of a wide file. */
  readonly entity?: EntityName | undefined;
  readonly entities?: readonly EntityName[] | undefined;
  /** How it is to be read; laid over what is registered. */
  readonly reading?: ReadingChange | undefined;
  /** null takes it back. */
  readonly idScope?: string | null | undefined;
}

const saidOf = ({ entity, entities }: InspectOptions): readonly EntityName[] | undefined =>
  entities ?? (entity === undefined ? undefined : [entity]);

export interface Inspection {
  /** The source's id. */
  readonly source: string;
  /** What it publishes; `entity` is the last of them. */
  readonly entity: EntityName;
  readonly entities: readonly EntityName[];
  readonly delimiter: Delimiter;
  /** Each field of the header, and what it is read as; `column` null: kept in extras under `name`. */
  readonly mapping: readonly (ReadField & { readonly entity: EntityName })[];
  /** How numbers and dates are written, where there was a choice: by the column's published name. */
  readonly formats: ColumnFormats;
  readonly records: number;
  /** Records that --where leaves out; they are none of `records`. */
  readonly skipped: number;
  readonly rounded: number;
  /** Values that were written as `="007"`. */
  readonly unwrapped: number;
  /** Ids that look the same and are kept apart, and how many there are. */
  readonly lookAlikes: { readonly count: number; readonly examples: readonly (readonly [string, string])[] };
  /** The first rows. */
  readonly rows: readonly InspectedRow[];
  /** How many records each code sets aside, with the first of them. */
  readonly rejects: readonly {
    readonly code: RejectCode;
    readonly count: number;
    readonly first: InspectedReject;
  }[];
}

export const idOf = (reference: string) =>
  Effect.gen(function* () {
    const settings = yield* Settings;
    return yield* Effect.try({ try: () => sourceId(reference), catch: (error) => error }).pipe(
      Effect.catch(asFailure(reference, settings)),
    );
  });

/** Opened for its header, whatever is known of it; it goes with the scope. */
const opened = Effect.fnUntraced(function* (
  source: string,
  options: Pick<VersionOptions, "entities" | "reading" | "idScope" | "before">,
  trust: Trust,
): Effect.fn.Return<Version, SourceError | DatabaseError, Settings | Scope.Scope> {
  const settings = yield* Settings;
  const client = yield* makeHttpClient;
  const version = yield* openVersion({ ...options, client, settings, source, trust });
  return version ?? (yield* Effect.die(new Error("unchanged without validators")));
});

/** Named on this command line. */
const BY_HAND: Trust = { trusted: "operator", throughTopic: false, within: null };

/** Reads a source whole and says how it would be taken. Writes nothing. */
export const inspectSource = (
  reference: string,
  options: InspectOptions = {},
): Effect.Effect<Inspection, SourceError | DatabaseError, Settings> =>
  Effect.scoped(inspect(reference, options));

const inspect = Effect.fnUntraced(function* (
  reference: string,
  options: InspectOptions,
): Effect.fn.Return<Inspection, SourceError | DatabaseError, Settings | Scope.Scope> {
  const settings = yield* Settings;
  const source = yield* idOf(reference);
  const own = changedReading(undefined, options.reading ?? {}) ?? {};
  const { reading, preset } = yield* resolved(source, own);
  const version = yield* opened(
    source,
    {
      entities: saidOf(options) ?? preset?.entities,
      reading,
      idScope: options.idScope ?? undefined,
      before: undefined,
    },
    BY_HAND,
  );
  const rows: InspectedRow[] = [];
  const rejects = new Map<RejectCode, { code: RejectCode; count: number; first: InspectedReject }>();
  const sink = {
    rows: SHOWN_ROWS,
    row: (row: InspectedRow) => rows.push(row),
    reject: (first: InspectedReject) => {
      const found = rejects.get(first.code);
      if (found === undefined) rejects.set(first.code, { code: first.code, count: 1, first });
      else found.count++;
    },
  };
  yield* inSlices(() => version.inspect(sink), asFailure(source, settings));
  return {
    source,
    entity: version.dialect.entities.at(-1) as EntityName,
    entities: version.dialect.entities,
    delimiter: version.dialect.delimiter,
    mapping: version.decoders.flatMap(({ entity, mapping }) =>
      mapping.map((field) => ({ ...field, entity: entity.name })),
    ),
    formats: version.formats,
    records: version.records,
    skipped: version.filtered,
    rounded: version.rounded,
    // One value may be read for several entities.
    unwrapped: Math.max(...version.decoders.map((decoder) => decoder.unwrapped)),
    lookAlikes: {
      count: version.decoders.reduce((sum, { lookAlikes }) => sum + (lookAlikes?.count ?? 0), 0),
      examples: version.decoders.flatMap(({ lookAlikes }) => lookAlikes?.examples ?? []),
    },
    rows,
    rejects: [...rejects.values()].sort((a, b) => b.count - a.count),
  };
});

export interface RegisterOptions extends InspectOptions {
  /** Milliseconds between looks. Of these options, those not given stay as they are registered. */
  readonly every?: number | null | undefined;
  readonly once?: boolean | undefined;
  readonly duplicates?: Registration["duplicates"] | undefined;
  /** null takes it back. */
  readonly vanished?: Registration["vanished"] | null | undefined;
  /** A change of options may change the ids of its sales (rule 4). */
  readonly rekey?: boolean | undefined;
  /** Named through HTTP, not by an operator. */
  readonly discovered?: boolean | undefined;
  /** Told ids of its first sales, when it is registered the first time. */
  readonly onFirstSales?: (ids: readonly string[]) => void;
}

/** The options that it is read with, and its preset. */
const resolved = Effect.fnUntraced(function* (source: string, own: ReadingOptions) {
  const settings = yield* Settings;
  return yield* Effect.try({
    try: () => ({
      reading: resolveReading(own),
      preset: own.preset === undefined ? undefined : presetNamed(own.preset),
    }),
    catch: (error) => error,
  }).pipe(Effect.catch(asFailure(source, settings)));
});

/** Reads the source's header, then registers it; the same registration again writes nothing. */
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
  const source = yield* idOf(reference);
  const registry = new Registry(log);
  yield* registry.refresh(registry.partition(source));
  if (registry.catalogue(source) !== undefined)
    return yield* sourceError("source.is_catalogue", { source }, settings.language);
  const before = registry.registration(source);
  const announced = registry.last(source)?.value;
  // What an operator named before stays trusted as that, whoever names it again.
  const isDiscovered = options.discovered === true && (before === undefined || before.discovered === true);
  const trust = isDiscovered ? trustOf(settings, { source, discovered: true }) : BY_HAND;
  const own = changedReading(before?.reading, options.reading ?? {});
  const idScope = options.idScope === undefined ? before?.idScope : (options.idScope ?? undefined);
  const vanished = options.vanished === undefined ? before?.vanished : (options.vanished ?? undefined);
  const { reading, preset } = yield* resolved(source, own ?? {});
  const { language } = settings;
  const was = yield* resolved(source, before?.reading ?? {});
  const changed = rekeyed(
    before === undefined ? undefined : announced,
    { reading: was.reading, idScope: before?.idScope },
    { reading, idScope },
  );
  if (changed !== undefined && options.rekey !== true)
    return yield* sourceError("source.rekeyed", { source, what: changed }, language);
  // What it published stays what it publishes: its events are in those entities' topics, unless they were withdrawn.
  const published = announced?.identity == null ? undefined : announced.entities;
  const said = saidOf(options);
  const version = yield* opened(
    source,
    {
      entities: published ?? said ?? preset?.entities ?? before?.entities,
      reading,
      idScope,
      before: changed === undefined ? announced : unkeyed(announced),
    },
    trust,
  );
  // Which days a sale with an id is of, the producer does not know; nor which days a sale was of that was misread.
  if (
    changed !== undefined &&
    (changed.split(", ").includes("date_vente") ||
      !(version.isKeyless && announced?.identity?.includes(SALE_KEY) === false))
  )
    return yield* sourceError("source.not_rekeyed", { source, what: changed }, language);
  const rekey = changed === undefined ? before?.rekey : new Date().toISOString();
  const { entities } = version.dialect;
  if (said !== undefined && said.join() !== entities.join())
    return yield* sourceError(
      "source.wrong_entity",
      { source, what: said.join(", "), more: entities.join(", ") },
      language,
    );
  if (options.onFirstSales !== undefined && before === undefined && entities.includes("ventes"))
    options.onFirstSales(
      yield* inSlices(() => version.firstIds(COMPARED_SALES), asFailure(source, settings)),
    );
  const registration: Registration = {
    v: 1,
    kind: "source",
    source,
    entities,
    every: options.every === undefined ? (before?.every ?? null) : options.every,
    once: options.once ?? before?.once ?? false,
    duplicates: options.duplicates ?? before?.duplicates ?? "keep",
    ...(own === undefined ? {} : { reading: own }),
    ...(vanished === undefined ? {} : { vanished }),
    ...(idScope === undefined ? {} : { idScope }),
    ...(before?.confirmed === undefined ? {} : { confirmed: before.confirmed }),
    ...(isDiscovered ? { discovered: true as const } : {}),
    ...(before?.reread === undefined ? {} : { reread: before.reread }),
    ...(rekey === undefined ? {} : { rekey }),
    registered: before?.registered ?? new Date().toISOString(),
  };
  // Remembered first: a running producer takes it up the moment that it is registered.
  if (settings.kafka !== null && isFileSource(source) && !isDiscovered)
    yield* Effect.try({
      try: () => rememberNamed(settings.data, source),
      catch: (error) => error,
    }).pipe(Effect.catch(asFailure(source, settings)));
  if (!isDeepStrictEqual(before, registration))
    yield* log.publish("sources", [{ key: source, value: JSON.stringify(registration) }]);
  return registration;
});

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

/**
 * Takes a record out of the topic that is no registration, named by its key or as it is shown. undefined: there is
 * none.
 */
export const removeInvalid = Effect.fnUntraced(function* (
  named: string,
  show: (key: string) => string,
): Effect.fn.Return<Removed | undefined, PublishFailure, TopicLog> {
  const log = yield* TopicLog;
  const registry = new Registry(log);
  yield* registry.refresh();
  const records = registry.refused();
  const found =
    records.find(({ key, shown }) => key === named || shown === named) ??
    records.find(({ shown }) => show(shown) === named);
  if (found === undefined) return undefined;
  const { key, partition, shown } = found;
  yield* log.publish("sources", [{ key, value: null, partition }]);
  return { source: shown, withdrawn: 0 };
});

export interface RemoveOptions {
  /** Undo what it alone had brought: every claim of it is withdrawn. */
  readonly withdraw?: boolean | undefined;
}

export interface Removed {
  readonly source: string;
  /** Events that withdraw a claim. */
  readonly withdrawn: number;
}

/** What stands in the place of a registration: of an entry, that it was removed, for its catalogue still lists it. */
function removalOf(registry: Registry, source: string): string | null {
  const catalogue = registry.registration(source)?.catalogue;
  if (catalogue === undefined || registry.catalogue(catalogue) === undefined) return null;
  return JSON.stringify(removal(source, catalogue));
}

const removal = (source: string, catalogue: string): Removal => ({
  v: 1,
  kind: "removed",
  source,
  catalogue,
  removed: new Date().toISOString(),
});

/** Stops following a source. Running producers notice within a second. */
export const removeSource = (
  reference: string,
  options: RemoveOptions = {},
): Effect.Effect<Removed, SourceError | DatabaseError | PublishFailure, TopicLog | Settings> =>
  Effect.scoped(remove(reference, options));

const remove = Effect.fnUntraced(function* (
  reference: string,
  { withdraw = false }: RemoveOptions,
): Effect.fn.Return<
  Removed,
  SourceError | DatabaseError | PublishFailure,
  TopicLog | Settings | Scope.Scope
> {
  const log = yield* TopicLog;
  const settings = yield* Settings;
  const producer = yield* makePassingProducer();
  const { registry, state } = producer;
  // Of all: its catalogue is under another key.
  yield* registry.refresh();
  const source = yield* registeredAs(reference, registry);
  const announced = registry.last(source)?.value;
  if (registry.registration(source) === undefined && !(withdraw && announced !== undefined))
    return yield* sourceError("source.not_registered", { source }, settings.language);
  yield* log.publish("sources", [{ key: source, value: removalOf(registry, source) }]);
  const entities = announced?.entities ?? [];
  if (!withdraw || entities.length === 0) return { source, withdrawn: 0 };

  // From its marks on, whatever another producer still sends of this source does not count.
  yield* takeOver(producer, { source, entities });
  const last = registry.last(source);
  const writer = new EventWriter({
    source,
    version: last?.offset ?? 0,
    published: new Date().toISOString(),
    day: last?.value.day ?? new Date().toISOString().slice(0, 10),
  });
  const { id } = state.source(source);
  let withdrawn = 0;
  for (const topic of topicsOf(entities)) {
    const keyColumn = topic === "rejets" ? "id" : entityNamed(topic).key;
    const hashed: string[] = [];
    for (let part = 0; part < STATE_PARTS; part++)
      for (const { key } of state.held(id, topic, part)) if (isHashed(key)) hashed.push(key);
    const ids = yield* idsOf(log, source, topic, hashed);
    const gone: NewRecord[] = [];
    for (let part = 0; part < STATE_PARTS; part++) {
      for (const claim of state.held(id, topic, part))
        gone.push(withdrawal(writer, topic, keyColumn, claim, ids));
      while (gone.length >= GONE_BATCH || (part === STATE_PARTS - 1 && gone.length > 0)) {
        const batch = gone.splice(0, GONE_BATCH);
        yield* log.publish(topic, batch);
        withdrawn += batch.length;
      }
    }
  }
  // Nothing of what it was is left: added again, its first header decides anew (rule 4).
  if (last !== undefined) {
    const { reading: _, ...said } = last.value;
    yield* announce(producer, { ...said, identity: null, header: null, open: null, counts: null });
  }
  return { source, withdrawn };
});

/** Has an entry left alone that a catalogue lists and that was never taken up. */
export const removeEntry = Effect.fnUntraced(function* (
  source: string,
  catalogue: string,
): Effect.fn.Return<Removed, PublishFailure, TopicLog> {
  const log = yield* TopicLog;
  yield* log.publish("sources", [{ key: source, value: JSON.stringify(removal(source, catalogue)) }]);
  return { source, withdrawn: 0 };
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

/** Has registered sources read again whole at their next look, which follows at once. Returns what it is asked by. */
export const askReread = Effect.fnUntraced(function* (
  sources: readonly string[],
): Effect.fn.Return<
  { readonly reread: string; readonly asked: readonly string[] },
  PublishFailure,
  TopicLog
> {
  const log = yield* TopicLog;
  const registry = new Registry(log);
  yield* registry.refresh();
  const reread = randomUUID();
  const followed = new Map(registry.followed().map((one) => [one.source, one]));
  const asked = sources.flatMap((source) => {
    const registration = followed.get(source);
    return registration === undefined ? [] : [{ ...registration, reread }];
  });
  if (asked.length > 0)
    yield* log.publish(
      "sources",
      asked.map((one) => ({ key: one.source, value: JSON.stringify(one) })),
    );
  return { reread, asked: asked.map(({ source }) => source) };
});
