import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as Cause from "effect/Cause";
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import type * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import type * as Scope from "effect/Scope";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openPlain } from "#shared/database/sqlite.ts";
import { openVentes, openVentesReader, ventesFile } from "#shared/database/ventes-db.ts";
import type { Settings } from "#shared/runtime/settings.ts";
import type { TopicLog } from "#shared/topic-log/topic-log.ts";
import { until } from "../integration-tests/support/until.ts";
import { runConsumerInThread } from "./in-thread.ts";
import { runConsumer } from "./run.ts";
import { canonicalModel } from "./testing/canonical.model.ts";
import { canonicalDump } from "./testing/canonical-dump.ts";
import { publishAll, runOnLog } from "./testing/on-log.ts";
import { randomOf, randomTopics } from "./testing/random-history.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "ventes-consumer-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const running = <A, E>(effect: Effect.Effect<A, E, TopicLog | Settings | Scope.Scope>) =>
  runOnLog(dir, Effect.scoped(effect));

const topics = randomTopics(randomOf(7), 2000);
const published = [...topics.values()].flat(2);
/** Records of the log, and those that count as events. */
const size = published.length;
const count = published.filter(({ event }) => event.kind !== "fence").length;

/** A thread whatever the size of the log. */
const ALWAYS = -1;

/** Publishes of each partition its records between two shares of it. */
const publish = (from = 0, to = 1) =>
  publishAll(
    new Map(
      [...topics].map(([topic, logs]) => [
        topic,
        logs.map((all) => all.slice(Math.floor(all.length * from), Math.floor(all.length * to))),
      ]),
    ),
  );

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

/** Interrupts it when all positions of the log are in the database, and returns its figures. */
const applyAll = (mostWithoutThread?: number) =>
  Effect.gen(function* () {
    const isThere = yield* Deferred.make<number>();
    const consumer = yield* Effect.forkChild(
      runConsumerInThread(
        {
          onProgress: ({ events }) => {
            if (read<number>("SELECT SUM(position) FROM positions") === size)
              Deferred.doneUnsafe(isThere, Effect.succeed(events));
          },
        },
        mostWithoutThread,
      ),
    );
    return { consumer, events: Effect.raceFirst(Fiber.join(consumer), Deferred.await(isThere)) };
  });

const expectAll = (): void => {
  const db = openVentesReader(dir);
  expect([...canonicalDump(db)]).toEqual(canonicalModel(topics));
  db.close();
};

it("applies every event in its thread, tells its figures, and ends it before its caller goes on", async () => {
  await running(
    Effect.gen(function* () {
      yield* publish();
      const { consumer, events } = yield* applyAll(ALWAYS);
      expect(yield* events).toBe(count);
      expect(threads()).toBe(1);
      yield* Fiber.interrupt(consumer);
      expect(threads()).toBe(0);
    }),
  );
  expectAll();
});

it("needs no thread for a small log", async () => {
  await running(
    Effect.gen(function* () {
      const { consumer, events } = yield* applyAll();
      yield* publish();
      expect(yield* events).toBe(count);
      expect(threads()).toBe(0);
      yield* Fiber.interrupt(consumer);
    }),
  );
  expectAll();
});

it("hands a log that grows over to a thread, which goes on with its positions and its figures", async () => {
  await running(
    Effect.gen(function* () {
      const { consumer, events } = yield* applyAll(size / 2);
      yield* publish(0, 0.4);
      const applied = "SELECT IFNULL(SUM(position), 0) FROM positions";
      const isFile = () => existsSync(ventesFile(dir));
      yield* Effect.promise(() =>
        until("0.3 of the log", () => isFile() && read<number>(applied) > size * 0.3),
      );
      expect(threads()).toBe(0);
      yield* publish(0.4);
      expect(yield* events).toBe(count);
      expect(threads()).toBe(1);
      yield* Fiber.interrupt(consumer);
    }),
  );
  expectAll();
});

it("tells how long its thread's loop was busy", async () => {
  await running(
    Effect.gen(function* () {
      yield* publish(0, 0.1);
      const hasLooped = yield* Deferred.make<number>();
      const consumer = yield* Effect.forkChild(
        runConsumerInThread(
          { onLoopDelay: (ms) => Deferred.doneUnsafe(hasLooped, Effect.succeed(ms)) },
          ALWAYS,
        ),
      );
      expect(yield* Effect.raceFirst(Fiber.join(consumer), Deferred.await(hasLooped))).toBeGreaterThanOrEqual(
        0,
      );
      yield* Fiber.interrupt(consumer);
    }),
  );
});

it("fails as the consumer in this thread does, with the same error", async () => {
  await running(publish());
  const db = openVentes(dir, "one");
  db.exec("INSERT INTO meta VALUES ('log', 'another')");
  db.close();
  const [here, there] = await running(
    Effect.all([Effect.flip(runConsumer()), Effect.flip(runConsumerInThread({}, ALWAYS))]),
  );
  expect(there).toEqual(here);
  expect(there).toMatchObject({ _tag: "LogMismatch", message: here.message });
});

it("an error that is no failure is a defect of the caller, with its message", async () => {
  openVentes(dir, "one").close();
  const db = openPlain(ventesFile(dir));
  db.exec("DROP TABLE positions");
  db.close();
  const exit: Exit.Exit<never, unknown> = await running(Effect.exit(runConsumerInThread({}, ALWAYS)));
  expect(exit._tag === "Failure" && Cause.hasDies(exit.cause)).toBe(true);
  expect(exit._tag === "Failure" && String(Cause.squash(exit.cause))).toContain("no such table: positions");
});

it("starts no thread while there is nothing to apply", async () => {
  await running(
    Effect.gen(function* () {
      const consumer = yield* Effect.forkChild(runConsumerInThread({}, ALWAYS));
      yield* Effect.promise(() => until("the database", () => existsSync(ventesFile(dir))));
      yield* Effect.sleep(100);
      expect(threads()).toBe(0);
      yield* publish();
      yield* Effect.promise(() => until("the thread", () => threads() === 1));
      yield* Fiber.interrupt(consumer);
    }),
  );
});

it("interrupted while its thread is starting, it leaves no thread behind", async () => {
  await running(
    Effect.gen(function* () {
      yield* publish();
      const thread = yield* Effect.forkChild(runConsumerInThread({}, ALWAYS));
      yield* Effect.promise(() => until("the thread", () => threads() === 1, { every: 1 }));
      yield* Fiber.interrupt(thread);
    }),
  );
  expect(threads()).toBe(0);
});
