/** Sends the events that a diff decided on. Rows leave a producer only from here. */
import * as Effect from "effect/Effect";
import type { EntityName } from "#shared/contract/entities/index.ts";
import { partitionOf } from "#shared/contract/partitioner.ts";
import type { EventTopic } from "#shared/contract/topics.ts";
import { inSlices, yieldToEventLoop } from "#shared/runtime/slices.ts";
import { partitionKey } from "#shared/topic-log/by-partition.ts";
import type { NewRecord } from "#shared/topic-log/topic-log.ts";
import type { ClaimKey, ReadBack, VersionDiff } from "../diff/index.ts";
import { keyOfClaim, restOf, STATE_PARTS } from "../diff/index.ts";
import { deletedRow, type EventWriter, idsOf, imageOf } from "../log/index.ts";
import { asFailure } from "../source/index.ts";
import { type Version, writeEvents } from "../version/index.ts";
import type { PollFailure } from "./failure.ts";
import type { Producer } from "./producer.ts";

/** Records of one publish. */
const BATCH = 4_000;
/** The offset behind the last event that was sent to a partition. */
type PublishedEnd = Omit<ReadBack, "newest">;

/**
 * Sends rows and rejects in file order, parents before their children, and then deletes. Makes one publish at a time.
 * Returns, for each partition that it wrote to, the offset behind its last event.
 */
export const emit = Effect.fnUntraced(function* (
  { log, settings, onProgress }: Producer,
  version: Version,
  diff: VersionDiff,
  writer: EventWriter,
): Effect.fn.Return<readonly PublishedEnd[], PollFailure> {
  const { source } = writer.stamp;
  const fail = asFailure(source, settings);
  const ends = new Map<string, PublishedEnd>();
  let done = 0;
  const send = Effect.fnUntraced(function* (topic: EventTopic, records: NewRecord[], least: number) {
    while (records.length >= least && records.length > 0) {
      const batch = records.splice(0, BATCH);
      for (const { partition, firstOffset, count } of yield* log.publish(topic, batch))
        ends.set(partitionKey({ topic, partition }), { topic, partition, position: firstOffset + count });
      done += batch.length;
      onProgress({ source, phase: "emit", done, share: done / diff.events, rejected: diff.rejects.count });
      yield* yieldToEventLoop;
    }
  });

  if (diff.rejects.emitted > 0 || diff.entities.some((e) => e.emitted > 0)) {
    const rejects: NewRecord[] = [];
    const rows = new Map(diff.entities.map((e): [EntityName, NewRecord[]] => [e.entity.name, []]));
    const queues = [...rows.values(), rejects];
    const work = writeEvents(version, diff, writer, { rows, rejects });
    for (let more = true; more; ) {
      more = yield* inSlices(function* () {
        while (queues.every((queue) => queue.length < BATCH)) {
          if (work.next().done === true) return false;
          yield;
        }
        return true;
      }, fail);
      // The consumer accepts any order. A sale waits as an orphan for a shorter time when its parents come first.
      for (const [entity, queue] of rows) yield* send(entity, queue, 1);
      yield* send("rejets", rejects, more ? BATCH : 1);
    }
  }
  for (const e of diff.entities)
    if (e.withdrawals + e.moves > 0) {
      const { name, key } = e.entity;
      const deletes: NewRecord[] = [];
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
            deletes.push({ key: next, value: writer.row(key, next, 0, rest) });
          }
          for (const claim of decision.gone) deletes.push(withdrawal(writer, name, key, claim, ids));
        }
        yield* send(name, deletes, BATCH);
        if (part % 64 === 63) yield* yieldToEventLoop;
      }
      yield* send(name, deletes, 1);
    }
  if (diff.rejects.withdrawals > 0) {
    const deletes: NewRecord[] = [];
    for (let part = 0; part < STATE_PARTS; part++) {
      for (const claim of diff.rejects.part(part).flatMap(({ gone }) => gone))
        deletes.push(withdrawal(writer, "rejets", "id", claim, NO_IDS));
      yield* send("rejets", deletes, BATCH);
      if (part % 64 === 63) yield* yieldToEventLoop;
    }
    yield* send("rejets", deletes, 1);
  }
  return [...ends.values()];
});

const NO_IDS: ReadonlyMap<string, string> = new Map();

/** The delete event of a claim. `ids` gives the real id of each hash that stands for a long id in the state. */
export function withdrawal(
  writer: EventWriter,
  topic: EventTopic,
  keyColumn: string,
  claim: ClaimKey,
  ids: ReadonlyMap<string, string>,
): NewRecord {
  const named = { ...claim, key: ids.get(claim.key) ?? claim.key };
  return { key: keyOfClaim(named), value: writer.delete(0, deletedRow(topic, keyColumn, named)) };
}
