/** The sources that operators name: looked into, registered, listed, removed. */
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import { entityNamed } from "#shared/contract/entities/index.ts";
import type { Removal } from "#shared/contract/source-records.ts";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import { Settings } from "#shared/runtime/settings.ts";
import type { PublishFailure } from "#shared/topic-log/errors.ts";
import { type NewRecord, TopicLog } from "#shared/topic-log/topic-log.ts";
import { isHashed, STATE_PARTS } from "../diff/index.ts";
import { EventWriter, idsOf, topicsOf } from "../log/index.ts";
import { Registry, type SourceError, sourceError } from "../source/index.ts";
import { announce, makeTemporaryProducer, takeOver, withdrawal } from "../sync/index.ts";
import { registeredAs } from "./list.ts";

const GONE_BATCH = 4_000;

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
  const producer = yield* makeTemporaryProducer();
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

  // From its fences on, whatever another producer still sends of this source does not count.
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
