/**
 * `ventes sources move OLD NEW`: the file has moved to another address (rule 5). The command copies OLD's events as
 * events of NEW, in their order and with their days of publication, so price points and sales that have rolled off stay.
 * Then it deletes OLD's claims. NEW keeps OLD's identity columns, so its sales keep their ids. If the command is killed,
 * giving it again ends with the same database.
 */
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import type { Registration } from "#shared/contract/source-records.ts";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import { Settings } from "#shared/runtime/settings.ts";
import type { PublishFailure } from "#shared/topic-log/errors.ts";
import { type NewRecord, TopicLog } from "#shared/topic-log/topic-log.ts";
import { eventOf, sourceText } from "../log/index.ts";
import { type SourceError, sourceError } from "../source/index.ts";
import { makeTemporaryProducer, takeOver } from "../sync/index.ts";
import { addressOf } from "./list.ts";
import { idOf } from "./open.ts";
import { removeSource } from "./remove.ts";

const BATCH = 4_000;

export interface Moved {
  readonly from: string;
  readonly to: string;
  /** How many events were copied. */
  readonly events: number;
}

type MoveFailure = SourceError | DatabaseError | PublishFailure;

/**
 * Moves a source to another address (rule 5). Both are a URL or a path. Returns the two ids and the number of copied
 * events. Fails with SourceError when `from` is not registered, or `to` cannot be read or does not fit. Doing it again
 * after a kill ends with the same database.
 */
export const moveSource = (
  from: string,
  to: string,
): Effect.Effect<Moved, MoveFailure, TopicLog | Settings> => Effect.scoped(move(from, to));

const move = Effect.fnUntraced(function* (
  fromReference: string,
  toReference: string,
): Effect.fn.Return<Moved, MoveFailure, TopicLog | Settings | Scope.Scope> {
  const log = yield* TopicLog;
  const { language } = yield* Settings;
  const producer = yield* makeTemporaryProducer();
  const { registry } = producer;
  yield* registry.refresh();
  const from = yield* addressOf(yield* idOf(fromReference), registry);
  const to = yield* addressOf(yield* idOf(toReference), registry);
  const old = registry.last(from)?.value;
  const registered = registry.registration(from);
  const before = registry.registration(to);
  // OLD has no registration, but NEW has one: an earlier move was killed near its end.
  if (registered === undefined && (old === undefined || before === undefined))
    return yield* sourceError("source.not_registered", { source: from }, language);
  const there = registry.last(to)?.value;
  // A source that was removed completely has no identity columns any more.
  const isDone = registered === undefined && old?.identity == null;
  if (!isDone && there?.identity != null && there.identity.join("\n") !== old?.identity?.join("\n"))
    return yield* sourceError(
      "source.not_the_same",
      { source: to, what: there.identity.join(", "), more: (old?.identity ?? []).join(", ") },
      language,
    );
  let events = 0;
  if (registered !== undefined && old !== undefined) {
    const { entities } = old;
    yield* takeOver(producer, { source: from, entities });
    const version = yield* takeOver(producer, { source: to, entities }, old);
    const named = sourceText(from);
    for (const entity of entities) {
      const newest = new Map<number, number>();
      const copies: NewRecord[] = [];
      const send = Effect.fnUntraced(function* (least: number) {
        while (copies.length >= least && copies.length > 0) {
          const batch = copies.splice(0, BATCH);
          yield* log.publish(entity, batch);
          events += batch.length;
        }
      });
      const partitions = Array.from({ length: log.partitions(entity) }, (_, partition) => ({
        topic: entity,
        partition,
        offset: 0,
      }));
      yield* log.read(partitions, ({ partition, records }) => {
        for (const record of records) {
          const event = eventOf(record, named);
          if (event === undefined || event.version < (newest.get(partition) ?? -1)) continue;
          newest.set(partition, event.version);
          if (event.kind === "fence" || record.key === null) continue;
          copies.push({ key: record.key, value: JSON.stringify({ ...event, source: to, version }) });
        }
        return send(BATCH);
      });
      yield* send(1);
    }
  }
  if (registered !== undefined) {
    // An operator named NEW, even if a catalogue listed OLD.
    const { catalogue: _, unlisted: __, discovered: ___, ...options } = registered;
    const registration: Registration = { ...options, source: to };
    yield* log.publish("sources", [{ key: to, value: JSON.stringify(registration) }]);
  }
  if (old === undefined) yield* removeSource(from);
  else yield* removeSource(from, { withdraw: true });
  return { from, to, events };
});
