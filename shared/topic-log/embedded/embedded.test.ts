/** What only events.db promises: compaction, retention, several processes, members that expire. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import * as Layer from "effect/Layer";
import type * as Scope from "effect/Scope";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { until } from "../../../integration-tests/support/until.ts";
import type { TopicName } from "../../contract/topics.ts";
import { openPlain, type Sqlite } from "../../database/sqlite.ts";
import { embeddedSettings, Settings } from "../../runtime/settings.ts";
import { type LogBatch, TopicLog } from "../topic-log.ts";
import { eventsFile } from "./events-db.ts";
import { forgetMembers } from "./group.ts";
import { layerEmbedded } from "./layer.ts";
import { BrokenBatch, decodeBatch, type EncodedBatch, encodeBatches } from "./record-batch.ts";

const DAY_MS = 86_400_000;

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), "ventes-events-"));
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

const onLog = <A, E>(body: Effect.Effect<A, E, TopicLog | Scope.Scope>): Promise<Exit.Exit<A, unknown>> =>
  Effect.runPromiseExit(
    Effect.scoped(body).pipe(
      Effect.provide(
        Layer.fresh(layerEmbedded).pipe(Layer.provide(Layer.succeed(Settings, embeddedSettings(data)))),
      ),
    ),
  );

const succeeded = <A>(exit: Exit.Exit<A, unknown>): A => {
  if (Exit.isSuccess(exit)) return exit.value;
  throw Cause.squash(exit.cause);
};
const messageOf = (exit: Exit.Exit<unknown, unknown>): string => {
  if (Exit.isSuccess(exit)) return "success";
  const error = Cause.squash(exit.cause) as { _tag?: string; message?: string };
  return `${error._tag}: ${error.message}`;
};

const publish = (topic: TopicName, ...pairs: readonly (readonly [string, string | null])[]) =>
  Effect.gen(function* () {
    const log = yield* TopicLog;
    yield* log.publish(
      topic,
      pairs.map(([key, value]) => ({ key, value, partition: 0 })),
    );
  });

const valuesOf = (topic: TopicName, offset = 0) =>
  Effect.gen(function* () {
    const log = yield* TopicLog;
    const seen: string[] = [];
    yield* log.read([{ topic, partition: 0, offset }], (batch) =>
      Effect.sync(() => {
        for (const r of batch.records) seen.push(`${r.offset} ${r.key}=${r.value}`);
      }),
    );
    return seen;
  });

/** What another program would do to the file. */
const withFile = <A>(work: (db: Sqlite) => A): A => {
  const db = openPlain(eventsFile(data));
  try {
    return work(db);
  } finally {
    db.close();
  }
};

describe("a stored batch", () => {
  it("gives the same records back, in batches of any size", () => {
    const record = fc.record({
      key: fc.string({ unit: "grapheme", maxLength: 40 }),
      value: fc.option(fc.string({ unit: "grapheme", maxLength: 200 }), { nil: null }),
    });
    fc.assert(
      fc.property(fc.array(record, { maxLength: 80 }), fc.integer({ min: 1, max: 90 }), (records, most) => {
        const batches = encodeBatches(records, most);
        let offset = 100;
        const back = batches.flatMap((batch) => {
          const decoded = decodeBatch(batch, offset);
          offset += batch.records;
          return decoded;
        });
        expect(back.map((r) => r.offset)).toEqual(records.map((_, i) => 100 + i));
        expect(back.map((r) => ({ key: r.key, value: r.value?.toString() ?? null }))).toEqual(records);
      }),
    );
  });

  it("never gives other records when a bit of it has changed, wherever that is", () => {
    const orBroken = (batch: EncodedBatch) => {
      try {
        return decodeBatch(batch, 0);
      } catch (error) {
        if (error instanceof BrokenBatch) return "broken";
        throw error;
      }
    };
    const few = [{ key: "P1", value: '{"a":1}' }];
    const many = Array.from({ length: 300 }, (_, i) => ({ key: `V${i}`, value: `{"quantity":"${i % 7}"}` }));
    for (const records of [few, many]) {
      const [batch] = encodeBatches(records);
      if (batch === undefined) throw new Error("no batch");
      const whole = decodeBatch(batch, 0);
      let refused = 0;
      for (let bit = 0; bit < batch.data.length * 8; bit++) {
        const data = Buffer.from(batch.data);
        data[bit >> 3] = (data[bit >> 3] as number) ^ (1 << (bit & 7));
        const found = orBroken({ ...batch, data });
        if (found === "broken") refused += 1;
        // zstd has some bits that mean nothing.
        else expect(found).toEqual(whole);
      }
      expect(refused).toBeGreaterThan(batch.data.length * 8 * 0.99);
      expect(() => decodeBatch({ ...batch, records: batch.records + 1 }, 0)).toThrow(BrokenBatch);
      expect(() => decodeBatch({ ...batch, records: batch.records - 1 }, 0)).toThrow(BrokenBatch);
    }
  });

  it("that was damaged on the disk is one record, which says why and up to where; readers go on behind it", async () => {
    const damage = (at: number) =>
      withFile((db) =>
        db.exec(
          `UPDATE batches SET data = CAST(substr(data, 1, ${at}) || x'ff' || substr(data, ${at + 2}) AS BLOB)
           WHERE last_offset = 2`,
        ),
      );
    const read = (offset: number) =>
      onLog(
        Effect.gen(function* () {
          const log = yield* TopicLog;
          const seen: LogBatch[] = [];
          yield* log.read([{ topic: "ventes", partition: 0, offset }], (batch) =>
            Effect.sync(() => seen.push(batch)),
          );
          return seen.map(({ records, next }) => ({
            next,
            records: records.map(({ offset, key, broken }) => ({ offset, key, broken })),
          }));
        }),
      ).then(succeeded);
    succeeded(
      await onLog(
        Effect.gen(function* () {
          yield* publish("ventes", ["a", "1"]);
          yield* publish("ventes", ["b", "2"], ["c", "3"]);
          yield* publish("ventes", ["d", "4"]);
        }),
      ),
    );
    damage(9);
    const broken = { reason: "checksum", until: 3 };
    expect(await read(0)).toEqual([
      {
        next: 4,
        records: [
          { offset: 0, key: "a", broken: undefined },
          { offset: 1, key: null, broken },
          { offset: 3, key: "d", broken: undefined },
        ],
      },
    ]);
    // From its middle.
    expect((await read(2))[0]?.records[0]).toEqual({ offset: 2, key: null, broken });
  });

  it("is much smaller than its records", () => {
    const records = Array.from({ length: 5_000 }, (_, i) => ({
      key: `V${i}`,
      value: JSON.stringify({ v: 1, kind: "row", source: "https://example.com/ventes.csv", line: i }),
    }));
    const [batch] = encodeBatches(records);
    expect(batch?.records).toBe(5_000);
    expect((batch?.data.length ?? 0) * 5).toBeLessThan(batch?.bytes ?? 0);
  });
});

describe("compaction", () => {
  it("deletes superseded records of status at once", async () => {
    const seen = succeeded(
      await onLog(
        Effect.gen(function* () {
          yield* publish("status", ["a", "1"], ["b", "2"], ["a", "3"]);
          yield* publish("status", ["b", "4"]);
          return yield* valuesOf("status");
        }),
      ),
    );
    expect(seen).toEqual(["2 a=3", "3 b=4"]);
  });

  it("keeps superseded records of sources for a day, and a tombstone for another day", async () => {
    succeeded(await onLog(publish("sources", ["a", "1"], ["a", "2"], ["b", "3"], ["b", null])));
    const age = (ms: number) =>
      withFile((db) => db.prepare("UPDATE batches SET published = ?").run(Date.now() - ms));
    const publishAndRead = () =>
      onLog(
        Effect.gen(function* () {
          yield* publish("sources", ["c", "x"]);
          return yield* valuesOf("sources");
        }),
      );
    age(DAY_MS - 60_000);
    expect(succeeded(await publishAndRead())).toEqual(["0 a=1", "1 a=2", "2 b=3", "3 b=null", "4 c=x"]);
    age(DAY_MS + 60_000);
    expect(succeeded(await publishAndRead())).toEqual(["1 a=2", "5 c=x"]);
  });
});

describe("retention", () => {
  it("deletes commit events after a week; a follower with an older position reads from the start", async () => {
    succeeded(await onLog(publish("commits", ["d", "0"], ["d", "1"])));
    withFile((db) => db.prepare("UPDATE batches SET published = ?").run(Date.now() - 8 * DAY_MS));
    const result = succeeded(
      await onLog(
        Effect.gen(function* () {
          yield* publish("commits", ["d", "2"]);
          const log = yield* TopicLog;
          return { bounds: yield* log.bounds(["commits"]), seen: yield* valuesOf("commits", 1) };
        }),
      ),
    );
    expect(result.bounds).toEqual([{ topic: "commits", partition: 0, start: 2, end: 3 }]);
    expect(result.seen).toEqual(["2 d=2"]);
  });
});

const WRITER = join(import.meta.dirname, "layer.ts");

describe("several processes", () => {
  it("append to one file without sharing an offset, and notify a follower of another process", async () => {
    const script = join(data, "writer.ts");
    const root = join(import.meta.dirname, "../../..");
    writeFileSync(
      script,
      `import * as Effect from "${root}/node_modules/effect/dist/Effect.js";
       import * as Layer from "${root}/node_modules/effect/dist/Layer.js";
       import { embeddedSettings, Settings } from "${root}/shared/runtime/settings.ts";
       import { TopicLog } from "${root}/shared/topic-log/topic-log.ts";
       import { layerEmbedded } from "${WRITER}";
       const [, , data, who] = process.argv;
       await Effect.runPromise(Effect.gen(function* () {
         const log = yield* TopicLog;
         for (let i = 0; i < 50; i++) yield* log.publish("commits", [{ key: who, value: String(i) }]);
       }).pipe(Effect.provide(layerEmbedded.pipe(Layer.provide(Layer.succeed(Settings, embeddedSettings(data)))))));`,
    );
    const seen: string[] = [];
    const offsets: number[] = [];
    succeeded(
      await onLog(
        Effect.gen(function* () {
          const log = yield* TopicLog;
          yield* Effect.forkChild(
            log.follow({
              group: "g",
              topics: ["commits"],
              positions: () => [],
              onBatch: (batch: LogBatch) =>
                Effect.sync(() => {
                  for (const r of batch.records) {
                    seen.push(`${r.key} ${r.value}`);
                    offsets.push(r.offset);
                  }
                  return batch.next;
                }),
            }),
          );
          yield* Effect.promise(async () => {
            const writers = ["a", "b"].map((who) =>
              spawn(process.execPath, [script, data, who], { stdio: ["ignore", "inherit", "inherit"] }),
            );
            const codes = await Promise.all(writers.map((w) => once(w, "exit")));
            expect(codes.map(([code]) => code)).toEqual([0, 0]);
            await until("all records", () => seen.length === 100);
          });
        }),
      ),
    );
    expect(offsets).toEqual(Array.from({ length: 100 }, (_, i) => i));
    for (const who of ["a", "b"])
      expect(seen.filter((s) => s.startsWith(who))).toEqual(
        Array.from({ length: 50 }, (_, i) => `${who} ${i}`),
      );
  }, 30_000);

  it("lose the members of killed processes when one process has the directory exclusively", async () => {
    succeeded(await onLog(Effect.void));
    withFile((db) => db.exec("INSERT INTO members VALUES ('ventes.g', 'zzz', '[]', 9e15)"));
    const members = () => withFile((db) => db.prepare("SELECT COUNT(*) FROM members").pluck().get());
    expect(members()).toBe(1);
    forgetMembers(data);
    expect(members()).toBe(0);
    forgetMembers(join(data, "nothing here"));
    expect(existsSync(join(data, "nothing here"))).toBe(false);
  });

  it("share a group: a member of another process keeps its partitions until it expires", async () => {
    succeeded(await onLog(Effect.void));
    const addMember = (seen: number) =>
      withFile((db) =>
        db
          .prepare("INSERT OR REPLACE INTO members VALUES ('ventes.g', 'zzz', ?, ?)")
          .run(JSON.stringify(["ventes"]), seen),
      );
    const owned = async () => {
      const mine = new Set<number>();
      const exit = await onLog(
        Effect.gen(function* () {
          const log = yield* TopicLog;
          const fiber = yield* Effect.forkChild(
            log.follow({
              group: "g",
              topics: ["ventes"],
              positions: (assigned) => {
                for (const p of assigned) mine.add(p.partition);
                return [];
              },
              onBatch: (batch) => Effect.succeed(batch.next),
            }),
          );
          yield* Effect.promise(() => until("an assignment", () => mine.size > 0));
          yield* Fiber.interrupt(fiber);
        }),
      );
      succeeded(exit);
      return [...mine].sort();
    };
    addMember(Date.now());
    expect(await owned()).toEqual([0, 2]);
    addMember(Date.now() - 60_000);
    expect(await owned()).toEqual([0, 1, 2]);
    expect(withFile((db) => db.prepare("SELECT * FROM members").all())).toEqual([]);
  });
});

describe("what cannot be opened", () => {
  it("is a file of another program, or has other partition counts", async () => {
    writeFileSync(
      eventsFile(data),
      "not a database at all, but long enough to be looked at as one: ".repeat(20),
    );
    expect(messageOf(await onLog(Effect.void))).toMatch(
      /^DatabaseError: .*events\.db is not a SQLite database/,
    );
    rmSync(eventsFile(data));
    succeeded(await onLog(Effect.void));
    withFile((db) => db.exec("UPDATE topics SET partitions = 7 WHERE name = 'ventes.sources'"));
    expect(messageOf(await onLog(Effect.void))).toContain("topic ventes.sources: partitions is 7, wanted 12");
  });
});
