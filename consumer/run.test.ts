import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as Layer from "effect/Layer";
import { afterEach, expect, it } from "vitest";
import { openVentes, openVentesReader } from "#shared/database/ventes-db.ts";
import { embeddedSettings, Settings } from "#shared/settings.ts";
import { layerTopicLog } from "#shared/topic-log/layer.ts";
import { TopicLog } from "#shared/topic-log/topic-log.ts";
import { EVENT_TOPICS } from "#shared/topics.ts";
import { canonicalModel } from "./canonical.model.ts";
import { canonicalDump } from "./canonical-dump.ts";
import { randomOf, randomTopics } from "./random-history.ts";
import { replay } from "./replay.ts";
import { runConsumer } from "./run.ts";

const dirs: string[] = [];
const temporary = () => {
  const dir = mkdtempSync(join(tmpdir(), "ventes-consumer-"));
  dirs.push(dir);
  return dir;
};
afterEach(() => {
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
});

type Topics = ReturnType<typeof randomTopics>;

const running = <A, E>(dir: string, effect: Effect.Effect<A, E, TopicLog | Settings>) =>
  Effect.runPromise(
    Effect.provide(
      effect,
      Layer.provideMerge(layerTopicLog, Layer.succeed(Settings, embeddedSettings(dir, { partitions: 2 }))),
    ) as Effect.Effect<A>,
  );

const publishAll = (topics: Topics) =>
  Effect.gen(function* () {
    const log = yield* TopicLog;
    for (const [topic, logs] of topics)
      for (const [partition, records] of logs.entries())
        yield* log.publish(
          topic,
          records.map(({ key, event }) => ({ key, value: JSON.stringify(event), partition })),
        );
  });

/** Waits until the database stands at the ends of the topics. */
const caughtUp = (dir: string) =>
  Effect.gen(function* () {
    const log = yield* TopicLog;
    const bounds = yield* log.bounds(EVENT_TOPICS);
    const db = openVentesReader(dir);
    const position = db.prepare("SELECT position FROM positions WHERE topic = ? AND partition = ?").pluck();
    while (bounds.some((b) => b.end > 0 && position.get(b.topic, b.partition) !== b.end))
      yield* Effect.sleep(10);
    db.close();
  });

const untilThere = (dir: string) =>
  Effect.gen(function* () {
    for (;;) {
      try {
        openVentesReader(dir).close();
        return;
      } catch {
        yield* Effect.sleep(10);
      }
    }
  });

const dumpOf = (dir: string) => {
  const db = openVentesReader(dir);
  try {
    return [...canonicalDump(db)];
  } finally {
    db.close();
  }
};

it("two consumers of one database, killed and restarted, apply every event once", async () => {
  const dir = temporary();
  const topics = randomTopics(randomOf(7), 3000);
  await running(
    dir,
    Effect.gen(function* () {
      const first = yield* Effect.forkChild(runConsumer());
      yield* untilThere(dir);
      const publishing = yield* Effect.forkChild(publishAll(topics));
      const second = yield* Effect.forkChild(runConsumer());
      yield* Effect.sleep(30);
      yield* Fiber.interrupt(first);
      const third = yield* Effect.forkChild(runConsumer());
      yield* Fiber.join(publishing);
      yield* caughtUp(dir);
      yield* Fiber.interrupt(second);
      yield* Fiber.interrupt(third);
    }),
  );
  expect(dumpOf(dir)).toEqual(canonicalModel(topics));
});

it("announces every commit, also those of a consumer that died before", async () => {
  const dir = temporary();
  const announced = await running(
    dir,
    Effect.gen(function* () {
      const log = yield* TopicLog;
      const consumer = yield* Effect.forkChild(runConsumer());
      yield* untilThere(dir);
      yield* publishAll(randomTopics(randomOf(3), 200));
      yield* caughtUp(dir);
      yield* Fiber.interrupt(consumer);
      const again = yield* Effect.forkChild(runConsumer());
      const commits = new Set<number>();
      const db = openVentesReader(dir);
      const last = db.prepare("SELECT MAX(commit_id) FROM commits").pluck().get() as number;
      db.close();
      while (!commits.has(last)) {
        yield* log.read([{ topic: "commits", partition: 0, offset: 0 }], (batch) =>
          Effect.sync(() => {
            for (const { value } of batch.records) commits.add(JSON.parse(String(value)).commit);
          }),
        );
        yield* Effect.sleep(10);
      }
      yield* Fiber.interrupt(again);
      return { commits, last };
    }),
  );
  expect([...announced.commits].sort((a, b) => a - b)).toEqual(
    Array.from({ length: announced.last }, (_, i) => i + 1),
  );
});

it("replays in place: nothing changes, and what was tampered with is repaired and counted", async () => {
  const dir = temporary();
  const topics = randomTopics(randomOf(11), 800);
  const reports = await running(
    dir,
    Effect.gen(function* () {
      yield* publishAll(topics);
      const consumer = yield* Effect.forkChild(runConsumer());
      yield* untilThere(dir);
      yield* caughtUp(dir);
      const beside = yield* replay();
      yield* Fiber.interrupt(consumer);
      const alone = yield* replay();
      const db = openVentes(dir);
      const tampered = db
        .prepare(
          "UPDATE ventes SET quantite_millioniemes = 99000000 WHERE id_vente IN (SELECT id_vente FROM ventes LIMIT 2)",
        )
        .run().changes;
      db.prepare("DELETE FROM rejets").run();
      db.close();
      const mending = yield* replay();
      return { beside, alone, mending, tampered };
    }),
  );
  const events = [...topics.values()].flat(2).filter((r) => r.event.kind !== "mark").length;
  expect(reports.beside).toEqual({ events, repaired: 0 });
  expect(reports.alone).toEqual({ events, repaired: 0 });
  expect(reports.tampered).toBeGreaterThan(0);
  expect(reports.mending.repaired).toBeGreaterThanOrEqual(reports.tampered);
  expect(dumpOf(dir)).toEqual(canonicalModel(topics));
});

it("refuses another log than its own, and one that has lost events", async () => {
  const dir = temporary();
  await running(
    dir,
    Effect.gen(function* () {
      const consumer = yield* Effect.forkChild(runConsumer());
      yield* untilThere(dir);
      yield* publishAll(randomTopics(randomOf(2), 20));
      yield* caughtUp(dir);
      yield* Fiber.interrupt(consumer);
    }),
  );
  for (const suffix of ["", "-wal", "-shm"]) rmSync(join(dir, `events.db${suffix}`), { force: true });
  const failure = await running(dir, Effect.flip(runConsumer()));
  expect(failure).toMatchObject({ _tag: "LogMismatch" });
  expect(failure.message).toContain("another log");
});
