/**
 * One look at one source, by rules 19 to 21: take it over unless the announcement before is our own; download;
 * diff; announce the version; emit; remember. Killed at any place, a later look of any producer ends with the same
 * claims: what was sent is read back, what was not is sent.
 */
import { statSync } from "node:fs";
import * as Effect from "effect/Effect";
import type * as Semaphore from "effect/Semaphore";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import type { EntityName } from "#shared/entities/index.ts";
import { type Announcement, type Registration, type VersionCounts, versionKey } from "#shared/event.ts";
import { partitionOf } from "#shared/partitioner.ts";
import type { SettingsShape } from "#shared/settings.ts";
import type { PublishFailure } from "#shared/topic-log/errors.ts";
import type { NewRecord, TopicLog } from "#shared/topic-log/topic-log.ts";
import type { EventTopic } from "#shared/topics.ts";
import { byCodeUnit, restOf } from "./decode.ts";
import { VersionDiff } from "./diff/version-diff.ts";
import { type Validators, validatorsOf } from "./download/fetched.ts";
import type { HttpClient } from "./download/http.ts";
import { asFailure, fetchSource, spoolPath } from "./download/index.ts";
import { EventWriter, goneRow, keyOfClaim } from "./events.ts";
import { STATE_PARTS } from "./fingerprint.ts";
import { isNamedHere } from "./named-files.ts";
import { imageOf, readBack, topicsOf } from "./read-back.ts";
import type { Registry } from "./registry.ts";
import { breathe, inSlices } from "./slices.ts";
import type { SourceError } from "./source-error.ts";
import { isFileSource, pathOfSource } from "./source-ref.ts";
import type { SourceState, State } from "./state/state.ts";
import { BusinessZone } from "./values.ts";
import { Version } from "./version.ts";

/** Records of one publish. */
const BATCH = 4_000;

export interface Progress {
  readonly source: string;
  readonly phase: "download" | "read" | "emit" | "done";
  /** Records read, or events emitted, so far. */
  readonly done: number;
  readonly rejected: number;
}

/** What a look needs; one for all sources of a producer. */
export interface Producer {
  readonly log: TopicLog["Service"];
  readonly settings: SettingsShape;
  readonly state: State;
  readonly registry: Registry;
  readonly client: HttpClient;
  /** Names this producer in announcements. */
  readonly id: string;
  /** One diff and one publish at a time. */
  readonly gate: Semaphore.Semaphore;
  readonly onProgress: (progress: Progress) => void;
}

export type LookFailure = SourceError | DatabaseError | PublishFailure;

export interface LookResult {
  readonly counts: VersionCounts;
  /** null: nothing was ever announced. */
  readonly version: number | null;
  /** Whether this look announced one. */
  readonly announced: boolean;
  readonly entities: readonly EntityName[];
  /** How long the server says that its answer is fresh, in milliseconds; null: it says nothing. */
  readonly freshMs: number | null;
}

type VersionResult = Omit<LookResult, "freshMs">;

const NOTHING: VersionCounts = {
  records: 0,
  emitted: 0,
  unchanged: 0,
  superseded: 0,
  rejected: 0,
  vanished: 0,
  rounded: 0,
};

/** What an unchanged version counts as. */
const nothingNew = (last: VersionCounts | null): VersionCounts =>
  last === null
    ? NOTHING
    : { ...last, emitted: 0, unchanged: last.records - last.superseded - last.rejected };

export interface LookOptions {
  /** `once`: the last line of a file is a record, line end or not. */
  readonly mode: "follow" | "once";
}

/** A local file that was not written for this long is not growing: its last line is a record, line end or not. */
const AT_REST_MS = 10_000;

/** Whether the last line is a record (rule 7). Should it be extended after all, the earlier row is withdrawn. */
const isComplete = (source: string, mode: LookOptions["mode"]): boolean => {
  if (mode === "once" || !isFileSource(source)) return true;
  const written = statSync(pathOfSource(source), { throwIfNoEntry: false })?.mtimeMs;
  return written !== undefined && Date.now() - written >= AT_REST_MS;
};

export const lookAt = Effect.fnUntraced(function* (
  producer: Producer,
  registration: Registration,
  { mode }: LookOptions,
): Effect.fn.Return<LookResult, LookFailure> {
  // Another producer may come between again and again; each time one of the two goes on.
  for (;;) {
    const result = yield* lookOnce(producer, registration, mode);
    if (result !== undefined) return result;
  }
});

/** undefined: another producer announced the source between our diff and our events; to start over. */
const lookOnce = Effect.fnUntraced(function* (
  producer: Producer,
  registration: Registration,
  mode: LookOptions["mode"],
): Effect.fn.Return<LookResult | undefined, LookFailure> {
  const { registry, state, settings, client, gate } = producer;
  const { source } = registration;
  yield* registry.refresh(registry.partition(source));
  const own = isOwn(producer, source);
  if (!own) yield* takeOver(producer, registration).pipe(gate.withPermit);

  const known = own ? validatorsOf(state.source(source).validators) : null;
  const complete = isComplete(source, mode);
  const reread = known?.left === true && complete;
  producer.onProgress({ source, phase: "download", done: 0, rejected: 0 });
  const fetched = yield* fetchSource({
    client,
    settings,
    source,
    known: reread ? null : known,
    resumeFrom: null,
    trusted: "operator",
    goOn: true,
    throughTopic: !(isFileSource(source) && isNamedHere(settings.data, source)),
  });
  if (fetched.kind === "unchanged") {
    state.save(state.source(source), { validators: fetched.validators });
    const last = registry.last(source);
    return {
      counts: { ...nothingNew(last?.value.counts ?? null), vanished: state.source(source).vanished },
      version: last?.offset ?? null,
      announced: false,
      entities: registration.entities,
      freshMs: fetched.freshMs,
    };
  }
  const published = yield* publishVersion(
    producer,
    registration,
    complete,
    fetched.file,
    fetched.validators,
  ).pipe(gate.withPermit);
  return published && { ...published, freshMs: fetched.freshMs };
});

/** Whether the source's last announcement is ours and everything that we sent after it was acknowledged. */
function isOwn({ state, registry }: Producer, source: string): boolean {
  const { announcement, pending } = state.source(source);
  return announcement !== null && !pending && registry.last(source)?.offset === announcement;
}

const today = (settings: SettingsShape): string => new BusinessZone(settings.timeZone).day(Date.now());

/** The day of publication: never before that of the version before. */
const dayAfter = (settings: SettingsShape, before: string | null | undefined): string => {
  const day = today(settings);
  return before != null && before > day ? before : day;
};

/** Announces, and returns the offset. The state says `pending` from before the send. */
const announce = Effect.fnUntraced(function* (
  { log, state, registry }: Producer,
  value: Announcement,
): Effect.fn.Return<number, PublishFailure> {
  const { source } = value;
  state.save(state.source(source), { pending: true, validators: null });
  const partition = registry.partition(source);
  const [published] = yield* log.publish("sources", [
    { key: versionKey(source), value: JSON.stringify(value), partition },
  ]);
  const offset = published?.firstOffset ?? -1;
  state.save(state.source(source), { announcement: offset });
  yield* registry.refresh(partition);
  return offset;
});

/** Announces a takeover, writes its marks and reads up to them (rule 20). */
export const takeOver = Effect.fnUntraced(function* (
  producer: Producer,
  { source, entities }: Pick<Registration, "source" | "entities">,
): Effect.fn.Return<void, PublishFailure> {
  const { log, settings, state, registry } = producer;
  const before = registry.last(source)?.value;
  const published = new Date().toISOString();
  const day = dayAfter(settings, before?.day);
  const version = yield* announce(producer, {
    v: 1,
    kind: "takeover",
    source,
    producer: producer.id,
    published,
    entities,
    identity: before?.identity ?? null,
    header: before?.header ?? null,
    open: before?.open ?? null,
    day: before?.day ?? null,
    counts: before?.counts ?? null,
  });
  const mark = new EventWriter({ source, version, published, day }).mark();
  const [entity] = entities;
  if (entity !== undefined) {
    for (const topic of topicsOf(entity))
      yield* log.publish(
        topic,
        Array.from({ length: log.partitions(topic) }, (_, partition) => ({
          key: source,
          value: mark,
          partition,
        })),
      );
    yield* readBack({
      log,
      state,
      source: state.source(source),
      entity,
      columns: undefined,
      scratch: spoolPath(settings.data),
    });
  }
  state.save(state.source(source), { pending: false });
});

const publishVersion = Effect.fnUntraced(function* (
  producer: Producer,
  registration: Registration,
  complete: boolean,
  file: string,
  validators: Validators,
): Effect.fn.Return<VersionResult | undefined, LookFailure> {
  const { settings, registry } = producer;
  const { source } = registration;
  const fail = asFailure(source, settings);
  const before = registry.last(source)?.value;
  const version = yield* Effect.try({
    try: () =>
      new Version({
        file,
        entity: registration.entities[0],
        source,
        settings,
        before,
        complete,
      }),
    catch: (error) => error,
  }).pipe(Effect.catch(fail));
  return yield* diffAndEmit(producer, registration, version, before, validators).pipe(
    Effect.ensuring(Effect.sync(() => version.close())),
  );
});

const diffAndEmit = Effect.fnUntraced(function* (
  producer: Producer,
  registration: Registration,
  version: Version,
  before: Announcement | undefined,
  validators: Validators,
): Effect.fn.Return<VersionResult | undefined, LookFailure> {
  const { log, state, settings, registry } = producer;
  const { source } = registration;
  const { entity } = version.decoder;
  const fail = asFailure(source, settings);

  let held = state.source(source);
  if (!comparable(held, version.columns)) {
    // Read from the start: until it is through, the state is not to be relied on.
    held = state.save(held, { pending: true });
    held = yield* readBack({
      log,
      state,
      source: held,
      entity: entity.name,
      columns: version.columns,
      scratch: spoolPath(settings.data),
    });
    held = state.save(held, { pending: false });
  }
  const diff = new VersionDiff({
    entity,
    state,
    source: held.id,
    dropDuplicates: registration.duplicates === "drop",
    scratch: spoolPath(settings.data),
  });
  return yield* Effect.gen(function* () {
    yield* inSlices(function* () {
      for (const _ of version.readInto(diff)) {
        producer.onProgress({
          source,
          phase: "read",
          done: diff.rows.count + diff.rejects.count,
          rejected: diff.rejects.count,
        });
        yield;
      }
      yield* diff.decide();
    }, fail);
    const counts: VersionCounts = {
      records: version.records,
      emitted: diff.emitted,
      unchanged: diff.unchanged,
      superseded: diff.superseded,
      rejected: diff.rejected,
      vanished: diff.vanished,
      rounded: version.rounded,
    };
    const remembered = {
      columns: version.columns,
      seen: union(held.seen, version.columns),
      validators: { ...validators, left: version.left },
      vanished: diff.vanished,
    };
    if (diff.events === 0 && sameOpen(before?.open, version.open)) {
      state.save(state.source(source), remembered);
      const last = registry.last(source);
      return { counts, version: last?.offset ?? null, announced: false, entities: [entity.name] };
    }

    const published = new Date().toISOString();
    const day = dayAfter(settings, before?.day);
    const ours = held.announcement;
    const number = yield* announce(producer, {
      v: 1,
      kind: "version",
      source,
      producer: producer.id,
      published,
      entities: [entity.name],
      identity: before?.identity ?? version.decoder.names,
      header: version.dialect.header,
      open: version.open,
      day,
      counts,
    });
    // Another's announcement has come between, and perhaps events that this diff does not know. The state says
    // pending, so the next look takes the source over.
    if (registry.before(source, number) !== ours) return undefined;

    const writer = new EventWriter({ source, version: number, published, day });
    yield* emit(producer, version, diff, writer);
    yield* inSlices(() => diff.remember(), fail);
    state.save(state.source(source), { ...remembered, dirty: true, pending: false });
    producer.onProgress({ source, phase: "done", done: diff.emitted, rejected: diff.rejected });
    return { counts, version: number, announced: true, entities: [entity.name] };
  }).pipe(Effect.ensuring(Effect.sync(() => diff.close())));
});

/** Whether fingerprints over these columns can be compared with those held. */
function comparable({ columns, seen }: SourceState, now: readonly string[]): boolean {
  if (seen === null || seen.length === 0) return true;
  // Every column that ever was, and more: what lacks one of them differs anyway.
  if (columns !== null && seen.every((name) => now.includes(name)) && columns.length === seen.length)
    return true;
  return columns !== null && columns.length === now.length && columns.every((name, i) => name === now[i]);
}

const union = (a: readonly string[] | null, b: readonly string[]): readonly string[] =>
  [...new Set([...(a ?? []), ...b])].sort(byCodeUnit);

const sameOpen = (a: Announcement["open"] | undefined, b: Announcement["open"]): boolean =>
  (a ?? null) === null ? b === null : b !== null && a?.line === b.line && a.raw === b.raw;

/** Rows and rejects in file order, then withdrawals. One publish at a time. */
const emit = Effect.fnUntraced(function* (
  { log, settings, onProgress }: Producer,
  version: Version,
  diff: VersionDiff,
  writer: EventWriter,
): Effect.fn.Return<void, LookFailure> {
  const { source } = writer.stamp;
  const { entity } = version.decoder;
  const fail = asFailure(source, settings);
  let done = 0;
  const send = Effect.fnUntraced(function* (topic: EventTopic, records: NewRecord[], least: number) {
    while (records.length >= least && records.length > 0) {
      const batch = records.splice(0, BATCH);
      yield* log.publish(topic, batch);
      done += batch.length;
      onProgress({ source, phase: "emit", done, rejected: diff.rejected });
      yield* breathe;
    }
  });

  const rows: NewRecord[] = [];
  const rejects: NewRecord[] = [];
  if (diff.emitted + diff.rejectEvents > 0) {
    const work = version.write(diff, writer, rows, rejects);
    for (let more = true; more; ) {
      more = yield* inSlices(function* () {
        while (rows.length < BATCH && rejects.length < BATCH) {
          if (work.next().done === true) return false;
          yield;
        }
        return true;
      }, fail);
      yield* send(entity.name, rows, more ? BATCH : 1);
      yield* send("rejets", rejects, more ? BATCH : 1);
    }
  }
  if (diff.withdrawals + diff.moves === 0) return;
  for (const reject of [false, true]) {
    const topic = reject ? "rejets" : entity.name;
    const gone: NewRecord[] = [];
    for (let part = 0; part < STATE_PARTS; part++) {
      const decision = diff.part(reject, part);
      for (const { row, to } of decision.moved) {
        const from = keyOfClaim(row);
        const image = yield* imageOf(log, source, topic, partitionOf(from, log.partitions(topic)), from);
        if (image === undefined) continue;
        const key = keyOfClaim({ key: row.key, ordinal: to });
        const rest = restOf(image.row, image.extras, entity.key, undefined);
        gone.push({ key, value: writer.row(entity.key, key, 0, rest) });
      }
      for (const claim of decision.gone)
        gone.push({ key: keyOfClaim(claim), value: writer.gone(0, goneRow(topic, entity.key, claim)) });
      yield* send(topic, gone, BATCH);
      if (part % 64 === 63) yield* breathe;
    }
    yield* send(topic, gone, 1);
  }
});
