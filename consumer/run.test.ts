import { randomUUID } from "node:crypto";
import { copyFileSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import { afterEach, expect, it } from "vitest";
import { EVENT_TOPICS, type EventTopic } from "#shared/contract/topics.ts";
import { missedEvents } from "#shared/database/log-of-database.ts";
import { openPlain } from "#shared/database/sqlite.ts";
import { openVentes, openVentesReader } from "#shared/database/ventes-db.ts";
import { embeddedSettings, Settings } from "#shared/runtime/settings.ts";
import { systemClock } from "#shared/runtime/testing/clock.ts";
import { LogUnavailable } from "#shared/topic-log/errors.ts";
import { type Position, TopicLog } from "#shared/topic-log/topic-log.ts";
import { until } from "../integration-tests/support/until.ts";
import { makeBatchApplier } from "./batch.ts";
import { openBoundDatabase } from "./bound-database.ts";
import { replay } from "./replay.ts";
import { runConsumer } from "./run.ts";
import { canonicalModel } from "./testing/canonical.model.ts";
import { canonicalDump } from "./testing/canonical-dump.ts";
import { publishAll, runOnLog } from "./testing/on-log.ts";
import { batchOf, randomOf, randomTopics } from "./testing/random-history.ts";

const dirs: string[] = [];
const temporary = () => {
  const dir = mkdtempSync(join(tmpdir(), "ventes-consumer-"));
  dirs.push(dir);
  return dir;
};
afterEach(() => {
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
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
  await runOnLog(
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

it("announces every commit, also those of a consumer that was killed before", async () => {
  const dir = temporary();
  const announced = await runOnLog(
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

it("replays in place: right rows stay, and rows that were changed by hand are repaired and counted", async () => {
  const dir = temporary();
  const topics = randomTopics(randomOf(11), 800);
  const reports = await runOnLog(
    dir,
    Effect.gen(function* () {
      yield* publishAll(topics);
      const consumer = yield* Effect.forkChild(runConsumer());
      yield* untilThere(dir);
      yield* caughtUp(dir);
      const beside = yield* replay();
      yield* Fiber.interrupt(consumer);
      const alone = yield* replay();
      const db = openVentes(dir, randomUUID());
      const tamperedIds = db.prepare("SELECT id_vente FROM ventes LIMIT 2").pluck().all() as string[];
      const tampered = db
        .prepare(
          "UPDATE ventes SET quantite_millioniemes = 99000000 WHERE id_vente IN (SELECT id_vente FROM ventes LIMIT 2)",
        )
        .run().changes;
      db.prepare("DELETE FROM rejets").run();
      db.close();
      const mending = yield* replay();
      const again = openVentes(dir, randomUUID());
      const shops = again.prepare("UPDATE magasins SET ville = 'Nowhere'").run().changes;
      again.exec("UPDATE rejets SET code = 'nowhere'");
      again.close();
      const ofOne = yield* replay({ topics: ["magasins"] });
      yield* replay({ topics: ["rejets"] });
      return { beside, alone, mending, tampered, tamperedIds, shops, ofOne };
    }),
  );
  const eventsOf = (...names: readonly EventTopic[]) =>
    names.flatMap((name) => topics.get(name)?.flat() ?? []).filter((r) => r.event.kind !== "fence").length;
  const events = eventsOf(...EVENT_TOPICS);
  expect(reports.beside).toEqual({ events, repaired: 0, repairs: [] });
  expect(reports.alone).toEqual({ events, repaired: 0, repairs: [] });
  expect(reports.tampered).toBeGreaterThan(0);
  expect(reports.mending.repaired).toBeGreaterThanOrEqual(reports.tampered);
  expect(reports.mending.repairs).toHaveLength(reports.mending.repaired);
  for (const id of reports.tamperedIds)
    expect(reports.mending.repairs).toContainEqual(expect.objectContaining({ topic: "ventes", key: id }));
  expect(reports.ofOne).toMatchObject({ events: eventsOf("magasins"), repaired: reports.shops });
  expect(reports.ofOne.repairs.map(({ topic }) => topic)).toEqual(
    reports.ofOne.repairs.map(() => "magasins"),
  );
  expect(dumpOf(dir)).toEqual(canonicalModel(topics));
});

it("refuses another log than its own, and one that has lost events", async () => {
  const dir = temporary();
  await runOnLog(
    dir,
    Effect.gen(function* () {
      const consumer = yield* Effect.forkChild(runConsumer());
      yield* untilThere(dir);
      yield* publishAll(randomTopics(randomOf(2), 20));
      yield* caughtUp(dir);
      yield* Fiber.interrupt(consumer);
    }),
  );
  tamperWithLog(dir, "UPDATE logs SET identity = 'another'");
  const failure = await runOnLog(dir, Effect.flip(runConsumer()));
  expect(failure).toMatchObject({ _tag: "LogMismatch" });
  expect(failure.message).toContain("another log");
});

/** What an operator, a fault or a transactional producer does to a log. */
const tamperWithLog = (dir: string, sql: string) => {
  const db = openPlain(join(dir, "events.db"));
  db.exec(sql);
  db.close();
};

/** A database that has read all of a log of one product, and then the log is changed. */
const readThenChanged = (dir: string, sql: string) =>
  Effect.gen(function* () {
    yield* publishAll(randomTopics(randomOf(2), 40));
    const consumer = yield* Effect.forkChild(runConsumer());
    yield* untilThere(dir);
    yield* caughtUp(dir);
    yield* Fiber.interrupt(consumer);
    tamperWithLog(dir, sql);
  });

it("a replay refuses a log that has lost events, and so does a consumer in the middle of one", async () => {
  const dir = temporary();
  const failures = await runOnLog(
    dir,
    Effect.gen(function* () {
      yield* readThenChanged(
        dir,
        "DELETE FROM batches; UPDATE partitions SET end_offset = 1 WHERE end_offset > 1",
      );
      const replaying = yield* Effect.flip(replay());
      const db = openVentes(dir, randomUUID());
      db.exec("UPDATE positions SET position = 0");
      db.close();
      return [replaying, yield* Effect.flip(runConsumer())];
    }),
  );
  for (const failure of failures) {
    expect(failure).toMatchObject({ _tag: "LogMismatch" });
    expect(failure.message).toContain("lost events");
  }
});

it("notes once which events were gone before it read them, and a replay misses nothing more", async () => {
  const dir = temporary();
  const seen = await runOnLog(
    dir,
    Effect.gen(function* () {
      const missed = () => {
        const db = openVentesReader(dir);
        const found = missedEvents(db);
        db.close();
        return found;
      };
      const readAll = Effect.gen(function* () {
        const consumer = yield* Effect.forkChild(runConsumer());
        yield* untilThere(dir);
        yield* caughtUp(dir);
        yield* Fiber.interrupt(consumer);
        return missed();
      });
      const lose = (events: number) =>
        tamperWithLog(
          dir,
          `UPDATE partitions SET start_offset = ${events}
           WHERE partition = 1 AND topic = (SELECT topic FROM topics WHERE name = 'ventes.magasins')`,
        );
      yield* publishAll(randomTopics(randomOf(2), 40));
      lose(3);
      const first = yield* readAll;
      const again = yield* readAll;
      yield* replay();
      lose(4);
      return [first, again, yield* readAll];
    }),
  );
  for (const missed of seen) expect(missed).toEqual([{ place: "magasins/1", events: 3 }]);
});

it("a replay ends where a log ends in offsets without a record, or does not start at 0", async () => {
  const dir = temporary();
  const report = await runOnLog(
    dir,
    Effect.gen(function* () {
      yield* publishAll(randomTopics(randomOf(2), 40));
      yield* publishAll(randomTopics(randomOf(3), 40));
      const firstOf =
        "(SELECT MIN(last_offset) FROM batches AS b WHERE b.topic = p.topic AND b.partition = p.partition)";
      tamperWithLog(
        dir,
        `UPDATE partitions AS p SET start_offset = ${firstOf} + 1, end_offset = end_offset + 1 WHERE end_offset > 0;
         DELETE FROM batches AS p WHERE last_offset = ${firstOf}`,
      );
      return yield* replay();
    }),
  );
  expect(report.events).toBeGreaterThan(0);
  expect(report.repaired).toBe(0);
});

it("starts while another process is in its transaction", async () => {
  const dir = temporary();
  const topics = randomTopics(randomOf(5), 40);
  await runOnLog(
    dir,
    Effect.gen(function* () {
      yield* publishAll(topics);
      const other = openVentes(dir, randomUUID());
      other.exec("BEGIN IMMEDIATE");
      const consumer = yield* Effect.forkChild(runConsumer());
      // Longer than SQLite itself waits.
      yield* Effect.sleep(200);
      other.exec("ROLLBACK");
      other.close();
      yield* Effect.raceFirst(caughtUp(dir), Fiber.join(consumer));
      yield* Fiber.interrupt(consumer);
    }),
  );
  expect(dumpOf(dir)).toEqual(canonicalModel(topics));
});

it("starts while the log is lost, and reports that it waits", async () => {
  const dir = temporary();
  const topics = randomTopics(randomOf(12), 40);
  const states: string[] = [];
  await runOnLog(
    dir,
    Effect.gen(function* () {
      yield* publishAll(topics);
      const log = yield* TopicLog;
      let refusals = 2;
      const lost = TopicLog.of({
        ...log,
        bounds: (...asked) =>
          Effect.suspend(() =>
            refusals-- > 0
              ? Effect.fail(new LogUnavailable({ address: "nowhere", message: "nobody answers" }))
              : log.bounds(...asked),
          ),
      });
      const consumer = yield* Effect.forkChild(
        Effect.provideService(runConsumer({ onLogState: ({ state }) => states.push(state) }), TopicLog, lost),
      );
      yield* untilThere(dir);
      yield* Effect.raceFirst(caughtUp(dir), Fiber.join(consumer));
      yield* Fiber.interrupt(consumer);
    }),
  );
  expect(states).toEqual(["waiting", "waiting"]);
  expect(dumpOf(dir)).toEqual(canonicalModel(topics));
});

it("starts while another consumer reads on: events read after the bounds were taken are not lost events", async () => {
  const dir = temporary();
  await runOnLog(
    dir,
    Effect.gen(function* () {
      yield* publishAll(randomTopics(randomOf(13), 40));
      const log = yield* TopicLog;
      let asked = 0;
      const busy = TopicLog.of({
        ...log,
        bounds: (...args) =>
          log.bounds(...args).pipe(
            Effect.tap(() =>
              Effect.sync(() => {
                asked++;
                const other = openVentes(dir, randomUUID());
                other.exec(
                  "INSERT INTO positions (topic, partition, position, high_watermark) VALUES ('ventes', 0, 999, 999)",
                );
                other.close();
              }),
            ),
          ),
      });
      const db = yield* Effect.scoped(
        Effect.map(Effect.provideService(openBoundDatabase(), TopicLog, busy), (open) => open.name),
      );
      expect(db).toContain(dir);
      expect(asked).toBe(1);
    }),
  );
});

it("rolls its batch back when another consumer has applied it, reports that, and goes on", async () => {
  const dir = temporary();
  const topics = randomTopics(randomOf(6), 300);
  const said: Position[] = [];
  await runOnLog(
    dir,
    Effect.gen(function* () {
      const log = yield* TopicLog;
      let hasBatch = false;
      const watched = TopicLog.of({
        ...log,
        follow: (options) =>
          log.follow({
            ...options,
            onBatch: (batch) => {
              hasBatch = true;
              return options.onBatch(batch);
            },
          }),
      });
      const consumer = yield* Effect.forkChild(
        runConsumer({ onOvertaken: (position) => said.push(position) }).pipe(
          Effect.provideService(TopicLog, watched),
        ),
      );
      yield* untilThere(dir);
      const other = openVentes(dir, randomUUID());
      // The consumer has a batch in hand and waits for the lock; who holds it writes what that batch holds.
      other.exec("BEGIN IMMEDIATE");
      yield* publishAll(topics);
      yield* Effect.promise(() => until("a batch of the consumer", () => hasBatch));
      other.exec("ROLLBACK");
      const applier = makeBatchApplier(other, systemClock);
      const stands = other
        .prepare("SELECT position FROM positions WHERE topic = ? AND partition = ?")
        .pluck();
      for (const [topic, logs] of topics)
        for (const [partition, log] of logs.entries()) {
          const position = (stands.get(topic, partition) as number | undefined) ?? 0;
          applier.apply(batchOf(topics, topic, partition, position, log.length), position);
        }
      other.close();
      yield* caughtUp(dir);
      yield* Effect.promise(() => until("it to be said", () => said.length > 0));
      yield* Fiber.interrupt(consumer);
    }),
  );
  expect(said[0]?.offset).toBeGreaterThan(0);
  expect(dumpOf(dir)).toEqual(canonicalModel(topics));
});

it("stops when its database file is removed or replaced", async () => {
  for (const replaced of [false, true]) {
    const dir = temporary();
    const failure = await runOnLog(
      dir,
      Effect.gen(function* () {
        const consumer = yield* Effect.forkChild(Effect.flip(runConsumer()));
        yield* untilThere(dir);
        yield* publishAll(randomTopics(randomOf(8), 40));
        yield* caughtUp(dir);
        if (replaced) copyFileSync(join(dir, "ventes.db"), join(dir, "copy.db"));
        rmSync(join(dir, "ventes.db"));
        if (replaced) renameSync(join(dir, "copy.db"), join(dir, "ventes.db"));
        return yield* Fiber.join(consumer);
      }),
    );
    expect(failure).toMatchObject({ _tag: "DatabaseError", reason: "missing" });
    expect(failure.message).toContain("was removed or replaced while it was in use");
  }
});

it("lets the event loop turn between two transactions", async () => {
  const dir = temporary();
  const seen: string[] = [];
  let turning = true;
  const turn = () => {
    seen.push("turn");
    if (turning) setImmediate(turn);
  };
  await runOnLog(
    dir,
    Effect.gen(function* () {
      yield* publishAll(randomTopics(randomOf(9), 200));
      const consumer = yield* Effect.forkChild(runConsumer({ onProgress: () => seen.push("batch") }));
      setImmediate(turn);
      yield* untilThere(dir);
      yield* caughtUp(dir);
      turning = false;
      yield* Fiber.interrupt(consumer);
    }),
  );
  const order = seen.join(" ");
  expect(order).toContain("batch turn");
  expect(order).not.toContain("batch batch");
});

it("ends with an error when it can no longer announce commits", async () => {
  const dir = temporary();
  const exit = await runOnLog(
    dir,
    Effect.gen(function* () {
      const db = openVentes(dir, randomUUID());
      db.exec(`CREATE TRIGGER broken BEFORE UPDATE ON counters WHEN old.name = 'announced'
        BEGIN SELECT RAISE(ABORT, 'a fault of this test'); END`);
      db.close();
      yield* publishAll(randomTopics(randomOf(4), 20));
      return yield* Effect.exit(runConsumer());
    }),
  );
  expect(Exit.isFailure(exit) && String(Cause.squash(exit.cause))).toContain("a fault of this test");
});

it("a database and its copy, opened beside each other on one log, both get every event", async () => {
  const dir = temporary();
  const copy = temporary();
  const topics = randomTopics(randomOf(11), 600);
  const consumerIn = (data: string) =>
    runConsumer().pipe(Effect.provideService(Settings, embeddedSettings(data, { partitions: 2 })));
  await runOnLog(
    dir,
    Effect.gen(function* () {
      const first = yield* Effect.forkChild(runConsumer());
      yield* untilThere(dir);
      yield* Fiber.interrupt(first);
      copyFileSync(join(dir, "ventes.db"), join(copy, "ventes.db"));
      const both = yield* Effect.forkChild(
        Effect.all([runConsumer(), consumerIn(copy)], { concurrency: "unbounded" }),
      );
      yield* publishAll(topics);
      yield* Effect.all([caughtUp(dir), caughtUp(copy)], { concurrency: "unbounded" }).pipe(
        Effect.timeout("20 seconds"),
      );
      yield* Fiber.interrupt(both);
    }),
  );
  expect(dumpOf(copy)).toEqual(dumpOf(dir));
});
