/**
 * Publishes a downloaded content: opens it, diffs it, holds it back or announces it, emits its events and saves the
 * state. When a version is refused, the state keeps the refusal, so that the producer does not read the same content again
 * under the same registration.
 */
import * as Effect from "effect/Effect";
import type { DoubtReport } from "#shared/contract/doubt.ts";
import { ENTITY_NAMES } from "#shared/contract/entities/index.ts";
import type { Announcement, Registration, VersionCounts } from "#shared/contract/source-records.ts";
import { inSlices } from "#shared/runtime/slices.ts";
import { spanned, versionText } from "#shared/runtime/spans.ts";
import { isoNow } from "#shared/runtime/time.ts";
import { byCodeUnit, type ColumnsByEntity, type LastVersion, type SourceState } from "../diff/index.ts";
import { contentHash, type Fetched, type Validators } from "../download/index.ts";
import { meaningOf } from "../header/index.ts";
import { EventWriter } from "../log/index.ts";
import {
  asFailure,
  heldBack,
  isFileSource,
  reportOf,
  type SourceError,
  type SourceErrorCode,
  SourceRefusal,
} from "../source/index.ts";
import type { Tail } from "../version/index.ts";
import { withEffects } from "./choice-effects.ts";
import { type DiffedVersion, diffVersion } from "./diff-version.ts";
import { openDoubts } from "./doubts.ts";
import { emit } from "./emit.ts";
import type { PollFailure } from "./failure.ts";
import { openVersion } from "./open-version.ts";
import type { OpenedVersion } from "./opened-version.ts";
import { isAboutOthers, isRaced, othersOf } from "./other-sources.ts";
import { remembering } from "./plan.ts";
import type { Producer } from "./producer.ts";
import { racedDoubts } from "./raced.ts";
import { NOT_CONTINUED, OVERTAKEN, type VersionOutcome, type VersionResult } from "./result.ts";
import { announce, dayAfter, publishedBy } from "./takeover.ts";

/** Stands for the hash of a content of which only the appended part was read. It never equals a real hash. */
const UNNAMED = "";
/** How many hashes of past contents the state keeps for a source (rule 10). */
const REMEMBERED_CONTENTS = 16;

const EARLIER = "source.earlier";
/** Failures that may end without a change of the content. The state does not keep them: the next poll reads it again. */
const OF_THE_MOMENT: ReadonlySet<string> = new Set<SourceErrorCode>([
  EARLIER,
  "source.no_room",
  "source.no_descriptors",
  "source.spool",
]);

/** The caller holds the producer's gate, so one version is published at a time. */
export const publishVersion = (
  producer: Producer,
  registration: Registration,
  { file, validators }: Exclude<Fetched, { kind: "unchanged" }>,
  {
    complete,
    tail,
    takenFrom,
  }: {
    readonly complete: boolean;
    readonly tail: Tail | null;
    readonly takenFrom: string | undefined;
  },
): Effect.Effect<VersionOutcome, PollFailure> => {
  const { registry, state } = producer;
  const { source } = registration;
  return Effect.gen(function* () {
    if (tail === null && !isFileSource(source)) yield* notEarlier(producer, source, validators);
    const opened = yield* openVersion(producer, registration, { file, validators }, { complete, tail });
    if (opened === undefined) return NOT_CONTINUED;
    return yield* publish({ ...opened, producer, registration, validators, tail, takenFrom });
  }).pipe(
    Effect.scoped,
    Effect.tapError((error) =>
      Effect.sync(() => {
        if (error._tag !== "SourceError" || OF_THE_MOMENT.has(error.code)) return;
        const { code, sentence, doubts } = error;
        state.save(state.source(source), {
          refused: {
            validators: remembering(validators, registration),
            code,
            sentence,
            doubts,
            ...(isAboutOthers(doubts) ? { among: othersOf(registry, source) } : {}),
            registration: JSON.stringify(registration),
          },
        });
      }),
    ),
  );
};

/**
 * A cache in front of the server may answer with an old content for a while. So a content that the source had before
 * is refused once, and taken when the next poll brings it again (rule 10).
 */
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

const publish = Effect.fnUntraced(function* (opened: OpenedVersion) {
  const { producer, registration, version, before, rekey, tail } = opened;
  const { registry, settings, state } = producer;
  const { source } = registration;
  const diffed = yield* diffVersion(opened).pipe(spanned("ventes.diff", () => ({})));
  if (diffed === NOT_CONTINUED) return NOT_CONTINUED;
  const { diff } = diffed;
  const { held, attention } = yield* openDoubts(opened, diffed);
  // The evidence is about the whole content, of which the appended part is too little.
  if (tail !== null && held.length > 0) return NOT_CONTINUED;
  if (held.length > 0)
    return yield* heldBack(source, yield* withEffects(opened, diffed, held), settings.language);
  const counts = diff.counts(version);
  const told = attention.map((doubt) => reportOf(doubt, source, settings.language));
  const isNews = diff.events > 0 || !isSameOpenLine(before?.open, version.open) || rekey !== undefined;
  // Another producer must know that rows were kept, or it would take them for rows that vanish.
  const keepsOthers = counts.vanished !== (before?.counts?.vanished ?? 0);
  if (isNews || keepsOthers || diff.vanishing.bringsBack || !isSameMeaning(before, version))
    return yield* announceAndEmit(opened, diffed, counts, rememberedOf(opened, diffed, counts, told));
  const reports = [...told, ...(yield* racedDoubts(opened, diffed))];
  const remembered = rememberedOf(opened, diffed, counts, reports);
  if (diff.placed > 0) {
    // While places are written, a part of them is of another version: after a crash they say nothing.
    state.save(state.source(source), { last: null });
    yield* inSlices(() => diff.remember(), asFailure(source, settings));
  }
  state.save(state.source(source), remembered);
  const entities = version.entities.map(({ name }) => name);
  const unannounced: VersionResult = {
    counts,
    version: registry.last(source)?.offset ?? null,
    announced: false,
    entities,
    attention: reports,
  };
  return unannounced;
});

/** What the state keeps of the version after its events were sent. */
function rememberedOf(
  { producer, registration, version, validators, tail }: OpenedVersion,
  { diff, held }: DiffedVersion,
  counts: VersionCounts,
  attention: readonly DoubtReport[],
): Partial<SourceState> {
  const name = contentHash(validators) ?? UNNAMED;
  return {
    columns: { ...held.columns, ...version.columns },
    seen: union(held.seen, version.columns),
    validators: remembering({ ...validators, left: version.left }, registration),
    last: {
      counts,
      order: orderAfter(diff, tail).order,
      end: version.end,
      header: version.dialect.header,
      reading: version.reading,
      ...toldWith(producer, registration, attention),
    },
    earlier: {
      hashes: [...held.earlier.hashes.filter((hash) => hash !== name), name].slice(-REMEMBERED_CONTENTS),
      waiting: null,
    },
    refused: null,
  };
}

const orderAfter = ({ vanishing, main }: DiffedVersion["diff"], tail: Tail | null) =>
  vanishing.after(tail === null ? null : main.emitted > 0);

/** What calls for attention, as the state keeps it. */
const toldWith = (
  { registry }: Producer,
  { source }: Registration,
  attention: readonly DoubtReport[],
): Pick<LastVersion, "attention" | "among"> => ({
  attention,
  ...(isRaced(attention) ? { among: othersOf(registry, source) } : {}),
});

/** Announces the version, then sends its events, then saves it in the state (rules 19 and 21). */
const announceAndEmit = Effect.fnUntraced(function* (
  opened: OpenedVersion,
  diffed: DiffedVersion,
  counts: VersionCounts,
  remembered: Partial<SourceState>,
): Effect.fn.Return<VersionResult | typeof OVERTAKEN, PollFailure> {
  const { producer, registration, version, before, rekey, tail } = opened;
  const { diff, held } = diffed;
  const { registry, settings, state } = producer;
  const { source } = registration;
  const entities = version.entities.map(({ name }) => name);
  const published = yield* isoNow;
  const day = dayAfter(settings, before?.day, published);
  const habit = version.main.entity.derivedKey ? orderAfter(diff, tail).announced : undefined;
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
    ...(habit === undefined ? {} : { habit }),
    gaps: version.allGaps,
    ...(before?.rekeyed === undefined ? {} : { rekeyed: before.rekeyed }),
    ...(before?.withdrawn === undefined ? {} : { withdrawn: before.withdrawn }),
  };
  const number = yield* announce(producer, announcement);
  // Another producer announced the source since this diff began, and perhaps sent events that the diff does not know.
  // The state is pending, so the next poll takes the source over.
  if (registry.before(source, number) !== held.announcement) return OVERTAKEN;

  const ends = yield* emit(
    producer,
    version,
    diff,
    new EventWriter({ source, version: number, published, day }),
  ).pipe(
    spanned("ventes.emit", () => ({
      "ventes.versions": [versionText(source, number)],
      "ventes.events": diff.events,
    })),
  );
  // The events count only while no other producer has taken the source over. When none has, the diff goes into the
  // state together with the position behind the last event of each partition; after a crash the producer reads on there.
  yield* registry.refresh(registry.partition(source));
  if (registry.last(source)?.offset !== number) return OVERTAKEN;
  const attention = [...(remembered.last?.attention ?? []), ...(yield* racedDoubts(opened, diffed))];
  yield* inSlices(() => diff.remember(), asFailure(source, settings));
  let last = number;
  if (rekey !== undefined) {
    // The rekey is marked as done only now: if the producer dies before, the next poll does the whole rekey again.
    last = yield* announce(producer, { ...announcement, rekeyed: rekey });
    if (registry.before(source, last) !== number) return OVERTAKEN;
  }
  state.transaction(() => {
    for (const end of ends) state.saveReadBack(held.id, { ...end, newest: number });
    const { last: read = null } = remembered;
    state.save(state.source(source), {
      ...remembered,
      last: read === null ? null : { ...read, ...toldWith(producer, registration, attention) },
      pending: false,
    });
  });
  const { rejects, main } = diff;
  producer.onProgress({ source, phase: "done", done: main.emitted, share: 1, rejected: rejects.count });
  return { counts, version: last, announced: true, entities, attention };
});

/** The columns of both, sorted, for each entity. */
function union(a: ColumnsByEntity, b: ColumnsByEntity): ColumnsByEntity {
  const all: Record<string, readonly string[]> = {};
  for (const name of ENTITY_NAMES) {
    const both = [...new Set([...(a[name] ?? []), ...(b[name] ?? [])])].sort(byCodeUnit);
    if (both.length > 0) all[name] = both;
  }
  return all;
}

/** Whether the columns have the names of the last announced version. A later version keeps what was announced. */
function isSameMeaning(
  before: Announcement | undefined,
  { known, options }: OpenedVersion["version"],
): boolean {
  const announced = options.reading.known;
  return before === undefined || announced === undefined || meaningOf(announced) === meaningOf(known);
}

const isSameOpenLine = (a: Announcement["open"] | undefined, b: Announcement["open"]): boolean =>
  (a ?? null) === null ? b === null : b !== null && a?.line === b.line && a.raw === b.raw;
