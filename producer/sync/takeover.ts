/**
 * Announcements and takeovers (rule 20). A takeover reads back the events that other producers sent before its fences.
 * Events of older versions that come behind the fences do not count.
 */
import * as Effect from "effect/Effect";
import { ENTITY_NAMES, type EntityName } from "#shared/contract/entities/index.ts";
import { type Announcement, type Registration, versionKey } from "#shared/contract/source-records.ts";
import type { SettingsShape } from "#shared/runtime/settings.ts";
import { isoNow } from "#shared/runtime/time.ts";
import type { PublishFailure } from "#shared/topic-log/errors.ts";
import { spoolPath } from "../download/index.ts";
import { EventWriter, readBack, topicsOf } from "../log/index.ts";
import { BusinessZone } from "../rows/index.ts";
import type { Producer } from "./producer.ts";

/** Whether the source's last announcement is ours and the log acknowledged all that we sent after it. */
export function isOwn({ state, registry }: Producer, source: string): boolean {
  const last = registry.last(source);
  return last !== undefined && state.isUpTo(source, last.offset).is;
}

/**
 * The day of publication (rule 13): the day of `now` (ISO 8601) in the business zone, but never before `before`, the day
 * of the last announcement.
 */
export const dayAfter = (settings: SettingsShape, before: string | null | undefined, now: string): string => {
  const day = new BusinessZone(settings.timeZone).day(Date.parse(now));
  return before != null && before > day ? before : day;
};

/**
 * Publishes an announcement and returns its offset. The state is `pending` from before the send until the caller has
 * sent all events and clears it.
 */
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

/** The entities that a source publishes or ever published, parents first. */
export const publishedBy = (
  registered: readonly EntityName[],
  before: Announcement | undefined,
): readonly EntityName[] =>
  ENTITY_NAMES.filter((name) => registered.includes(name) || before?.entities.includes(name) === true);

/**
 * Announces a takeover, writes its fences and reads the source's events up to them (rule 20). Returns the number of
 * the takeover, an offset in `sources`. `from`: the announcement to continue, when it is not the source's last one.
 */
export const takeOver = Effect.fnUntraced(function* (
  producer: Producer,
  { source, entities }: Pick<Registration, "source" | "entities">,
  from?: Announcement,
): Effect.fn.Return<number, PublishFailure> {
  const { log, settings, state, registry } = producer;
  const before = from ?? registry.last(source)?.value;
  const published = yield* isoNow;
  const day = dayAfter(settings, before?.day, published);
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
    ...(before?.gaps === undefined ? {} : { gaps: before.gaps }),
    ...(before?.reading === undefined ? {} : { reading: before.reading }),
    ...(before?.habit === undefined ? {} : { habit: before.habit }),
    ...(before?.rekeyed === undefined ? {} : { rekeyed: before.rekeyed }),
    ...(before?.withdrawn === undefined ? {} : { withdrawn: before.withdrawn }),
  });
  const fence = new EventWriter({ source, version, published, day }).fence();
  const all = publishedBy(entities, before);
  const held = state.source(source);
  // Nobody announced the source before us, so the topics have no event of it before the fences, and there is nothing
  // to read back. Otherwise each of hundreds of new sources would read all topics.
  const isFirst =
    registry.before(source, version) === undefined && !held.dirty && Object.keys(held.seen).length === 0;
  for (const topic of topicsOf(all)) {
    const published = yield* log.publish(
      topic,
      Array.from({ length: log.partitions(topic) }, (_, partition) => ({
        key: source,
        value: fence,
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
      sourceIndex: producer.sourceIndex,
      state,
      source: state.source(source),
      entities: all,
      columns: undefined,
      scratch: yield* spoolPath(settings.data),
    });
  state.save(state.source(source), { pending: false, last: null, refused: null });
  return version;
});
