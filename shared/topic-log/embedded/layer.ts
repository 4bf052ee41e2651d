/**
 * The entry of this folder: TopicLog in DIR/events.db, without any broker. Durable: a publish is one transaction,
 * which SQLite syncs before it succeeds. Any number of processes of one machine may publish and read; a publish
 * waits while another process writes. Not for a data directory on a network file system (SQLite's WAL).
 */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import type { DatabaseError } from "../../database/sqlite.ts";
import { Settings } from "../../runtime/settings.ts";
import type { LogFailure } from "../errors.ts";
import { MAX_RECORD_BYTES } from "../record-size.ts";
import { TopicLog } from "../topic-log.ts";
import { makeAppend, prepare } from "./append.ts";
import { followTopics } from "./follow.ts";
import { type OpenLog, openLog } from "./open.ts";
import { boundsOf, readToEnds } from "./read.ts";

export const layerEmbedded: Layer.Layer<TopicLog, LogFailure | DatabaseError, Settings> = Layer.effect(
  TopicLog,
  Effect.gen(function* () {
    const log = yield* openLog(yield* Settings);
    const append = yield* log.attempt(() => makeAppend(log.db));
    return TopicLog.of({
      kind: "embedded",
      identity: log.topics.identity,
      partitions: (topic) => log.topics.of(topic).partitions,
      maxRecordBytes: () => MAX_RECORD_BYTES,
      fullName: (topic) => `${log.namespace}.${topic}`,
      publish: publishTo(log, append),
      bounds: (topics) => boundsOf(log, topics),
      read: (from, onBatch) => readToEnds(log, from, onBatch),
      follow: (options) => followTopics(log, options),
    });
  }),
);

/** Encodes outside the transaction, so that it holds the file's lock for as short a time as it can. */
const publishTo = (
  { topics, changes, attempt }: OpenLog,
  append: ReturnType<typeof makeAppend>,
): TopicLog["Service"]["publish"] =>
  Effect.fnUntraced(function* (name, records) {
    if (records.length === 0) return [];
    const topic = topics.of(name);
    const prepared = prepare(topic, records);
    const clock = yield* Clock.Clock;
    const published = yield* attempt(() => append(topic, prepared, clock.currentTimeMillisUnsafe()));
    changes.written();
    return published;
  });
