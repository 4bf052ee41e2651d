/**
 * TopicLog in DIR/events.db. Durable: a publish is one transaction, synced before it succeeds. Any number of
 * processes of one machine may publish and read; a publish waits while another process writes. Not for a data
 * directory on a network file system (SQLite's WAL).
 */
import { realpathSync } from "node:fs";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import { DatabaseError, explain, isBusy, type Sqlite } from "../../database/sqlite.ts";
import { scheduleOf } from "../../retry.ts";
import { Settings } from "../../settings.ts";
import type { TopicName } from "../../topics.ts";
import {
  type LogFailure,
  LogMisconfigured,
  LogMismatch,
  LogUnavailable,
  type PublishFailure,
} from "../errors.ts";
import { MAX_RECORD_BYTES } from "../record-size.ts";
import {
  type FollowOptions,
  type LogBatch,
  type NewRecord,
  type Position,
  type Stretch,
  TopicLog,
} from "../topic-log.ts";
import { makeAppend, prepare } from "./append.ts";
import { Cursor, makeReader } from "./cursor.ts";
import { eventsFile, openEvents, openMembership } from "./events-db.ts";
import { Membership } from "./group.ts";
import { News } from "./news.ts";
import { openTopics } from "./topics.ts";

const DEFAULT_MAX_RECORDS = 5_000;

/** Runs a synchronous piece of SQLite, again and again while another process is in its transaction. */
const whenFree = <A>(attempt: () => A): Effect.Effect<A, unknown> =>
  Effect.try({ try: attempt, catch: (error) => error }).pipe(
    Effect.retry({ schedule: scheduleOf("busy"), while: isBusy }),
  );

/** A full disk is waited for like a lost broker; what is not foreseen is a defect. */
const asLogFailure =
  (file: string) =>
  (error: unknown): Effect.Effect<never, LogFailure> => {
    if (error instanceof LogMismatch || error instanceof LogMisconfigured) return Effect.fail(error);
    const explained = explain(file, error);
    return explained instanceof DatabaseError
      ? Effect.fail(new LogUnavailable({ address: file, message: explained.message }))
      : Effect.die(explained);
  };

const asOpenFailure =
  (file: string) =>
  (error: unknown): Effect.Effect<never, LogFailure | DatabaseError> => {
    if (error instanceof LogMisconfigured) return Effect.fail(error);
    const explained = explain(file, error);
    return explained instanceof DatabaseError ? Effect.fail(explained) : Effect.die(explained);
  };

const connection = (open: () => Sqlite) =>
  Effect.acquireRelease(whenFree(open), (db) => Effect.sync(() => db.close()), { interruptible: true });

export const layerEmbedded: Layer.Layer<TopicLog, LogFailure | DatabaseError, Settings> = Layer.effect(
  TopicLog,
  Effect.gen(function* () {
    const { data, namespace, partitions } = yield* Settings;
    const named = eventsFile(data);
    const db = yield* connection(() => openEvents(data)).pipe(Effect.catch(asOpenFailure(named)));
    // One name for one file, however a process came to it.
    const file = realpathSync(named);
    const members = yield* connection(() => openMembership(data)).pipe(Effect.catch(asOpenFailure(file)));
    const topics = yield* whenFree(() => openTopics(db, namespace, partitions)).pipe(
      Effect.catch(asOpenFailure(file)),
    );
    const append = makeAppend(db);
    const reader = makeReader(db);
    const failure = asLogFailure(file);

    const partitionsOf = (topic: TopicName) => topics.of(topic).partitions;
    const cursorAt = ({ topic, partition, offset }: Position): Cursor => {
      const cursor = new Cursor(reader, topics.of(topic), partition, -1);
      cursor.seek(Math.max(offset, 0));
      return cursor;
    };
    /** Synchronous reading: in WAL it waits for nobody, except for the instant of a recovery. */
    const look = <A>(attempt: () => A) => whenFree(attempt).pipe(Effect.catch(failure));

    const publish = Effect.fnUntraced(function* (
      name: TopicName,
      records: readonly NewRecord[],
    ): Effect.fn.Return<ReturnType<typeof append>, PublishFailure> {
      if (records.length === 0) return [];
      const topic = topics.of(name);
      const prepared = prepare(topic, records);
      const published = yield* look(() => append(topic, prepared));
      News.tell(file);
      return published;
    });

    const bounds = (names: readonly TopicName[]) =>
      look(() =>
        names.flatMap((name) => {
          const topic = topics.of(name);
          return Array.from({ length: topic.partitions }, (_, partition) => ({
            topic: name,
            partition,
            ...reader.bounds(topic, partition),
          }));
        }),
      );

    const read = Effect.fnUntraced(function* <E, R>(
      from: readonly Stretch[],
      onBatch: (batch: LogBatch) => Effect.Effect<void, E, R>,
    ): Effect.fn.Return<void, E | LogFailure, R> {
      const parts = yield* look(() =>
        from.map((position) => ({
          cursor: cursorAt(position),
          end: Math.min(
            reader.bounds(topics.of(position.topic), position.partition).end,
            position.until ?? Number.POSITIVE_INFINITY,
          ),
        })),
      );
      for (const { cursor, end } of parts)
        for (;;) {
          const batch = yield* look(() => cursor.next(DEFAULT_MAX_RECORDS, end));
          if (batch === undefined) break;
          yield* onBatch(batch);
        }
    });

    const follow = <E, R>(options: FollowOptions<E, R>): Effect.Effect<never, E | LogFailure, R> =>
      Effect.scoped(
        Effect.gen(function* () {
          const most = options.maxRecords ?? DEFAULT_MAX_RECORDS;
          const news = yield* Effect.acquireRelease(
            Effect.sync(() => new News(file, db)),
            (n) => Effect.sync(() => n.close()),
          );
          const membership = yield* Effect.acquireRelease(
            Effect.sync(
              () =>
                new Membership(members, file, `${namespace}.${options.group}`, options.topics, partitionsOf),
            ),
            (m) => Effect.sync(() => m.close()),
          );
          let moved = false;
          if (options.moved !== undefined)
            yield* options.moved.pipe(
              Effect.andThen(
                Effect.sync(() => {
                  moved = true;
                  news.wake();
                }),
              ),
              Effect.forever,
              Effect.forkScoped,
            );

          const cursors = new Map<string, Cursor>();
          let told: string | undefined;
          /** Takes and gives up partitions as the group stands, and asks for positions where that is due. */
          const settle = () => {
            const assigned = membership.assignment();
            const names = new Set(assigned.map(nameOf));
            const all = [...names].join();
            if (all !== told) options.onAssigned?.(assigned);
            told = all;
            for (const name of cursors.keys()) if (!names.has(name)) cursors.delete(name);
            const asked = moved ? assigned : assigned.filter((p) => !cursors.has(nameOf(p)));
            if (asked.length > 0) {
              const wanted = new Map(options.positions(asked).map((p) => [nameOf(p), p.offset]));
              for (const p of asked)
                cursors.set(nameOf(p), cursorAt({ ...p, offset: wanted.get(nameOf(p)) ?? 0 }));
            }
            moved = false;
          };

          for (;;) {
            let idle = true;
            if (news.take() || moved) yield* look(settle);
            for (const [name, cursor] of [...cursors]) {
              // Given up, or moved, since this round began.
              if (cursors.get(name) !== cursor) continue;
              const batch = yield* look(() => cursor.next(most));
              if (batch === undefined) continue;
              idle = false;
              const next = yield* options.onBatch(batch);
              if (moved || news.take()) yield* look(settle);
              if (cursors.get(name) === cursor) yield* look(() => cursor.seek(next));
            }
            if (idle && !moved) yield* news.wait;
          }
        }),
      );

    return TopicLog.of({
      kind: "embedded",
      identity: topics.identity,
      partitions: partitionsOf,
      maxRecordBytes: () => MAX_RECORD_BYTES,
      fullName: (topic) => `${namespace}.${topic}`,
      publish,
      bounds,
      read,
      follow,
    });
  }),
);

const nameOf = (p: { readonly topic: TopicName; readonly partition: number }): string =>
  `${p.topic}/${p.partition}`;
