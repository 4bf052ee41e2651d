/**
 * One look at one source, by rules 19 to 21: take it over unless the announcement before is our own; download;
 * diff; announce the version; emit; remember. Killed at any place, a later look of any producer ends with the same
 * claims: what was sent is read back, what was not is sent. A version that only grew is read from where the one
 * before ended.
 */
import { createReadStream, createWriteStream, rmSync, statSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import * as Effect from "effect/Effect";
import type * as Semaphore from "effect/Semaphore";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import { ENTITY_NAMES, type EntityName } from "#shared/entities/index.ts";
import { type Announcement, type Registration, type VersionCounts, versionKey } from "#shared/event.ts";
import { partitionOf } from "#shared/partitioner.ts";
import type { SettingsShape } from "#shared/settings.ts";
import type { PublishFailure } from "#shared/topic-log/errors.ts";
import type { NewRecord, TopicLog } from "#shared/topic-log/topic-log.ts";
import type { EventTopic } from "#shared/topics.ts";
import { byCodeUnit, restOf } from "./decode.ts";
import type { ClaimKey } from "./diff/entity-diff.ts";
import { Vanishing } from "./diff/vanishing.ts";
import { VersionDiff } from "./diff/version-diff.ts";
import { contentHash, type Fetched, type Validators, validatorsOf } from "./download/fetched.ts";
import type { HttpClient } from "./download/http.ts";
import { asFailure, type fetchSource, spoolPath } from "./download/index.ts";
import { EventWriter, goneRow, keyOfClaim } from "./events.ts";
import { STATE_PARTS } from "./fingerprint.ts";
import type { Hosts } from "./following/hosts.ts";
import { resolveReading } from "./presets/index.ts";
import { idsOf, imageOf, readBack, topicsOf } from "./read-back.ts";
import type { Registry } from "./registry.ts";
import { breathe, inSlices } from "./slices.ts";
import { SourceError, SourceRefusal } from "./source-error.ts";
import { isFileSource, pathOfSource } from "./source-ref.ts";
import type { ColumnsByEntity, SourceState, State } from "./state/state.ts";
import { trustOf } from "./trust.ts";
import { BusinessZone } from "./values.ts";
import { type Tail, Version } from "./version.ts";
import type { Whereabouts } from "./whereabouts.ts";

/** Records of one publish. */
const BATCH = 4_000;
/** Stands for a content of which only the tail was read: it is equal to none. */
const UNNAMED = "";
/** Contents of versions that are remembered of a source. */
const REMEMBERED_CONTENTS = 16;

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
  /** Asked under the gate. */
  readonly whereabouts: Whereabouts;
  readonly client: HttpClient;
  /** What a look asks for a source's content. */
  readonly fetch: typeof fetchSource;
  /** Whose turn it is to be asked. */
  readonly hosts: Hosts;
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

/** Another producer announced the source between our diff and our events: to start over. */
const OVERTAKEN = "overtaken";
/** What was appended cannot be told alone: the content is to be read whole. */
const NOT_CONTINUED = "not continued";

export const NOTHING: VersionCounts = {
  records: 0,
  emitted: 0,
  unchanged: 0,
  superseded: 0,
  rejected: 0,
  vanished: 0,
  rounded: 0,
};

/** How a version is known again, and with which options of its registration it was read. */
type Remembered = Validators & Pick<Registration, "reread"> & { readonly readAs?: string };

/** The options that decide what a content says: changed, the same content is read again. */
const readAsOf = ({ duplicates, reading, vanished, idScope, confirmed, reread }: Registration): string =>
  JSON.stringify([duplicates, reading, vanished, idScope, confirmed, reread]);

const remembering = (validators: Validators, registration: Registration): Remembered => {
  const { reread } = registration;
  return { ...validators, readAs: readAsOf(registration), ...(reread === undefined ? {} : { reread }) };
};

/** Whether the `reread` of the registration was done by this producer. */
export const isReread = ({ state }: Producer, { source, reread }: Registration): boolean =>
  (state.source(source).validators as Remembered | null)?.reread === reread;

/** What an unchanged version counts as. */
function nothingNew(last: VersionCounts | null): VersionCounts {
  if (last === null) return NOTHING;
  const unchanged = <C extends { superseded: number }>(counts: C) => ({
    ...counts,
    emitted: 0,
    withdrawn: 0,
    unchanged: last.records - counts.superseded - last.rejected,
  });
  return {
    ...unchanged(last),
    ...(last.parents === undefined
      ? {}
      : {
          parents: Object.fromEntries(
            Object.entries(last.parents).map(([name, counts]) => [name, unchanged(counts)]),
          ),
        }),
  };
}

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
    if (result !== OVERTAKEN) return result;
  }
});

const lookOnce = Effect.fnUntraced(function* (
  producer: Producer,
  registration: Registration,
  mode: LookOptions["mode"],
): Effect.fn.Return<LookResult | typeof OVERTAKEN, LookFailure> {
  const { registry, state, settings, client, gate } = producer;
  const { source } = registration;
  yield* registry.refresh(registry.partition(source));
  // Removed meanwhile: what it had brought is perhaps being withdrawn, and must not be brought again.
  if (registry.registration(source) === undefined) {
    const version = registry.last(source)?.offset ?? null;
    return { counts: NOTHING, version, announced: false, entities: registration.entities, freshMs: null };
  }
  const own = isOwn(producer, source);
  if (!own) yield* takeOver(producer, registration).pipe(gate.withPermit);

  const { validators, last, refused } = state.source(source);
  const again = own && refused?.registration === JSON.stringify(registration) ? refused : null;
  const known = own ? validatorsOf<Remembered>(again?.validators ?? validators) : null;
  const complete = isComplete(source, mode);
  const fetch = (wanted: Validators | null, resumeFrom: number | null) =>
    producer.fetch({
      client,
      settings,
      source,
      known: wanted,
      resumeFrom,
      goOn: true,
      ...trustOf(settings, registration),
    });
  const take = (fetched: Exclude<Fetched, { kind: "unchanged" }>, tail: Tail | null) =>
    publishVersion(producer, registration, complete, fetched, tail).pipe(
      gate.withPermit,
      Effect.ensuring(Effect.sync(() => rmSync(fetched.file, { force: true }))),
    );

  producer.onProgress({ source, phase: "download", done: 0, rejected: 0 });
  // A last line that was left may be a record now, and other options may read the same content otherwise.
  const reread = (known?.left === true && complete) || known?.readAs !== readAsOf(registration);
  const end = own && again === null && !reread ? (last?.end ?? null) : null;
  let fetched = yield* fetch(reread ? null : known, end?.byte ?? null);
  if (fetched.kind === "unchanged") {
    if (again !== null) return yield* refusedAgain(source, again);
    state.save(state.source(source), { validators: remembering(fetched.validators, registration) });
    const announced = registry.last(source);
    return {
      counts: nothingNew(last?.counts ?? announced?.value.counts ?? null),
      version: announced?.offset ?? null,
      announced: false,
      entities: registration.entities,
      freshMs: fetched.freshMs,
    };
  }
  let result: VersionResult | typeof OVERTAKEN | typeof NOT_CONTINUED = NOT_CONTINUED;
  const reading = last?.reading ?? null;
  if (fetched.kind === "grown" && last !== null && end !== null && reading !== null)
    result = yield* take(yield* onlyTail(settings, fetched), { ...last, end, reading });
  if (result === NOT_CONTINUED) {
    if (fetched.kind === "grown") fetched = yield* fetch(null, null);
    if (fetched.kind === "unchanged") return yield* Effect.die(new Error("unchanged without validators"));
    result = yield* take(fetched, null);
  }
  if (result === OVERTAKEN || result === NOT_CONTINUED) return OVERTAKEN;
  return { ...result, freshMs: fetched.freshMs };
});

/** The part of the spool that was not read before, as a file of its own. */
const onlyTail = Effect.fnUntraced(function* (
  settings: SettingsShape,
  fetched: Extract<Fetched, { kind: "grown" }>,
): Effect.fn.Return<Extract<Fetched, { kind: "grown" }>, never> {
  if (fetched.start === 0) return fetched;
  const file = spoolPath(settings.data);
  yield* Effect.promise((signal) =>
    pipeline(createReadStream(fetched.file, { start: fetched.start }), createWriteStream(file), { signal }),
  ).pipe(Effect.ensuring(Effect.sync(() => rmSync(fetched.file, { force: true }))));
  return { ...fetched, file, start: 0 };
});

const refusedAgain = (source: string, { code, sentence }: { code: string; sentence: string }) =>
  Effect.fail(new SourceError({ source, code, sentence }));

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
export const announce = Effect.fnUntraced(function* (
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

/** What a source publishes or ever published, parents first. */
export const publishedBy = (
  registered: readonly EntityName[],
  before: Announcement | undefined,
): readonly EntityName[] =>
  ENTITY_NAMES.filter((name) => registered.includes(name) || before?.entities.includes(name) === true);

/**
 * Announces a takeover, writes its marks and reads up to them (rule 20). Returns its number. `from`: what the
 * announcement goes on from, when that is not the source's last one.
 */
export const takeOver = Effect.fnUntraced(function* (
  producer: Producer,
  { source, entities }: Pick<Registration, "source" | "entities">,
  from?: Announcement,
): Effect.fn.Return<number, PublishFailure> {
  const { log, settings, state, registry } = producer;
  const before = from ?? registry.last(source)?.value;
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
    ...(before?.reading === undefined ? {} : { reading: before.reading }),
  });
  const mark = new EventWriter({ source, version, published, day }).mark();
  const all = publishedBy(entities, before);
  const held = state.source(source);
  // Nobody announced it before us, so no event of it is in the topics: hundreds of new sources need not each read all
  // there is. What comes after the marks is read as always.
  const isFirst =
    registry.before(source, version) === undefined && !held.dirty && Object.keys(held.seen).length === 0;
  for (const topic of topicsOf(all)) {
    const published = yield* log.publish(
      topic,
      Array.from({ length: log.partitions(topic) }, (_, partition) => ({
        key: source,
        value: mark,
        partition,
      })),
    );
    if (isFirst)
      for (const { partition, firstOffset } of published)
        state.saveReadBack(held.id, { topic, partition, position: firstOffset, newest: version });
  }
  if (!isFirst)
    yield* readBack({
      log,
      whereabouts: producer.whereabouts,
      state,
      source: state.source(source),
      entities: all,
      columns: undefined,
      scratch: spoolPath(settings.data),
    });
  state.save(state.source(source), { pending: false, last: null, refused: null });
  return version;
});

const publishVersion = Effect.fnUntraced(function* (
  producer: Producer,
  registration: Registration,
  complete: boolean,
  fetched: Exclude<Fetched, { kind: "unchanged" }>,
  tail: Tail | null,
): Effect.fn.Return<VersionResult | typeof OVERTAKEN | typeof NOT_CONTINUED, LookFailure> {
  const { settings, registry, state } = producer;
  const { source } = registration;
  const fail = asFailure(source, settings);
  const before = registry.last(source)?.value;
  const { validators } = fetched;
  return yield* Effect.gen(function* () {
    if (tail === null && !isFileSource(source)) yield* notEarlier(producer, source, validators);
    const version = yield* inSlices(
      () =>
        Version.open({
          file: fetched.file,
          entities: registration.entities,
          reading: resolveReading(registration.reading ?? {}),
          idScope: registration.idScope,
          charset: validators.charset ?? null,
          source,
          settings,
          before,
          complete,
          tail,
        }),
      fail,
    );
    return yield* diffAndEmit(producer, registration, version, before, validators, tail).pipe(
      Effect.ensuring(Effect.sync(() => version.close())),
    );
  }).pipe(
    // Not read again while it stays as it is.
    Effect.tapError((error) =>
      Effect.sync(() => {
        if (error._tag !== "SourceError" || error.code === EARLIER) return;
        const { code, sentence } = error;
        state.save(state.source(source), {
          refused: {
            validators: remembering(validators, registration),
            code,
            sentence,
            registration: JSON.stringify(registration),
          },
        });
      }),
    ),
  );
});

const EARLIER = "source.earlier";

/** A content that was there before is taken when it is there twice: caches answer with old states (rule 10). */
const notEarlier = (
  { state, settings }: Producer,
  source: string,
  validators: Validators,
): Effect.Effect<void, SourceError> =>
  Effect.suspend(() => {
    const held = state.source(source);
    const { hashes, waiting } = held.earlier;
    const hash = contentHash(validators);
    if (hash === null) return Effect.void;
    const isEarlier = hashes.includes(hash) && hashes.at(-1) !== hash;
    if (!isEarlier || waiting === hash) return Effect.void;
    state.save(held, { earlier: { hashes, waiting: hash } });
    return Effect.fail(new SourceRefusal(EARLIER).toError(source, settings.language));
  });

const diffAndEmit = Effect.fnUntraced(function* (
  producer: Producer,
  registration: Registration,
  version: Version,
  before: Announcement | undefined,
  validators: Validators,
  tail: Tail | null,
): Effect.fn.Return<VersionResult | typeof OVERTAKEN | typeof NOT_CONTINUED, LookFailure> {
  const { log, state, settings, registry } = producer;
  const { source } = registration;
  const fail = asFailure(source, settings);
  const entities = version.entities.map((e) => e.name);
  const { columns } = version;

  let held = state.source(source);
  if (!comparable(held, columns)) {
    if (tail !== null) return NOT_CONTINUED;
    // Read from the start: until it is through, the state is not to be relied on.
    held = state.save(held, { pending: true });
    held = yield* readBack({
      log,
      whereabouts: producer.whereabouts,
      state,
      source: held,
      entities: publishedBy(entities, before),
      columns,
      scratch: spoolPath(settings.data),
    });
    held = state.save(held, { pending: false });
  }
  const diff = new VersionDiff({
    entities: version.entities,
    state,
    source: held.id,
    dropDuplicates: registration.duplicates === "drop",
    vanishing: new Vanishing(registration.vanished ?? "rule"),
    appendedTo: tail?.counts ?? null,
    scratch: spoolPath(settings.data),
  });
  return yield* Effect.gen(function* () {
    const continues = yield* inSlices(function* () {
      const reading = version.readInto(diff);
      for (let step = reading.next(); ; step = reading.next()) {
        if (step.done === true) {
          if (!step.value) return false;
          break;
        }
        const rejected = diff.rejects.count;
        producer.onProgress({ source, phase: "read", done: version.records, rejected });
        yield;
      }
      yield* diff.decide();
      return tail === null || doesContinue(diff, version, tail);
    }, fail);
    if (!continues) return NOT_CONTINUED;

    const hash = contentHash(validators);
    // What is held back is confirmed by the hash of the whole.
    if (diff.heldBack !== null && tail !== null) return NOT_CONTINUED;
    if (diff.heldBack !== null && registration.confirmed !== hash) {
      const { withdrawn, spoken } = diff.heldBack;
      return yield* new SourceRefusal("source.held_back", String(withdrawn), String(spoken)).toError(
        source,
        settings.language,
      );
    }
    const counts = diff.counts(version);
    const name = hash ?? UNNAMED;
    const remembered: Partial<SourceState> = {
      columns: { ...held.columns, ...columns },
      seen: union(held.seen, columns),
      validators: remembering({ ...validators, left: version.left }, registration),
      last: {
        counts,
        days: diff.vanishing.daysWith(tail?.days ?? null),
        keptInside: (tail?.keptInside ?? 0) + diff.main.counts.keptInside,
        end: version.end,
        header: version.dialect.header,
        reading: version.reading,
      },
      earlier: {
        hashes: [...held.earlier.hashes.filter((h) => h !== name), name].slice(-REMEMBERED_CONTENTS),
        waiting: null,
      },
      refused: null,
    };
    if (diff.events === 0 && sameOpen(before?.open, version.open)) {
      state.save(state.source(source), remembered);
      const last = registry.last(source);
      return { counts, version: last?.offset ?? null, announced: false, entities };
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
      entities: [...publishedBy(entities, before)],
      identity: before?.identity ?? version.identity,
      header: version.dialect.header,
      open: version.open,
      reading: version.reading,
      day,
      counts,
    });
    // Another's announcement has come between, and perhaps events that this diff does not know. The state says
    // pending, so the next look takes the source over.
    if (registry.before(source, number) !== ours) return OVERTAKEN;

    const writer = new EventWriter({ source, version: number, published, day });
    yield* emit(producer, version, diff, writer);
    yield* inSlices(() => diff.remember(), fail);
    state.save(state.source(source), { ...remembered, dirty: true, pending: false });
    producer.onProgress({ source, phase: "done", done: diff.main.emitted, rejected: diff.rejects.count });
    return { counts, version: number, announced: true, entities };
  }).pipe(Effect.ensuring(Effect.sync(() => diff.close())));
});

/**
 * Whether a diff of what was appended says what a diff of the whole would: no row that was kept though the version
 * before lacked it comes into play.
 */
function doesContinue(diff: VersionDiff, version: Version, last: Tail): boolean {
  const kept = (last.counts.vanished > 0 || hasKeptParents(last)) && diff.entities.some((e) => e.meetsHeld);
  if (kept || diff.entities.some((e) => e.datedLines > 0)) return false;
  if (!version.isKeyless || diff.vanishing.mode !== "rule") return true;
  const { days } = diff.vanishing;
  return last.keptInside === 0 && (days === null || last.days === null || days.first >= last.days.first);
}

const hasKeptParents = ({ counts }: Tail): boolean =>
  Object.values(counts.parents ?? {}).some((c) => c.vanished > 0);

/** Whether fingerprints over these columns can be compared with those held. */
const comparable = ({ columns, seen }: SourceState, now: ColumnsByEntity): boolean =>
  Object.entries(now).every(([name, names]) => {
    const entity = name as EntityName;
    return areComparable(columns[entity] ?? null, seen[entity] ?? [], names ?? []);
  });

function areComparable(
  columns: readonly string[] | null,
  seen: readonly string[],
  now: readonly string[],
): boolean {
  if (seen.length === 0) return true;
  // Every column that ever was, and more: what lacks one of them differs anyway.
  if (columns !== null && seen.every((name) => now.includes(name)) && columns.length === seen.length)
    return true;
  return columns !== null && columns.length === now.length && columns.every((name, i) => name === now[i]);
}

const union = (a: ColumnsByEntity, b: ColumnsByEntity): ColumnsByEntity => {
  const all: Record<string, readonly string[]> = {};
  for (const name of ENTITY_NAMES) {
    const both = [...new Set([...(a[name] ?? []), ...(b[name] ?? [])])].sort(byCodeUnit);
    if (both.length > 0) all[name] = both;
  }
  return all;
};

const sameOpen = (a: Announcement["open"] | undefined, b: Announcement["open"]): boolean =>
  (a ?? null) === null ? b === null : b !== null && a?.line === b.line && a.raw === b.raw;

/** Rows and rejects in file order, parents before their children; then withdrawals. One publish at a time. */
const emit = Effect.fnUntraced(function* (
  { log, settings, onProgress }: Producer,
  version: Version,
  diff: VersionDiff,
  writer: EventWriter,
): Effect.fn.Return<void, LookFailure> {
  const { source } = writer.stamp;
  const fail = asFailure(source, settings);
  let done = 0;
  const send = Effect.fnUntraced(function* (topic: EventTopic, records: NewRecord[], least: number) {
    while (records.length >= least && records.length > 0) {
      const batch = records.splice(0, BATCH);
      yield* log.publish(topic, batch);
      done += batch.length;
      onProgress({ source, phase: "emit", done, rejected: diff.rejects.count });
      yield* breathe;
    }
  });

  if (diff.rejects.emitted > 0 || diff.entities.some((e) => e.emitted > 0)) {
    const rejects: NewRecord[] = [];
    const rows = new Map(diff.entities.map((e): [EntityName, NewRecord[]] => [e.entity.name, []]));
    const queues = [...rows.values(), rejects];
    const work = version.write(diff, writer, { rows, rejects });
    for (let more = true; more; ) {
      more = yield* inSlices(function* () {
        while (queues.every((queue) => queue.length < BATCH)) {
          if (work.next().done === true) return false;
          yield;
        }
        return true;
      }, fail);
      // A child waits for its parents wherever they are; it waits less when they are sent before it.
      for (const [entity, queue] of rows) yield* send(entity, queue, 1);
      yield* send("rejets", rejects, more ? BATCH : 1);
    }
  }
  for (const e of diff.entities)
    if (e.withdrawals + e.moves > 0) {
      const { name, key } = e.entity;
      const gone: NewRecord[] = [];
      const hashed: string[] = [];
      for (let part = 0; part < STATE_PARTS; part++)
        for (const { gone } of e.part(part)) for (const { key } of gone) hashed.push(key);
      const ids = yield* idsOf(log, source, name, hashed);
      for (let part = 0; part < STATE_PARTS; part++) {
        for (const decision of e.part(part)) {
          for (const { row, to } of decision.moved) {
            const from = keyOfClaim(row);
            const image = yield* imageOf(log, source, name, partitionOf(from, log.partitions(name)), from);
            if (image === undefined) continue;
            const next = keyOfClaim({ key: row.key, ordinal: to });
            const rest = restOf(image.row, image.extras, key, undefined);
            gone.push({ key: next, value: writer.row(key, next, 0, rest) });
          }
          for (const claim of decision.gone) gone.push(withdrawal(writer, name, key, claim, ids));
        }
        yield* send(name, gone, BATCH);
        if (part % 64 === 63) yield* breathe;
      }
      yield* send(name, gone, 1);
    }
  if (diff.rejects.withdrawals > 0) {
    const gone: NewRecord[] = [];
    for (let part = 0; part < STATE_PARTS; part++) {
      for (const claim of diff.rejects.part(part).flatMap(({ gone }) => gone))
        gone.push(withdrawal(writer, "rejets", "id", claim, NO_IDS));
      yield* send("rejets", gone, BATCH);
      if (part % 64 === 63) yield* breathe;
    }
    yield* send("rejets", gone, 1);
  }
});

const NO_IDS: ReadonlyMap<string, string> = new Map();

/** The event that withdraws a claim; `ids`: what stands for a long id in the state. */
export function withdrawal(
  writer: EventWriter,
  topic: EventTopic,
  keyColumn: string,
  claim: ClaimKey,
  ids: ReadonlyMap<string, string>,
): NewRecord {
  const named = { ...claim, key: ids.get(claim.key) ?? claim.key };
  return { key: keyOfClaim(named), value: writer.gone(0, goneRow(topic, keyColumn, named)) };
}
