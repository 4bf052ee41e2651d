/**
 * One look at one source, by rules 19 to 21: take it over unless the announcement before is our own; download;
 * diff; announce the version; emit; remember. Killed at any place, a later look of any producer ends with the same
 * claims: what was sent is read back, what was not is sent. A version that only grew is read from where the one
 * before ended.
 */
import { createReadStream, createWriteStream, rmSync, statSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import * as Effect from "effect/Effect";
import { ENTITY_NAMES, type EntityName } from "#shared/entities/index.ts";
import type { Announcement, Registration, VersionCounts } from "#shared/event.ts";
import type { SettingsShape } from "#shared/settings.ts";
import { inSlices } from "#shared/slices.ts";
import type { ColumnsByEntity, SourceState } from "../diff/index.ts";
import { byCodeUnit, Vanishing, VersionDiff } from "../diff/index.ts";
import { contentHash, type Fetched, spoolPath, type Validators, validatorsOf } from "../download/index.ts";
import { EventWriter, readBack } from "../log/index.ts";
import { rekeyOf, resolveReading, SALE_KEY, unkeyed } from "../rows/index.ts";
import {
  asFailure,
  isFileSource,
  pathOfSource,
  roomIn,
  SourceError,
  type SourceErrorCode,
  SourceRefusal,
  trustOf,
} from "../source/index.ts";
import { type Tail, Version } from "../version/index.ts";
import { emit } from "./emit.ts";
import type { LookFailure } from "./failure.ts";
import type { Producer } from "./producer.ts";
import { announce, dayAfter, isOwn, publishedBy, takeOver } from "./takeover.ts";

/** Stands for a content of which only the tail was read: it is equal to none. */
const UNNAMED = "";
/** Contents of versions that are remembered of a source. */
const REMEMBERED_CONTENTS = 16;

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

/** Another producer announced the source between our diff and the end of our events: to start over. */
const OVERTAKEN = "overtaken";
const STEP_ASIDE_MS = 2_000;
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
const readAsOf = ({
  duplicates,
  reading,
  vanished,
  idScope,
  confirmed,
  reread,
  rekey,
}: Registration): string =>
  JSON.stringify([duplicates, reading, vanished, idScope, confirmed, reread, rekey]);

const remembering = (validators: Validators, registration: Registration): Remembered => {
  const { reread } = registration;
  return { ...validators, readAs: readAsOf(registration), ...(reread === undefined ? {} : { reread }) };
};

/** Whether the `reread` of the registration was done by this producer, and its `rekey` by any. */
export const isReread = ({ state, registry }: Producer, registration: Registration): boolean => {
  const { source, reread } = registration;
  return (
    (state.source(source).validators as Remembered | null)?.reread === reread &&
    rekeyOf(registration, registry.last(source)?.value) === undefined
  );
};

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
    // Two in step would overtake each other for ever.
    yield* Effect.sleep(Math.random() * STEP_ASIDE_MS);
  }
});

const lookOnce = Effect.fnUntraced(function* (
  producer: Producer,
  asked: Registration,
  mode: LookOptions["mode"],
): Effect.fn.Return<LookResult | typeof OVERTAKEN, LookFailure> {
  const { registry, state, settings, client, gate } = producer;
  const { source } = asked;
  yield* registry.refresh(registry.partition(source));
  // As it is now: with options of before, ids that were made anew would be made as before.
  const registration = registry.registration(source);
  // Removed meanwhile: what it had brought is perhaps being withdrawn, and must not be brought again.
  if (registration === undefined) {
    const version = registry.last(source)?.offset ?? null;
    return { counts: NOTHING, version, announced: false, entities: asked.entities, freshMs: null };
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
  ).pipe(
    Effect.onError(() => Effect.sync(() => rmSync(file, { force: true }))),
    Effect.ensuring(Effect.sync(() => rmSync(fetched.file, { force: true }))),
  );
  return { ...fetched, file, start: 0 };
});

const refusedAgain = (source: string, { code, sentence }: { code: string; sentence: string }) =>
  Effect.fail(new SourceError({ source, code, sentence }));

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
  const announced = registry.last(source)?.value;
  const rekey = rekeyOf(registration, announced);
  const before = rekey === undefined ? announced : unkeyed(announced);
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
          room: roomIn(producer.log),
        }),
      fail,
    );
    return yield* diffAndEmit(producer, registration, version, before, rekey, validators, tail).pipe(
      Effect.ensuring(Effect.sync(() => version.close())),
    );
  }).pipe(
    // Not read again while it stays as it is.
    Effect.tapError((error) =>
      Effect.sync(() => {
        if (error._tag !== "SourceError" || OF_THE_MOMENT.has(error.code)) return;
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
/** Failures that say nothing of the content: it is read again at the next look. */
const OF_THE_MOMENT: ReadonlySet<string> = new Set<SourceErrorCode>([
  EARLIER,
  "source.no_room",
  "source.no_descriptors",
  "source.spool",
]);

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
  rekey: string | undefined,
  validators: Validators,
  tail: Tail | null,
): Effect.fn.Return<VersionResult | typeof OVERTAKEN | typeof NOT_CONTINUED, LookFailure> {
  const { log, state, settings, registry } = producer;
  const { source } = registration;
  const fail = asFailure(source, settings);
  const entities = version.entities.map((e) => e.name);
  const { columns } = version;
  // It has got a column of ids since it was asked for.
  if (rekey !== undefined && !version.isKeyless)
    return yield* new SourceRefusal("source.not_rekeyed", SALE_KEY).toError(source, settings.language);
  const { vanished = "rule" } = registration;

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
    vanishing: new Vanishing(rekey !== undefined && vanished !== "withdraw" ? "rekey" : vanished),
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
    if (diff.events === 0 && sameOpen(before?.open, version.open) && rekey === undefined) {
      state.save(state.source(source), remembered);
      const last = registry.last(source);
      return { counts, version: last?.offset ?? null, announced: false, entities };
    }

    const published = new Date().toISOString();
    const day = dayAfter(settings, before?.day);
    const ours = held.announcement;
    const announcement: Announcement = {
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
      ...(before?.rekeyed === undefined ? {} : { rekeyed: before.rekeyed }),
    };
    const number = yield* announce(producer, announcement);
    // Another's announcement has come between, and perhaps events that this diff does not know. The state says
    // pending, so the next look takes the source over.
    if (registry.before(source, number) !== ours) return OVERTAKEN;

    const writer = new EventWriter({ source, version: number, published, day });
    const ends = yield* emit(producer, version, diff, writer);
    // What was sent counts only if nobody has taken the source over meanwhile. Then up to its end the topics hold
    // nothing that the state does not, and a crash costs no more than reading on from there.
    yield* registry.refresh(registry.partition(source));
    if (registry.last(source)?.offset !== number) return OVERTAKEN;
    yield* inSlices(() => diff.remember(), fail);
    // Only now, so that one that dies before has not withdrawn half.
    let last = number;
    if (rekey !== undefined) {
      last = yield* announce(producer, { ...announcement, rekeyed: rekey });
      if (registry.before(source, last) !== number) return OVERTAKEN;
    }
    state.transaction(() => {
      for (const end of ends) state.saveReadBack(held.id, { ...end, newest: number });
      state.save(state.source(source), { ...remembered, pending: false });
    });
    producer.onProgress({ source, phase: "done", done: diff.main.emitted, rejected: diff.rejects.count });
    return { counts, version: last, announced: true, entities };
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
