/** `ventes sources remove`: removes sources, entries of catalogues, and records that are not valid. */
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import { entityNamed } from "#shared/contract/entities/index.ts";
import type { Registration, Removal } from "#shared/contract/source-records.ts";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import { Settings } from "#shared/runtime/settings.ts";
import { isoNow } from "#shared/runtime/time.ts";
import type { PublishFailure } from "#shared/topic-log/errors.ts";
import { type NewRecord, TopicLog } from "#shared/topic-log/topic-log.ts";
import { isHashed, STATE_PARTS } from "../diff/index.ts";
import { EventWriter, idsOf, topicsOf } from "../log/index.ts";
import { Registry, type SourceError, sourceError } from "../source/index.ts";
import { announce, makeTemporaryProducer, type Producer, takeOver, withdrawal } from "../sync/index.ts";
import { registeredAs } from "./list.ts";

const BATCH = 4_000;

/**
 * Removes a record of the topic `sources` that is not valid. `named`: its key, or the key as it is shown. undefined:
 * there is no such record.
 */
export const removeInvalid = Effect.fnUntraced(function* (
  named: string,
  show: (key: string) => string,
): Effect.fn.Return<Removed | undefined, PublishFailure, TopicLog> {
  const log = yield* TopicLog;
  const registry = new Registry(log);
  yield* registry.refresh();
  const records = [...registry.refused()];
  const found =
    records.find(({ key, shown }) => key === named || shown === named) ??
    records.find(({ shown }) => show(shown) === named);
  if (found === undefined) return undefined;
  const { key, partition, shown } = found;
  yield* log.publish("sources", [{ key, value: null, partition }]);
  return { source: shown, withdrawn: 0 };
});

/** Removes all records of the topic `sources` that are not valid, and tells how many they are. `dryRun`: only tells. */
export const removeAllInvalid = Effect.fnUntraced(function* (
  dryRun: boolean,
): Effect.fn.Return<number, PublishFailure, TopicLog> {
  const log = yield* TopicLog;
  const registry = new Registry(log);
  yield* registry.refresh();
  const records = [...registry.refused()];
  if (!dryRun)
    for (let i = 0; i < records.length; i += BATCH)
      yield* log.publish(
        "sources",
        records.slice(i, i + BATCH).map(({ key, partition }) => ({ key, value: null, partition })),
      );
  return records.length;
});

export interface RemoveOptions {
  /** Whether to delete all claims of the source, too. */
  readonly withdraw?: boolean | undefined;
}

export interface Removed {
  readonly source: string;
  /** How many delete events were sent. */
  readonly withdrawn: number;
}

/**
 * The record that replaces a registration. null, a tombstone, is enough for most sources. An entry needs a record that
 * it was removed, because its catalogue still lists it. `now`: in ISO 8601.
 */
function removalOf(registry: Registry, source: string, now: string): string | null {
  const catalogue = registry.registration(source)?.catalogue;
  if (catalogue === undefined || registry.catalogue(catalogue) === undefined) return null;
  return JSON.stringify(removal(source, catalogue, now));
}

const removal = (source: string, catalogue: string, now: string): Removal => ({
  v: 1,
  kind: "removed",
  source,
  catalogue,
  removed: now,
});

/**
 * Stops following a source, and deletes its claims with `withdraw`. Running producers notice within a second. Fails
 * with SourceError: `source.not_registered`; `source.still_followed` when no claim could be deleted, and the source is
 * registered as before; `source.half_removed` when only some of them could.
 */
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
  const { language } = yield* Settings;
  const producer = yield* makeTemporaryProducer();
  const { registry } = producer;
  // All partitions, because the record of its catalogue is in another one.
  yield* registry.refresh();
  const source = yield* registeredAs(reference, registry);
  const announced = registry.last(source)?.value;
  const before = registry.registration(source);
  if (before === undefined && !(withdraw && announced !== undefined))
    return yield* sourceError("source.not_registered", { source }, language);
  yield* log.publish("sources", [{ key: source, value: removalOf(registry, source, yield* isoNow) }]);
  const entities = announced?.entities ?? [];
  if (!withdraw || entities.length === 0) return { source, withdrawn: 0 };
  const sent = { any: false, events: 0 };
  yield* withdrawAll(producer, { source, entities }, sent).pipe(
    Effect.catch((cause) =>
      Effect.gen(function* () {
        // Its rows would count for ever while nobody follows it.
        const isBack =
          !sent.any &&
          before !== undefined &&
          (yield* Effect.isSuccess(log.publish("sources", [{ key: source, value: JSON.stringify(before) }])));
        return yield* sourceError(
          isBack ? "source.still_followed" : "source.half_removed",
          { source, what: cause.message, more: String(sent.events) },
          language,
        );
      }),
    ),
  );
  return { source, withdrawn: sent.events };
});

/** Sends a delete event for each claim of a source that nobody follows. `sent`: whether any may be in the topics, and how many surely are. */
const withdrawAll = Effect.fnUntraced(function* (
  producer: Producer,
  { source, entities }: Pick<Registration, "source" | "entities">,
  sent: { any: boolean; events: number },
): Effect.fn.Return<void, PublishFailure> {
  const { log, registry, state } = producer;
  // Events that another producer still sends for this source do not count behind the fences.
  yield* takeOver(producer, { source, entities });
  const last = registry.last(source);
  const published = yield* isoNow;
  const writer = new EventWriter({
    source,
    version: last?.offset ?? 0,
    published,
    day: last?.value.day ?? published.slice(0, 10),
  });
  const { id } = state.source(source);
  for (const topic of topicsOf(entities)) {
    const keyColumn = topic === "rejets" ? "id" : entityNamed(topic).key;
    const hashed: string[] = [];
    for (let part = 0; part < STATE_PARTS; part++)
      for (const { key } of state.held(id, topic, part)) if (isHashed(key)) hashed.push(key);
    const ids = yield* idsOf(log, source, topic, hashed);
    const deletes: NewRecord[] = [];
    for (let part = 0; part < STATE_PARTS; part++) {
      for (const claim of state.held(id, topic, part))
        deletes.push(withdrawal(writer, topic, keyColumn, claim, ids));
      while (deletes.length >= BATCH || (part === STATE_PARTS - 1 && deletes.length > 0)) {
        const batch = deletes.splice(0, BATCH);
        sent.any = true;
        yield* log.publish(topic, batch);
        sent.events += batch.length;
      }
    }
  }
  // Announce that nothing is left of the source. If it is added again, its first header decides its identity (rule 4).
  if (last !== undefined) {
    const { reading: _, gaps: __, ...rest } = last.value;
    const nothing = { identity: null, header: null, open: null, counts: null };
    yield* announce(producer, { ...rest, ...nothing, withdrawn: { at: published, events: sent.events } });
  }
});

/** Makes producers ignore an entry that a catalogue lists and that is not registered. */
export const removeEntry = Effect.fnUntraced(function* (
  source: string,
  catalogue: string,
): Effect.fn.Return<Removed, PublishFailure, TopicLog> {
  const log = yield* TopicLog;
  yield* log.publish("sources", [
    { key: source, value: JSON.stringify(removal(source, catalogue, yield* isoNow)) },
  ]);
  return { source, withdrawn: 0 };
});
