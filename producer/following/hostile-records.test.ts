/** No record that a foreign program writes into the topic `sources` stops the producer or harms another source. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SourceStatus } from "#shared/contract/status.ts";
import { TopicLog } from "#shared/topic-log/topic-log.ts";
import { until } from "../../integration-tests/support/until.ts";
import { registerSource } from "../admin/register.ts";
import { removeAllInvalid, removeInvalid, removeSource } from "../admin/remove.ts";
import { readSourcesOnce, runProducer } from "../run.ts";
import { Registry } from "../source/registry.ts";
import { announcementsOf, type HostileRecord, INVALID, unreadableOf } from "../testing/hostile-records.ts";
import { allEvents, openPipeline, type Pipeline, rowsOf } from "../testing/pipeline.ts";

let pipeline: Pipeline;
let healthy: string;
const write = (...rows: string[]) =>
  writeFileSync(join(pipeline.dir, "m.csv"), `id_magasin,ville\n${rows.join("\n")}\n`);
beforeEach(async () => {
  pipeline = await openPipeline();
  write("1,Paris");
  healthy = pathToFileURL(join(pipeline.dir, "m.csv")).href;
  await pipeline.run(registerSource(join(pipeline.dir, "m.csv"), { every: 50 }));
});
afterEach(() => pipeline.close());

const publish = (records: readonly HostileRecord[]) =>
  Effect.gen(function* () {
    const log = yield* TopicLog;
    for (const { key, value, partition } of records)
      yield* log.publish("sources", [{ key, value, ...(partition === undefined ? {} : { partition }) }]);
  });
const refused = Effect.gen(function* () {
  const registry = new Registry(yield* TopicLog);
  yield* registry.refresh();
  return [...registry.refused()];
});
const unreadable = () => unreadableOf(healthy);
const all = () => [...INVALID, ...unreadable(), ...announcementsOf(healthy)];

it("there are more than 33 kinds of foreign records", () => {
  expect(all().length).toBeGreaterThan(60);
});

describe("foreign records in the topic sources", () => {
  it("end no producer that reads once: each is parked with a sentence, and the healthy source is read", async () => {
    await pipeline.run(publish(all()));
    for (let again = 0; again < 2; again++) {
      const sources = await pipeline.run(readSourcesOnce());
      expect(sources.find(({ source }) => source === healthy)).toMatchObject({ state: "ok", records: 1 });
      const others = sources.filter(({ source }) => source !== healthy);
      expect(others).toHaveLength(INVALID.length + unreadable().length);
      expect(others.filter(({ state, reason }) => state !== "parked" || reason.length < 20)).toEqual([]);
      // The status cuts ids that are as long as a record.
      expect(Math.max(...others.map((one) => JSON.stringify(one).length))).toBeLessThan(20_000);
      // None of the records causes an unforeseen error.
      expect(others.filter(({ defects }) => defects !== undefined)).toEqual([]);
    }
    expect(rowsOf(await pipeline.run(allEvents))).toHaveLength(1);
  });

  it("end no producer that runs, and the new rows of a healthy source arrive", () =>
    pipeline.run(
      Effect.gen(function* () {
        let seen: readonly SourceStatus[] = [];
        const fiber = yield* Effect.forkChild(
          runProducer({
            onSources: (sources) => {
              seen = sources;
            },
          }),
        );
        const records = (n: number) =>
          Effect.promise(() =>
            until(`${n} rows`, () => seen.find(({ source }) => source === healthy)?.records === n),
          );
        yield* records(1);
        let n = 1;
        const hostile = all();
        for (let i = 0; i < hostile.length; i += 12) {
          yield* publish(hostile.slice(i, i + 12));
          n++;
          write(...Array.from({ length: n }, (_, row) => `${row + 1},Paris`));
          yield* records(n);
        }
        const isTold = () =>
          INVALID.length + unreadable().length === seen.filter(({ state }) => state === "parked").length;
        yield* Effect.promise(() => until("all of them parked", isTold));
        expect(fiber.pollUnsafe()).toBeUndefined();
        yield* Fiber.interrupt(fiber);
      }),
    ));

  it("are each removed by the name that is shown for them, as any other source", async () => {
    await pipeline.run(publish(all()));
    const shown = (await pipeline.run(refused)).map((record) => record.shown);
    expect(new Set(shown).size).toBe(INVALID.length);
    for (const id of shown)
      expect(await pipeline.run(removeInvalid(id, (key) => key)), id).toMatchObject({ source: id });
    for (const { key } of unreadable()) await pipeline.run(removeSource(key));
    expect(await pipeline.run(refused)).toEqual([]);
    const sources = await pipeline.run(readSourcesOnce());
    expect(sources.map(({ source }) => source)).toEqual([healthy]);
  });

  it("of any number are a hundred statuses and one for the others, and are removed together", async () => {
    const keys = Array.from({ length: 1_000 }, (_, n) => `https://a.example/${n}.csv`);
    const write = Effect.flatMap(TopicLog, (log) =>
      log.publish(
        "sources",
        keys.map((key) => ({ key, value: "{" })),
      ),
    );
    await pipeline.run(write);
    const parked = async () =>
      (await pipeline.run(readSourcesOnce())).filter(({ state }) => state === "parked");
    expect(await parked()).toHaveLength(101);
    expect((await parked()).at(-1)).toMatchObject({
      source: "topic sources",
      reason: expect.stringMatching(/more than 100 records .* sources remove --invalid/),
    });
    await pipeline.run(
      Effect.gen(function* () {
        let seen: readonly SourceStatus[] = [];
        const onSources = (sources: readonly SourceStatus[]) => {
          seen = sources;
        };
        const fiber = yield* Effect.forkChild(runProducer({ onSources }));
        yield* Effect.promise(() => until("102 statuses", () => seen.length === 102));
        expect(yield* removeAllInvalid(true)).toBe(1_000);
        expect(yield* removeAllInvalid(false)).toBe(1_000);
        yield* Effect.promise(() => until("the healthy source alone", () => seen.length === 1));
        yield* Fiber.interrupt(fiber);
      }),
    );
    expect(await parked()).toEqual([]);
  });

  it("that a poll and the follower read at the same time are taken once", async () => {
    const registry = await pipeline.run(Effect.map(TopicLog, (log) => new Registry(log)));
    const partition = registry.partition(healthy);
    const value = Buffer.from("{");
    const records = [{ offset: 7, key: healthy, value }];
    const batch = { topic: "sources" as const, partition, records, next: 8 };
    await pipeline.run(Effect.all([registry.take(batch), registry.take(batch)], { concurrency: 2 }));
    expect(registry.revision).toBe(1);
    await pipeline.run(registry.take(batch));
    expect(registry.revision).toBe(1);
    expect(registry.positions()[partition]?.offset).toBe(8);
  });

  it("in a partition that is not their key's are shown, do not harm the source of that key, and are removed there", async () => {
    const registry = await pipeline.run(Effect.map(TopicLog, (log) => new Registry(log)));
    const partition = (registry.partition(healthy) + 1) % 12;
    const value = JSON.stringify({ v: 1, kind: "source", source: healthy, entities: ["ventes"] });
    await pipeline.run(publish([{ name: "elsewhere", key: healthy, value, partition }]));
    expect(await pipeline.run(refused)).toMatchObject([{ key: healthy, partition }]);
    const sources = await pipeline.run(readSourcesOnce({ only: new Set([healthy]) }));
    expect(sources).toMatchObject([{ state: "ok", records: 1 }]);
    await pipeline.run(removeInvalid(healthy, (key) => key));
    expect(await pipeline.run(refused)).toEqual([]);
    expect(await pipeline.run(readSourcesOnce())).toMatchObject([{ source: healthy, state: "ok" }]);
  });

  it("are replaced by a valid record under the same key", async () => {
    const source = pathToFileURL(join(pipeline.dir, "n.csv")).href;
    await pipeline.run(publish([{ name: "garbage", key: source, value: "{" }]));
    expect(await pipeline.run(refused)).toHaveLength(1);
    writeFileSync(join(pipeline.dir, "n.csv"), "id_magasin,ville\n2,Lyon\n");
    await pipeline.run(registerSource(join(pipeline.dir, "n.csv")));
    expect(await pipeline.run(refused)).toEqual([]);
  });
});
