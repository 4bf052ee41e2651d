import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as Cause from "effect/Cause";
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import type * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import * as Layer from "effect/Layer";
import type * as Scope from "effect/Scope";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openPlain } from "#shared/database/sqlite.ts";
import { openVentes, openVentesReader, ventesFile } from "#shared/database/ventes-db.ts";
import { embeddedSettings, Settings } from "#shared/runtime/settings.ts";
import { layerTopicLog } from "#shared/topic-log/layer.ts";
import { TopicLog } from "#shared/topic-log/topic-log.ts";
import { until } from "../integration-tests/support/until.ts";
import { runConsumerInThread } from "./in-thread.ts";
import { runConsumer } from "./run.ts";
import { canonicalModel } from "./testing/canonical.model.ts";
import { canonicalDump } from "./testing/canonical-dump.ts";
import { randomOf, randomTopics } from "./testing/random-history.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "ventes-consumer-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const running = <A, E>(effect: Effect.Effect<A, E, TopicLog | Settings | Scope.Scope>) =>
  Effect.runPromise(
    Effect.provide(
      Effect.scoped(effect),
      Layer.provideMerge(
        Layer.fresh(layerTopicLog),
        Layer.succeed(Settings, embeddedSettings(dir, { partitions: 2 })),
      ),
    ) as Effect.Effect<A>,
  );

const topics = randomTopics(randomOf(7), 2000);

/** Publishes them, and returns how many positions they have. */
const publishAll = Effect.gen(function* () {
  const log = yield* TopicLog;
  let sum = 0;
  for (const [topic, logs] of topics)
    for (const [partition, records] of logs.entries()) {
      yield* log.publish(
        topic,
        records.map(({ key, event }) => ({ key, value: JSON.stringify(event), partition })),
      );
      sum += records.length;
    }
  return sum;
});

const threads = (): number =>
  (process.report.getReport() as { readonly workers?: readonly unknown[] }).workers?.length ?? 0;

/** Read in the database alone, as any other process would. */
const read = <A>(sql: string): A => {
  const db = openVentesReader(dir);
  try {
    return db.prepare(sql).pluck().get() as A;
  } finally {
    db.close();
  }
};

it("applies every event in its thread, tells its figures and its loop, and ends before its caller goes on", async () => {
  let applied = 0;
  const told = await running(
    Effect.gen(function* () {
      const all = yield* publishAll;
      const isThere = yield* Deferred.make<void>();
      const hasLooped = yield* Deferred.make<number>();
      const thread = yield* Effect.forkChild(
        runConsumerInThread({
          onProgress: (figures) => {
            applied = figures.events;
            if (read<number>("SELECT SUM(position) FROM positions") === all)
              Deferred.doneUnsafe(isThere, Effect.void);
          },
          onLoopDelay: (ms) => Deferred.doneUnsafe(hasLooped, Effect.succeed(ms)),
        }),
      );
      yield* Effect.raceFirst(Fiber.join(thread), Deferred.await(isThere));
      const loop = yield* Effect.raceFirst(Fiber.join(thread), Deferred.await(hasLooped));
      yield* Fiber.interrupt(thread);
      return { loop, left: threads() };
    }),
  );
  expect(applied).toBeGreaterThan(0);
  expect(told.loop).toBeGreaterThanOrEqual(0);
  expect(told.left).toBe(0);
  const db = openVentesReader(dir);
  expect([...canonicalDump(db)]).toEqual(canonicalModel(topics));
  db.close();
});

it("fails as the consumer in this thread does, with the same error", async () => {
  await running(Effect.asVoid(publishAll));
  const db = openVentes(dir, "one");
  db.exec("INSERT INTO meta VALUES ('log', 'another')");
  db.close();
  const [here, there] = await running(
    Effect.all([Effect.flip(runConsumer()), Effect.flip(runConsumerInThread())]),
  );
  expect(there).toEqual(here);
  expect(there).toMatchObject({ _tag: "LogMismatch", message: here.message });
});

it("an error that is no failure is a defect of the caller, with its message", async () => {
  openVentes(dir, "one").close();
  const db = openPlain(ventesFile(dir));
  db.exec("DROP TABLE positions");
  db.close();
  const exit: Exit.Exit<never, unknown> = await running(Effect.exit(runConsumerInThread()));
  expect(exit._tag === "Failure" && Cause.hasDies(exit.cause)).toBe(true);
  expect(exit._tag === "Failure" && String(Cause.squash(exit.cause))).toContain("no such table: positions");
});

it("starts its thread when the database is behind the log", async () => {
  await running(
    Effect.gen(function* () {
      const consumer = yield* Effect.forkChild(runConsumerInThread());
      yield* Effect.promise(() => until("the database", () => existsSync(ventesFile(dir))));
      yield* Effect.sleep(100);
      expect(threads()).toBe(0);
      yield* publishAll;
      yield* Effect.promise(() => until("the thread", () => threads() === 1));
      yield* Fiber.interrupt(consumer);
    }),
  );
});

it("interrupted while its thread is starting, it leaves no thread behind", async () => {
  await running(
    Effect.gen(function* () {
      yield* publishAll;
      const thread = yield* Effect.forkChild(runConsumerInThread());
      yield* Effect.promise(() => until("the thread", () => threads() === 1, { every: 1 }));
      yield* Fiber.interrupt(thread);
    }),
  );
  expect(threads()).toBe(0);
});
