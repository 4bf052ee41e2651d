/** What every TopicLog promises, tried on both layers. What is one layer's alone is tested in its folder. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as Cause from "effect/Cause";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import * as Layer from "effect/Layer";
import type * as Scope from "effect/Scope";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeWith } from "../../integration-tests/support/describe-with.ts";
import { startKafka, type TestKafka } from "../../integration-tests/support/kafka.ts";
import { openLine } from "../../integration-tests/support/line.ts";
import { until } from "../../integration-tests/support/until.ts";
import { partitionOf } from "../contract/partitioner.ts";
import type { TopicName } from "../contract/topics.ts";
import { embeddedSettings, Settings, type SettingsShape } from "../runtime/settings.ts";
import { partitionKey } from "./by-partition.ts";
import { CompactedTopic } from "./compacted.ts";
import { makeAdmin } from "./kafka/cluster/kafkajs.ts";
import { layerTopicLog } from "./layer.ts";
import {
  type FollowOptions,
  type LogBatch,
  type LogState,
  type NewRecord,
  type Position,
  TopicLog,
  type TopicPartition,
} from "./topic-log.ts";
import { Waker } from "./waker.ts";

type Log = TopicLog["Service"];

/** A log's surroundings, which can take it away. */
interface Place {
  readonly settings: SettingsShape;
  readonly lose: () => Promise<void>;
  readonly giveBack: () => Promise<void>;
}
interface Surroundings {
  /** Whether a lost log is lost for readers too. */
  readonly readersWait: boolean;
  readonly makePlace: (options?: { readonly losable: boolean }) => Promise<Place>;
  /** Completes when the group noticed that a member came. */
  readonly untilRebalancing: (settings: SettingsShape, group: string) => Promise<void>;
  readonly tearDown: () => Promise<void>;
}

/** Says so, and gives it back when its stdin ends. */
const HOLD_THE_LOCK = `
  const db = new (require("node:sqlite").DatabaseSync)(process.argv[1]);
  db.exec("BEGIN IMMEDIATE");
  console.log("held");
  process.stdin.on("end", () => { db.exec("ROLLBACK"); db.close(); }).resume();`;

const embedded = (): Surroundings => {
  const dirs: string[] = [];
  const holders: ChildProcess[] = [];
  return {
    readersWait: false,
    makePlace: async () => {
      const data = mkdtempSync(join(tmpdir(), "ventes-log-"));
      dirs.push(data);
      let holder: ChildProcess | undefined;
      return {
        settings: embeddedSettings(data),
        // Another program in a transaction. In a process of its own: SQLite's locks are a process'.
        lose: async () => {
          holder = spawn(process.execPath, ["-e", HOLD_THE_LOCK, join(data, "events.db")], {
            stdio: ["pipe", "pipe", "inherit"],
          });
          holders.push(holder);
          await once(holder.stdout as NonNullable<typeof holder.stdout>, "data");
        },
        giveBack: async () => {
          if (holder === undefined) return;
          holder.stdin?.end();
          await once(holder, "exit");
        },
      };
    },
    untilRebalancing: async () => {},
    tearDown: async () => {
      for (const holder of holders) holder.kill();
      for (const dir of dirs) rmSync(dir, { recursive: true, force: true });
    },
  };
};

const onKafka = (kafka: TestKafka): Surroundings => {
  const closers: (() => Promise<void>)[] = [];
  return {
    readersWait: true,
    makePlace: async ({ losable } = { losable: false }) => {
      const line = losable ? await openLine(kafka.settings.brokers) : undefined;
      if (line) closers.push(line.close);
      return {
        settings: embeddedSettings("/nowhere", {
          namespace: kafka.namespace(),
          kafka: { ...kafka.settings, brokers: line?.brokers ?? kafka.settings.brokers },
        }),
        lose: async () => line?.cut(),
        giveBack: async () => line?.mend(),
      };
    },
    untilRebalancing: async (settings, group) => {
      const admin = makeAdmin(kafka.settings);
      await admin.connect();
      await until("the group to rebalance", async () => {
        const { groups } = await admin.describeGroups([`${settings.namespace}.${group}`]);
        return groups[0]?.state === "PreparingRebalance";
      });
      await admin.disconnect();
    },
    tearDown: async () => {
      for (const close of closers) await close();
      await kafka.stop();
    },
  };
};

describe("embedded", () => conformance(async () => embedded()));
describeWith("kafka", "kafka", () => conformance(async () => onKafka(await startKafka())));

// ---- helpers

const openLog = (settings: SettingsShape): Effect.Effect<Log, unknown, Scope.Scope> =>
  Layer.build(Layer.fresh(layerTopicLog).pipe(Layer.provide(Layer.succeed(Settings, settings)))).pipe(
    Effect.map((context) => Context.get(context, TopicLog)),
  );

const partsOf = (log: Log, topic: TopicName): TopicPartition[] =>
  Array.from({ length: log.partitions(topic) }, (_, partition) => ({ topic, partition }));

const startsOf = (log: Log, topic: TopicName): Position[] =>
  partsOf(log, topic).map((p) => ({ ...p, offset: 0 }));

const numbered = (from: number, count: number): NewRecord[] =>
  Array.from({ length: count }, (_, i) => ({ key: `k${from + i}`, value: `v${from + i}` }));

interface Seen {
  readonly where: string;
  readonly offset: number;
  readonly key: string | null;
  readonly value: string | null;
}
const seenIn = (batch: LogBatch): Seen[] =>
  batch.records.map((r) => ({
    where: partitionKey(batch),
    offset: r.offset,
    key: r.key,
    value: r.value === null ? null : r.value.toString(),
  }));

const readAll = (log: Log, topic: TopicName) =>
  Effect.gen(function* () {
    const seen: Seen[] = [];
    yield* log.read(startsOf(log, topic), (batch) => Effect.sync(() => seen.push(...seenIn(batch))));
    return seen;
  });

/** A follower that keeps its positions as the consumer does: with the records that it has seen, for any assignment. */
class Follower {
  readonly seen: Seen[] = [];
  readonly batches: LogBatch[] = [];
  readonly asked: (readonly TopicPartition[])[] = [];
  readonly states: LogState[] = [];
  readonly kept: Map<string, number>;
  owned = new Set<string>();
  constructor(kept = new Map<string, number>()) {
    this.kept = kept;
  }
  options(group: string, topics: readonly TopicName[]): FollowOptions<never, never> {
    return {
      group,
      topics,
      positions: (assigned) => {
        this.asked.push(assigned);
        this.owned = new Set([...this.owned, ...assigned.map(partitionKey)]);
        return assigned.flatMap((p) => {
          const offset = this.kept.get(partitionKey(p));
          return offset === undefined ? [] : [{ ...p, offset }];
        });
      },
      onBatch: (batch) => Effect.sync(() => this.apply(batch)),
      onState: (state) => this.states.push(state),
    };
  }
  /** Compare and set: a batch from elsewhere than its position is not applied. */
  apply(batch: LogBatch): number {
    const where = partitionKey(batch);
    const position = this.kept.get(where) ?? 0;
    const first = batch.records[0]?.offset ?? 0;
    this.batches.push(batch);
    if (first < position) return position;
    this.seen.push(...seenIn(batch));
    this.kept.set(where, batch.next);
    return batch.next;
  }
}

const waitFor = (what: string, look: () => boolean, within = 20_000) =>
  Effect.promise(() => until(what, look, { within }));

const failureTag = (exit: Exit.Exit<unknown, unknown>): string => {
  if (Exit.isSuccess(exit)) return "success";
  const error: unknown = Cause.squash(exit.cause);
  return typeof error === "object" && error !== null && "_tag" in error ? String(error._tag) : String(error);
};

function conformance(make: () => Promise<Surroundings>): void {
  let around: Surroundings;
  beforeAll(async () => {
    around = await make();
  }, 120_000);
  afterAll(() => around?.tearDown());

  const test = (
    title: string,
    body: (settings: SettingsShape, place: Place) => Effect.Effect<unknown, unknown, Scope.Scope>,
    options = { losable: false },
  ) =>
    it(title, async () => {
      const place = await around.makePlace(options);
      await Effect.runPromise(Effect.scoped(body(place.settings, place)));
    }, 60_000);

  test("published records are there, in order, in the partition of their key", (settings) =>
    Effect.gen(function* () {
      const log = yield* openLog(settings);
      const records = numbered(0, 500);
      const published = yield* log.publish("ventes", records);
      expect(published.reduce((n, p) => n + p.count, 0)).toBe(500);
      expect(published.every((p) => p.firstOffset === 0)).toBe(true);
      const again = yield* log.publish("ventes", numbered(500, 1));
      const [one] = again;
      expect(one?.partition).toBe(partitionOf("k500", log.partitions("ventes")));
      expect(one?.firstOffset).toBe(published.find((p) => p.partition === one?.partition)?.count);

      const seen = yield* readAll(log, "ventes");
      expect(seen.map((r) => r.key).sort()).toEqual([...records.map((r) => r.key), "k500"].sort());
      for (const { where, key, value } of seen) {
        expect(where).toBe(`ventes/${partitionOf(String(key), 3)}`);
        expect(value).toBe(String(key).replace("k", "v"));
      }
      for (const partition of [0, 1, 2]) {
        const numbers = seen
          .filter((r) => r.where === `ventes/${partition}`)
          .map((r) => Number(r.key?.slice(1)));
        expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
      }
    }));

  test("publishing nothing changes nothing; a named partition is used; French text stays the same", (settings) =>
    Effect.gen(function* () {
      const log = yield* openLog(settings);
      expect(yield* log.publish("ventes", [])).toEqual([]);
      const published = yield* log.publish("ventes", [
        { key: "é", value: "quantité œ €", partition: 2 },
        { key: "é", value: "", partition: 0 },
      ]);
      expect(published).toEqual([
        { partition: 0, firstOffset: 0, count: 1 },
        { partition: 2, firstOffset: 0, count: 1 },
      ]);
      const seen = yield* readAll(log, "ventes");
      expect(seen.map((r) => [r.where, r.key, r.value])).toEqual([
        ["ventes/0", "é", ""],
        ["ventes/2", "é", "quantité œ €"],
      ]);
    }));

  test("one publish may be larger than a batch", (settings) =>
    Effect.gen(function* () {
      const log = yield* openLog(settings);
      const value = "x".repeat(300);
      const records = Array.from({ length: 30_000 }, (_, i) => ({ key: `k${i}`, value: `${i} ${value}` }));
      yield* log.publish("ventes", records);
      const offsets = new Map<number, number>();
      let count = 0;
      yield* log.read(startsOf(log, "ventes"), (batch) =>
        Effect.sync(() => {
          for (const { offset } of batch.records) {
            expect(offset).toBe(offsets.get(batch.partition) ?? 0);
            offsets.set(batch.partition, offset + 1);
            count += 1;
          }
        }),
      );
      expect(count).toBe(records.length);
    }));

  test("several publishers at once never share an offset, and each keeps its order", (settings) =>
    Effect.gen(function* () {
      const logs = [yield* openLog(settings), yield* openLog(settings)];
      yield* Effect.forEach(
        [0, 1, 2, 3],
        (who) =>
          Effect.forEach(
            Array.from({ length: 20 }, (_, i) => i),
            (i) =>
              (logs[who % 2] as Log).publish("magasins", [
                { key: "a", value: `${who} ${2 * i}` },
                { key: "a", value: `${who} ${2 * i + 1}` },
              ]),
            { discard: true },
          ),
        { concurrency: "unbounded" },
      );
      const seen = yield* readAll(logs[0] as Log, "magasins");
      expect(seen.map((r) => r.offset)).toEqual(Array.from({ length: 160 }, (_, i) => i));
      for (const who of [0, 1, 2, 3])
        expect(seen.filter((r) => r.value?.startsWith(`${who} `)).map((r) => r.value)).toEqual(
          Array.from({ length: 40 }, (_, i) => `${who} ${i}`),
        );
    }));

  test("the identity is the same for all, also after reopening; another log has another one", (settings) =>
    Effect.gen(function* () {
      const [first, second] = yield* Effect.all(
        [Effect.scoped(openLog(settings)), Effect.scoped(openLog(settings))],
        { concurrency: "unbounded" },
      );
      const third = yield* openLog(settings);
      expect(second.identity).toBe(first.identity);
      expect(third.identity).toBe(first.identity);
      const elsewhere = yield* Effect.promise(() => around.makePlace());
      const other = yield* openLog(elsewhere.settings);
      expect(other.identity).not.toBe(first.identity);
      expect(yield* readAll(third, "sources")).toEqual([]);
      expect((yield* readCompactedOn(third, "sources")).size).toBe(0);
    }));

  test("partition counts are those of the creation, also when the settings change later", (settings) =>
    Effect.gen(function* () {
      yield* Effect.scoped(openLog({ ...settings, partitions: 2 }));
      const log = yield* openLog({ ...settings, partitions: 5 });
      expect(log.partitions("ventes")).toBe(2);
      expect(log.partitions("sources")).toBe(12);
      expect(log.fullName("ventes")).toBe(`${settings.namespace}.ventes`);
    }));

  test("bounds are the start and the end of each partition", (settings) =>
    Effect.gen(function* () {
      const log = yield* openLog(settings);
      yield* log.publish("commits", numbered(0, 7));
      expect(yield* log.bounds(["commits", "magasins"])).toEqual([
        { topic: "commits", partition: 0, start: 0, end: 7 },
        ...[0, 1, 2].map((partition) => ({ topic: "magasins", partition, start: 0, end: 0 })),
      ]);
    }));

  test("read goes from the given positions to the ends as they were when it started", (settings) =>
    Effect.gen(function* () {
      const log = yield* openLog(settings);
      yield* log.publish("commits", numbered(0, 10));
      const seen: Seen[] = [];
      yield* log.read([{ topic: "commits", partition: 0, offset: 4 }], (batch) =>
        Effect.gen(function* () {
          seen.push(...seenIn(batch));
          yield* log.publish("commits", numbered(100, 10));
        }),
      );
      expect(seen.map((r) => r.offset)).toEqual([4, 5, 6, 7, 8, 9]);
      yield* log.read([{ topic: "commits", partition: 0, offset: 20 }], () => Effect.die("nothing is there"));
    }));

  test("read and follow fail for a position past the end, because it belongs to another log", (settings) =>
    Effect.gen(function* () {
      const log = yield* openLog(settings);
      yield* log.publish("commits", numbered(0, 3));
      const past = { topic: "commits" as const, partition: 0, offset: 4 };
      const follower = new Follower(new Map([["commits/0", 4]]));
      const leaping = new Follower();
      // At once: each tries again for some seconds, because a broker may lag behind.
      const exits = yield* Effect.all(
        [
          log.read([past], () => Effect.void),
          log.follow(follower.options("g", ["commits"])),
          log.follow({ ...leaping.options("h", ["commits"]), onBatch: () => Effect.succeed(9) }),
        ].map(Effect.exit),
        { concurrency: "unbounded" },
      );
      expect(exits.map(failureTag)).toEqual(["LogMismatch", "LogMismatch", "LogMismatch"]);
    }));

  test("a follower gets old and new records, and goes on from the positions that it kept", (settings) =>
    Effect.gen(function* () {
      const log = yield* openLog(settings);
      yield* log.publish("ventes", numbered(0, 100));
      const follower = new Follower();
      const fiber = yield* Effect.forkChild(log.follow(follower.options("g", ["ventes", "produits"])));
      yield* waitFor("what was there", () => follower.seen.length === 100);
      yield* log.publish("produits", numbered(100, 10));
      yield* waitFor("what came", () => follower.seen.length === 110);
      yield* Fiber.interrupt(fiber);
      yield* log.publish("ventes", numbered(110, 50));
      const next = new Follower(follower.kept);
      yield* Effect.forkChild(log.follow(next.options("g", ["ventes", "produits"])));
      yield* waitFor("the rest", () => next.seen.length === 50);
      expect(new Set([...follower.seen, ...next.seen].map((r) => r.key)).size).toBe(160);
    }));

  test("records of another TopicLog arrive within half a second", (settings) =>
    Effect.gen(function* () {
      const log = yield* openLog(settings);
      const writer = yield* openLog(settings);
      const follower = new Follower();
      yield* Effect.forkChild(log.follow(follower.options("g", ["commits"])));
      yield* writer.publish("commits", numbered(0, 1));
      yield* waitFor("the follower to be at the end", () => follower.seen.length === 1);
      // The machine may be busy, so one of some tries is enough.
      let fastest = Number.POSITIVE_INFINITY;
      for (let n = 1; n <= 5 && fastest >= 500; n++) {
        const began = performance.now();
        yield* writer.publish("commits", numbered(n, 1));
        yield* waitFor("the news", () => follower.seen.length === n + 1);
        fastest = Math.min(fastest, performance.now() - began);
      }
      expect(fastest).toBeLessThan(500);
    }));

  test("batches have at most maxRecords records, and onBatch returns the next position", (settings) =>
    Effect.gen(function* () {
      const log = yield* openLog(settings);
      yield* log.publish("commits", numbered(0, 10));
      const offsets: number[][] = [];
      let jumped = false;
      yield* Effect.forkChild(
        log.follow({
          group: "g",
          topics: ["commits"],
          positions: () => [],
          maxRecords: 4,
          onBatch: (batch) =>
            Effect.sync(() => {
              offsets.push(batch.records.map((r) => r.offset));
              if (batch.next !== 8 || jumped) return batch.next;
              jumped = true;
              return 6;
            }),
        }),
      );
      yield* waitFor("all batches", () => offsets.flat().at(-1) === 9);
      expect(offsets).toEqual([
        [0, 1, 2, 3],
        [4, 5, 6, 7],
        [6, 7, 8, 9],
      ]);
    }));

  test("an error of the follower ends follow with that error", (settings) =>
    Effect.gen(function* () {
      const log = yield* openLog(settings);
      yield* log.publish("commits", numbered(0, 1));
      const exit = yield* Effect.exit(
        log.follow({
          group: "g",
          topics: ["commits"],
          positions: () => [],
          onBatch: () => Effect.fail("mine"),
        }),
      );
      expect(failureTag(exit)).toBe("mine");
    }));

  test("after moved the positions are read again", (settings) =>
    Effect.gen(function* () {
      const log = yield* openLog(settings);
      yield* log.publish("commits", numbered(0, 5));
      const follower = new Follower();
      const moved = new Waker();
      yield* Effect.forkChild(log.follow({ ...follower.options("g", ["commits"]), moved: moved.wait }));
      yield* waitFor("all of it", () => follower.seen.length === 5);
      follower.kept.set("commits/0", 2);
      moved.wake();
      yield* waitFor("the part again", () => follower.seen.length === 8);
      expect(follower.seen.slice(5).map((r) => r.offset)).toEqual([2, 3, 4]);
    }));

  test("an offset range is read from its offset to its end, also across records that were published at once", (settings) =>
    Effect.gen(function* () {
      const log = yield* openLog(settings);
      yield* log.publish("commits", numbered(0, 40));
      yield* log.publish("commits", numbered(40, 40));
      for (const [offset, until, expected] of [
        [10, 20, 10],
        [35, 45, 10],
        [79, 200, 1],
        [20, 20, 0],
      ] as const) {
        const seen: number[] = [];
        yield* log.read([{ topic: "commits", partition: 0, offset, until }], (batch) =>
          Effect.sync(() => seen.push(...batch.records.map((r) => r.offset))),
        );
        expect(seen).toEqual(Array.from({ length: expected }, (_, i) => offset + i));
      }
    }));

  test("two followers of a group share, and one takes over when the other leaves", (settings) =>
    Effect.gen(function* () {
      const log = yield* openLog(settings);
      const other = yield* openLog(settings);
      const kept = new Map<string, number>();
      const a = new Follower(kept);
      const b = new Follower(kept);
      yield* Effect.forkChild(log.follow(a.options("g", ["ventes"])));
      yield* waitFor("the first to have all", () => a.owned.size === 3);
      const fiber = yield* Effect.forkChild(other.follow(b.options("g", ["ventes"])));
      yield* waitFor("the second to have some", () => b.owned.size > 0);
      let n = 0;
      const bothGet = () => {
        if (a.seen.length > 0 && b.seen.length > 0) return true;
        return false;
      };
      while (!bothGet() && n < 2_000) {
        yield* log.publish("ventes", numbered(n, 30));
        n += 30;
        yield* waitFor("them", () => a.seen.length + b.seen.length >= n);
      }
      expect(bothGet()).toBe(true);
      const began = performance.now();
      yield* Fiber.interrupt(fiber);
      const before = a.seen.length;
      yield* log.publish("ventes", numbered(n, 30));
      yield* waitFor("the one that stayed", () => a.seen.length === before + 30);
      expect(performance.now() - began).toBeLessThan(5_000);
      expect(new Set([...a.seen, ...b.seen].map((r) => r.key)).size).toBe(n + 30);
    }));

  test("onAssigned gets the partitions of each follower when one joins and when one leaves", (settings) =>
    Effect.gen(function* () {
      const log = yield* openLog(settings);
      const other = yield* openLog(settings);
      let ours: readonly number[] = [];
      let theirs: readonly number[] = [];
      const numbers = (assigned: readonly TopicPartition[]) => assigned.map((p) => p.partition);
      const all = Array.from({ length: log.partitions("sources") }, (_, partition) => partition);
      const share = (into: (assigned: readonly number[]) => void) => ({
        ...new Follower().options("g", ["sources"]),
        onAssigned: (assigned: readonly TopicPartition[]) => into(numbers(assigned)),
      });
      yield* Effect.forkChild(
        log.follow(
          share((assigned) => {
            ours = assigned;
          }),
        ),
      );
      yield* waitFor("the first to have all", () => ours.length === all.length);
      const fiber = yield* Effect.forkChild(
        other.follow(
          share((assigned) => {
            theirs = assigned;
          }),
        ),
      );
      yield* waitFor("them to share", () => theirs.length > 0 && ours.length + theirs.length === all.length);
      expect([...ours, ...theirs].sort((a, b) => a - b)).toEqual(all);
      yield* Fiber.interrupt(fiber);
      yield* waitFor("the first to have all again", () => ours.length === all.length);
    }));

  test("the result of a follower that lost its partition during a batch is ignored", (settings) =>
    Effect.gen(function* () {
      const log = yield* openLog(settings);
      yield* log.publish("ventes", numbered(0, 60));
      const kept = new Map<string, number>();
      const a = new Follower(kept);
      const b = new Follower(kept);
      let release = () => {};
      let holding = false;
      let held = false;
      const hold = Effect.callback<void>((resume) => {
        holding = true;
        release = () => resume(Effect.void);
      });
      yield* Effect.forkChild(
        log.follow({
          ...a.options("g", ["ventes"]),
          // The first batch takes long, and its answer is nonsense by then.
          onBatch: (batch) => {
            if (held) return Effect.sync(() => a.apply(batch));
            held = true;
            return Effect.as(hold, 0);
          },
        }),
      );
      yield* waitFor("the batch in hand", () => holding);
      const other = yield* openLog(settings);
      yield* Effect.forkChild(other.follow(b.options("g", ["ventes"])));
      yield* Effect.promise(() => around.untilRebalancing(settings, "g"));
      release();
      yield* waitFor("everything", () => new Set([...a.seen, ...b.seen].map((r) => r.key)).size === 60);
      expect(a.seen.length + b.seen.length).toBe(60);
    }));

  test("a compacted topic keeps the latest record of each key; a tombstone removes the key", (settings) =>
    Effect.gen(function* () {
      const log = yield* openLog(settings);
      yield* log.publish("sources", [
        { key: "a", value: "1" },
        { key: "b", value: "2" },
        { key: "c", value: "3" },
      ]);
      yield* log.publish("sources", [{ key: "a", value: "4" }]);
      yield* log.publish("sources", [{ key: "b", value: null }]);
      const latest = yield* readCompactedOn(log, "sources");
      expect([...latest].map(([key, { value }]) => [key, value.toString()]).sort()).toEqual([
        ["a", "4"],
        ["c", "3"],
      ]);
      const partition = partitionOf("a", 12);
      expect(latest.get("a")?.partition).toBe(partition);
      const seen = yield* readAll(log, "sources");
      // Superseded records stay a day: a producer that comes back sees what came between.
      expect(seen.filter((r) => r.key === "a").map((r) => r.value)).toEqual(["1", "4"]);
      expect(seen.find((r) => r.key === "b" && r.value === null)).toBeDefined();
    }));

  test(
    "publish and follow wait for a lost log, and no record is lost or doubled",
    (settings, place) =>
      Effect.gen(function* () {
        const log = yield* openLog(settings);
        const follower = new Follower();
        yield* Effect.forkChild(log.follow(follower.options("g", ["commits"])));
        yield* log.publish("commits", numbered(0, 5));
        yield* waitFor("the first records", () => follower.seen.length === 5);
        yield* Effect.promise(() => place.lose());
        let done = false;
        const publishing = yield* Effect.forkChild(
          log.publish("commits", numbered(5, 5)).pipe(
            Effect.tap(() =>
              Effect.sync(() => {
                done = true;
              }),
            ),
          ),
        );
        if (around.readersWait)
          yield* waitFor("the follower to be told", () => follower.states.at(-1)?.state === "waiting");
        else yield* Effect.sleep(300);
        expect(done).toBe(false);
        yield* Effect.promise(() => place.giveBack());
        yield* Fiber.join(publishing);
        yield* waitFor("the follower to go on", () => follower.seen.length === 10);
        if (around.readersWait) expect(follower.states.at(-1)?.state).toBe("ok");
        expect((yield* readAll(log, "commits")).map((r) => r.value)).toEqual(
          Array.from({ length: 10 }, (_, i) => `v${i}`),
        );
      }),
    { losable: true },
  );

  test("a follower that is interrupted while it waits ends within five seconds", (settings) =>
    Effect.gen(function* () {
      const log = yield* openLog(settings);
      const fiber = yield* Effect.forkChild(log.follow(new Follower().options("g", ["ventes"])));
      yield* Effect.sleep(1);
      const began = performance.now();
      yield* Fiber.interrupt(fiber);
      expect(performance.now() - began).toBeLessThan(5_000);
    }));
}

const readCompactedOn = (log: Log, topic: TopicName) => {
  const compacted = new CompactedTopic(log, topic);
  return Effect.map(compacted.refresh(), () => compacted.latest);
};
