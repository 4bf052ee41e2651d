/** The sources that operators name: looked into, registered, listed, removed. */
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import { type EntityName, entityNamed } from "#shared/entities/index.ts";
import type { Announcement, Registration, SourceStatus } from "#shared/event.ts";
import { MASK, masked } from "#shared/masked.ts";
import type { RejectCode } from "#shared/sentences.ts";
import { Settings } from "#shared/settings.ts";
import type { LogFailure, PublishFailure } from "#shared/topic-log/errors.ts";
import { type NewRecord, TopicLog } from "#shared/topic-log/topic-log.ts";
import type { Delimiter } from "./csv/record-reader.ts";
import { asFailure, fetchSource } from "./download/index.ts";
import { EventWriter, goneRow, keyOfClaim } from "./events.ts";
import { STATE_PARTS } from "./fingerprint.ts";
import { takeOver } from "./look.ts";
import { rememberNamed } from "./named-files.ts";
import { makeHttpClient, makePassingProducer } from "./producer.ts";
import { topicsOf } from "./read-back.ts";
import { Registry } from "./registry.ts";
import { inSlices } from "./slices.ts";
import { type SourceError, sourceError } from "./source-error.ts";
import { isFileSource, namedSource, sourceId } from "./source-ref.ts";
import { announcedStatus } from "./status.ts";
import { type InspectedReject, type InspectedRow, Version } from "./version.ts";

/** Rows shown of a file that is looked into. */
const SHOWN_ROWS = 5;
const GONE_BATCH = 4_000;

export interface InspectOptions {
  /** What the operator says it publishes. */
  readonly entity?: EntityName | undefined;
}

export interface Inspection {
  /** The source's id. */
  readonly source: string;
  readonly entity: EntityName;
  readonly delimiter: Delimiter;
  /** Each field of the header, and what it is read as; `column` null: kept in extras under `name`. */
  readonly mapping: readonly {
    readonly field: string;
    readonly column: string | null;
    readonly name: string;
  }[];
  readonly records: number;
  readonly rounded: number;
  /** The first rows. */
  readonly rows: readonly InspectedRow[];
  /** How many records each code sets aside, with the first of them. */
  readonly rejects: readonly {
    readonly code: RejectCode;
    readonly count: number;
    readonly first: InspectedReject;
  }[];
}

const idOf = (reference: string) =>
  Effect.gen(function* () {
    const settings = yield* Settings;
    return yield* Effect.try({ try: () => sourceId(reference), catch: (error) => error }).pipe(
      Effect.catch(asFailure(reference, settings)),
    );
  });

/** The version that a source is now, opened; it goes with the scope. */
const openVersion = Effect.fnUntraced(function* (
  source: string,
  entity: EntityName | undefined,
  before: Announcement | undefined,
): Effect.fn.Return<Version, SourceError | DatabaseError, Settings | Scope.Scope> {
  const settings = yield* Settings;
  const client = yield* makeHttpClient;
  const fetched = yield* fetchSource({
    client,
    settings,
    source,
    known: null,
    resumeFrom: null,
    throughTopic: false,
    trusted: "operator",
    goOn: false,
  });
  if (fetched.kind === "unchanged") return yield* Effect.die(new Error("unchanged without validators"));
  return yield* Effect.acquireRelease(
    Effect.try({
      try: () => new Version({ file: fetched.file, entity, source, settings, before, complete: true }),
      catch: (error) => error,
    }).pipe(Effect.catch(asFailure(source, settings))),
    (version) => Effect.sync(() => version.close()),
  );
});

/** Reads a source whole and says how it would be taken. Writes nothing. */
export const inspectSource = (
  reference: string,
  options: InspectOptions = {},
): Effect.Effect<Inspection, SourceError | DatabaseError, Settings> =>
  Effect.scoped(inspect(reference, options));

const inspect = Effect.fnUntraced(function* (
  reference: string,
  { entity }: InspectOptions,
): Effect.fn.Return<Inspection, SourceError | DatabaseError, Settings | Scope.Scope> {
  const settings = yield* Settings;
  const source = yield* idOf(reference);
  const version = yield* openVersion(source, entity, undefined);
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
    entity: version.dialect.entity,
    delimiter: version.dialect.delimiter,
    mapping: version.decoder.mapping,
    records: version.records,
    rounded: version.rounded,
    rows,
    rejects: [...rejects.values()].sort((a, b) => b.count - a.count),
  };
});

export interface RegisterOptions extends InspectOptions {
  /** Milliseconds between looks. Of these options, those not given stay as they are registered. */
  readonly every?: number | null | undefined;
  readonly once?: boolean | undefined;
  readonly duplicates?: Registration["duplicates"] | undefined;
}

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
  const source = yield* idOf(reference);
  const registry = new Registry(log);
  yield* registry.refresh(registry.partition(source));
  const before = registry.registration(source);
  const announced = registry.last(source)?.value;
  // What it published stays what it publishes: its events are in that entity's topic.
  const entity = announced?.entities[0] ?? options.entity;
  const version = yield* openVersion(source, entity, announced);
  if (options.entity !== undefined && options.entity !== version.dialect.entity)
    return yield* sourceError(
      "source.wrong_entity",
      { source, what: options.entity, more: version.dialect.entity },
      (yield* Settings).language,
    );
  const registration: Registration = {
    v: 1,
    kind: "source",
    source,
    entities: [version.dialect.entity],
    every: options.every === undefined ? (before?.every ?? null) : options.every,
    once: options.once ?? before?.once ?? false,
    duplicates: options.duplicates ?? before?.duplicates ?? "keep",
    registered: before?.registered ?? new Date().toISOString(),
  };
  // Remembered first: a running producer takes it up the moment that it is registered.
  const settings = yield* Settings;
  if (settings.kafka !== null && isFileSource(source))
    yield* Effect.try({
      try: () => rememberNamed(settings.data, source),
      catch: (error) => error,
    }).pipe(Effect.catch(asFailure(source, settings)));
  if (before === undefined || JSON.stringify(before) !== JSON.stringify(registration))
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
export const listSources: Effect.Effect<readonly ListedSource[], LogFailure, TopicLog> = Effect.gen(
  function* () {
    const registry = new Registry(yield* TopicLog);
    yield* registry.refresh();
    return registry.registrations().map((registration) => {
      const last = registry.last(registration.source);
      return {
        registration,
        announcement: last?.value ?? null,
        status: announcedStatus(registration, last),
      };
    });
  },
);

/** The id of what was registered, as it was given then or as it is shown: without its secrets. */
const registeredAs = Effect.fnUntraced(function* (
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

export interface RemoveOptions {
  /** Undo what it alone had brought: every claim of it is withdrawn. */
  readonly withdraw?: boolean | undefined;
}

export interface Removed {
  readonly source: string;
  /** Events that withdraw a claim. */
  readonly withdrawn: number;
}

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
  const source = yield* registeredAs(reference, registry);
  const announced = registry.last(source)?.value;
  if (registry.registration(source) === undefined && !(withdraw && announced !== undefined))
    return yield* sourceError("source.not_registered", { source }, settings.language);
  yield* log.publish("sources", [{ key: source, value: null }]);
  const entity = announced?.entities[0];
  if (!withdraw || entity === undefined) return { source, withdrawn: 0 };

  // From its marks on, whatever another producer still sends of this source does not count.
  yield* takeOver(producer, { source, entities: [entity] });
  const last = registry.last(source);
  const writer = new EventWriter({
    source,
    version: last?.offset ?? 0,
    published: new Date().toISOString(),
    day: last?.value.day ?? new Date().toISOString().slice(0, 10),
  });
  const { id } = state.source(source);
  let withdrawn = 0;
  for (const topic of topicsOf(entity)) {
    const gone: NewRecord[] = [];
    for (let part = 0; part < STATE_PARTS; part++) {
      for (const claim of state.held(id, topic === "rejets", part))
        gone.push({
          key: keyOfClaim(claim),
          value: writer.gone(0, goneRow(topic, entityNamed(entity).key, claim)),
        });
      while (gone.length >= GONE_BATCH || (part === STATE_PARTS - 1 && gone.length > 0)) {
        const batch = gone.splice(0, GONE_BATCH);
        yield* log.publish(topic, batch);
        withdrawn += batch.length;
      }
    }
  }
  return { source, withdrawn };
});
