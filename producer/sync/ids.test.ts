/** Ids of sales are examined: what they show against the file, the version before and other sources. */
import * as Effect from "effect/Effect";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SourceStatus } from "#shared/contract/status.ts";
import { confirmSource } from "../admin/confirm.ts";
import { readSourcesOnce } from "../run.ts";
import { allEvents, openPipeline, type Pipeline, rowsOf } from "../testing/pipeline.ts";
import { type AddFlags, addFile } from "../testing/register.ts";
import { pollSource } from "./poll.ts";
import { makeTemporaryProducer } from "./producer.ts";
import type { PollResult } from "./result.ts";

let pipeline: Pipeline;
beforeEach(async () => {
  pipeline = await openPipeline();
});
afterEach(() => pipeline.close());

const HEAD = "sale_id,date,product_id,store_id,qty";
const write = (name: string, ...lines: readonly string[]) => pipeline.write(name, HEAD, ...lines);
const add = (name: string, flags?: AddFlags) => addFile(pipeline, name, flags);
const pollAll = () => pipeline.run(readSourcesOnce());
const poll = async (name = "v.csv"): Promise<SourceStatus | undefined> =>
  (await pollAll()).find(({ source }) => source.endsWith(`/${name}`));
const confirm = (name: string, status: SourceStatus | undefined) =>
  pipeline.run(confirmSource(pipeline.pathOf(name), status?.doubts ?? []));
/** The quantities that the topics state, by id or, without one, by day. */
const sales = async () => {
  const stated = new Map<string, string>();
  for (const { key, event } of rowsOf(await pipeline.run(allEvents)))
    if (event.kind === "delete") stated.delete(key);
    else if (event.kind === "row" && event.row.quantité != null) stated.set(key, event.row.quantité);
  return stated;
};
const quantity = async () => [...(await sales()).values()].reduce((sum, q) => sum + Number(q), 0);
const codesOf = (status: SourceStatus | undefined) => status?.doubts?.map(({ code }) => code);
const commandsOf = (status: SourceStatus | undefined) =>
  status?.doubts?.flatMap(({ choices }) => choices.map(({ command }) => command)) ?? [];

describe("an id on several lines", () => {
  const LINES = ["1,2026-02-03,A,S1,2", "1,2026-02-03,B,S1,1", "2,2026-02-04,A,S1,1"];

  it("of different sales is held, and told apart as the number of a document or taken as it is", async () => {
    write("v.csv", ...LINES);
    await add("v.csv");
    const held = await poll();
    expect(held).toMatchObject({ state: "held" });
    expect(codesOf(held)).toEqual(["ids.document"]);
    expect(commandsOf(held)[0]).toMatch(/ --map numero_document=sale_id$/);
    expect(await quantity()).toBe(0);
    await add("v.csv", { map: ["numero_document=sale_id"] });
    expect(await poll()).toMatchObject({ state: "ok", emitted: 3 });
    expect(await quantity()).toBe(4);
  });

  it("counts the last line once that is accepted, in later versions too", async () => {
    write("v.csv", ...LINES);
    await add("v.csv");
    await confirm("v.csv", await poll());
    expect(await poll()).toMatchObject({ state: "ok", emitted: 2 });
    write("v.csv", ...LINES, "3,2026-02-04,A,S1,5", "3,2026-02-04,B,S1,7");
    expect(await poll()).toMatchObject({ state: "ok", emitted: 1 });
    expect(await quantity()).toBe(9);
  });

  it("of one sale is a correction where other lines stand between: the last line holds", async () => {
    write("v.csv", "1,2026-02-03,A,S1,2", "2,2026-02-03,B,S1,4", "1,2026-02-03,A,S1,3");
    await add("v.csv");
    expect(await poll()).toMatchObject({ state: "ok", emitted: 2, conflicts: 1 });
    // The file has such corrections, so one that follows its sale at once is one too.
    write(
      "v.csv",
      "1,2026-02-03,A,S1,2",
      "2,2026-02-03,B,S1,4",
      "1,2026-02-03,A,S1,3",
      "3,2026-02-04,A,S1,1",
      "3,2026-02-04,A,S1,2",
    );
    expect(await poll()).toMatchObject({ state: "ok", emitted: 1 });
    expect(await quantity()).toBe(9);
  });

  it("next to each other are lines of one document where nothing else repeats an id, and held", async () => {
    write("v.csv", "1,2026-02-03,A,S1,2", "2,2026-02-03,B,S1,4", "2,2026-02-03,B,S1,1");
    await add("v.csv");
    const held = await poll();
    expect(codesOf(held)).toEqual(["ids.document"]);
    await add("v.csv", { map: ["numero_document=sale_id"] });
    expect(await poll()).toMatchObject({ state: "ok", emitted: 3 });
    expect(await quantity()).toBe(7);
  });

  it("that say the same count once, and it is said how to count each", async () => {
    write("v.csv", "1,2026-02-03,A,S1,2", "1,2026-02-03,A,S1,2", "2,2026-02-03,B,S1,4");
    await add("v.csv");
    const told = await poll();
    expect(told).toMatchObject({ state: "ok", emitted: 2 });
    expect(told?.doubts).toMatchObject([{ code: "ids.equal", weight: "noticed", rows: ["1"] }]);
    // Also when the file grew, and only its new line was read.
    write(
      "v.csv",
      "1,2026-02-03,A,S1,2",
      "1,2026-02-03,A,S1,2",
      "2,2026-02-03,B,S1,4",
      "3,2026-02-03,B,S1,1",
    );
    expect((await poll())?.doubts).toMatchObject([{ code: "ids.equal", rows: ["1"] }]);
    write(
      "v.csv",
      ...["1,2026-02-03,A,S1,2", "1,2026-02-03,A,S1,2", "2,2026-02-03,B,S1,4", "3,2026-02-03,B,S1,1"],
      "2,2026-02-03,B,S1,4",
    );
    expect((await poll())?.doubts).toMatchObject([
      { rows: ["1", "2"], choices: [{ effect: { adds: 2, again: true } }, { effect: { adds: 0 } }] },
    ]);
    expect(commandsOf(told)[0]).toMatch(/ --map numero_document=sale_id --rekey$/);
    await add("v.csv", { map: ["numero_document=sale_id"], rekey: true });
    expect(await poll()).toMatchObject({ state: "ok", emitted: 5 });
    expect(await quantity()).toBe(13);
  });
});

describe("ids that named other sales before", () => {
  const days = (day: string, ...products: readonly string[]) =>
    products.map((product, i) => `${i + 1},2026-02-${day},${product},S1,1`);

  it("are held: numbers that begin again each day, in one file", async () => {
    write("v.csv", ...days("03", "A", "B"));
    await add("v.csv");
    await poll();
    write("v.csv", ...days("04", "A", "B", "B"));
    const held = await poll();
    expect(held).toMatchObject({ state: "held" });
    expect(codesOf(held)).toEqual(["ids.reused"]);
    expect(await quantity()).toBe(2);
    expect(commandsOf(held)[0]).toMatch(/ --map numero_document=sale_id --rekey$/);
    await add("v.csv", { map: ["numero_document=sale_id"], rekey: true });
    expect(await poll()).toMatchObject({ state: "ok", emitted: 3, withdrawn: 0 });
    expect(await quantity()).toBe(5);
    // The next day is another three sales.
    write("v.csv", ...days("05", "A"));
    expect(await poll()).toMatchObject({ state: "ok", emitted: 1 });
    expect(await quantity()).toBe(6);
  });

  it("are held: a number that begins again in a file that grows", async () => {
    const first = days("03", "A", "B", "A", "B", "A", "B");
    write("v.csv", ...first);
    await add("v.csv");
    await poll();
    write("v.csv", ...first, "1,2026-02-04,A,S1,1");
    expect(codesOf(await poll())).toEqual(["ids.document"]);
    await add("v.csv", { map: ["numero_document=sale_id"], rekey: true });
    expect(await poll()).toMatchObject({ state: "ok", emitted: 7, withdrawn: 6 });
    expect(await quantity()).toBe(7);
  });

  it("are corrections when few of them change, or the day stays", async () => {
    write("v.csv", ...days("03", "A", "B", "A", "B", "A"));
    await add("v.csv");
    await poll();
    write("v.csv", ...days("03", "A", "B", "A", "C", "A"));
    expect(await poll()).toMatchObject({ state: "ok", emitted: 1 });
    write("v.csv", ...days("03", "A", "B", "A", "C"), "5,2026-02-02,A,S1,1");
    expect(await poll()).toMatchObject({ state: "ok", emitted: 1 });
  });

  it("are corrections when the operator says so", async () => {
    write("v.csv", ...days("03", "A", "B"));
    await add("v.csv");
    await poll();
    write("v.csv", ...days("04", "A", "B"));
    await confirm("v.csv", await poll());
    // A line that came meanwhile does not change the decision.
    write("v.csv", ...days("04", "A", "B", "A"));
    expect(await poll()).toMatchObject({ state: "ok", emitted: 3 });
    // The next such version is another one.
    write("v.csv", ...days("05", "A", "B", "A"));
    expect(codesOf(await poll())).toEqual(["ids.reused"]);
  });
});

describe("ids that all change while what they name stays", () => {
  it.each([
    ["decimals", (i: number) => `${i}.0`],
    ["a prefix", (i: number) => `WEB-${i}`],
    ["zeros", (i: number) => String(i).padStart(6, "0")],
    ["new numbers", (i: number) => String(7000 + i * 13)],
  ])("by %s are held, and one decision makes them the same sales", async (_, renamed) => {
    const lines = (id: (i: number) => string) =>
      Array.from({ length: 9 }, (__, i) => `${id(i + 1)},2026-02-0${i + 1},A,S1,1`);
    write("v.csv", ...lines(String));
    await add("v.csv");
    await poll();
    write("v.csv", ...lines(renamed), ",2026-02-09,B,S1,1");
    const held = await poll();
    expect(held).toMatchObject({ state: "held" });
    expect(codesOf(held)).toEqual(["ids.changed"]);
    expect(await quantity()).toBe(9);
    expect(commandsOf(held)[0]).toMatch(/ --vanished withdraw$/);
    await add("v.csv", { vanished: "withdraw" });
    expect(await poll()).toMatchObject({ state: "ok", emitted: 10, withdrawn: 9 });
    expect(await quantity()).toBe(10);
  });

  it("by decimals are the same ids with --whole-ids", async () => {
    write("v.csv", "1,2026-02-03,A,S1,1", "2,2026-02-04,B,S1,1");
    await add("v.csv");
    await poll();
    write("v.csv", "1.0,2026-02-03,A,S1,1", "2.0,2026-02-04,B,S1,1", "3.0,2026-02-04,B,S1,1");
    expect(commandsOf(await poll())[1]).toMatch(/ --whole-ids --rekey$/);
    await add("v.csv", { wholeIds: true, rekey: true });
    expect(await poll()).toMatchObject({ state: "ok", emitted: 1, withdrawn: 0 });
    expect([...(await sales()).keys()]).toEqual(["1", "2", "3"]);
  });

  it("is not said of a window that moves on with sales alike", async () => {
    const window = (from: number) =>
      Array.from({ length: 10 }, (_, i) => `${from + i},2026-02-03,${i % 2 === 0 ? "A" : "B"},S1,1`);
    write("v.csv", ...window(1));
    await add("v.csv");
    await poll();
    write("v.csv", ...window(11));
    expect(await poll()).toMatchObject({ state: "ok", emitted: 10 });
    write("v.csv", ...window(24));
    expect(await poll()).toMatchObject({ state: "ok", emitted: 10 });
  });
});

describe("ids of two sources", () => {
  it("that name different sales are held, and get a name of their own", async () => {
    write("till-1.csv", "1,2026-02-03,A,S1,1", "2,2026-02-03,B,S1,1");
    await add("till-1.csv");
    await pollAll();
    write("till-2.csv", "1,2026-02-03,A,S2,1", "2,2026-02-03,A,S2,1", "3,2026-02-03,B,S2,1");
    await add("till-2.csv");
    const held = await poll("till-2.csv");
    expect(codesOf(held)).toEqual(["ids.collision"]);
    expect(held?.reason).toContain("till-1.csv");
    expect(commandsOf(held)[0]).toMatch(/ --id-scope till-2$/);
    expect(await quantity()).toBe(2);
    await add("till-2.csv", { idScope: "till-2" });
    expect(await poll("till-2.csv")).toMatchObject({ state: "ok", emitted: 3 });
    expect(await quantity()).toBe(5);
  });

  it("that come to meet later are held then, and all ids of the source get its name", async () => {
    write("till-1.csv", ...[1, 2, 3].map((i) => `${i},2026-02-03,A,S1,1`));
    write("till-2.csv", ...[7, 8].map((i) => `${i},2026-02-03,B,S2,1`));
    await add("till-1.csv");
    await add("till-2.csv");
    await pollAll();
    write("till-1.csv", ...[1, 2, 3, 7].map((i) => `${i},2026-02-03,A,S1,1`));
    const held = await poll("till-1.csv");
    expect(codesOf(held)).toEqual(["ids.collision"]);
    expect(commandsOf(held)[0]).toMatch(/ --id-scope till-1 --rekey$/);
    await add("till-1.csv", { idScope: "till-1", rekey: true });
    expect(await poll("till-1.csv")).toMatchObject({ state: "ok", emitted: 4, withdrawn: 3 });
    expect([...(await sales()).keys()].sort()).toEqual([
      "7",
      "8",
      "till-1/1",
      "till-1/2",
      "till-1/3",
      "till-1/7",
    ]);
  });

  it("that name the same sales are one sale each", async () => {
    write("day.csv", "1,2026-02-03,A,S1,1", "2,2026-02-03,B,S1,1");
    write("month.csv", "1,2026-02-03,A,S1,1", "2,2026-02-03,B,S1,2", "3,2026-02-04,B,S1,1");
    await add("day.csv");
    await pollAll();
    await add("month.csv");
    expect(await poll("month.csv")).toMatchObject({ state: "ok", emitted: 3 });
    expect((await sales()).size).toBe(3);
  });

  it("that two producers publish at the same moment are told by one of them, and a command undoes it", async () => {
    write("till-1.csv", "1,2026-02-03,A,S1,1", "2,2026-02-03,B,S1,1");
    write("till-2.csv", "1,2026-02-03,A,S2,1", "2,2026-02-03,A,S2,1");
    await add("till-1.csv");
    await add("till-2.csv");
    const attention = await pipeline.run(
      Effect.scoped(
        Effect.gen(function* () {
          const [one, two] = [yield* makeTemporaryProducer(), yield* makeTemporaryProducer()];
          for (const { registry } of [one, two]) yield* registry.refresh();
          const [first, second] = one.registry
            .registrations()
            .sort((a, b) => a.source.localeCompare(b.source));
          if (first === undefined || second === undefined) throw new Error("two sources are registered");
          let other: PollResult | undefined;
          // The second producer reads and publishes all between the first one's check and its events.
          const log: typeof one.log = {
            ...one.log,
            publish: (topic, records) =>
              Effect.gen(function* () {
                if (topic === "ventes" && other === undefined && records.some(({ key }) => key === "1"))
                  other = yield* pollSource(two, second, { mode: "once" }).pipe(Effect.orDie);
                return yield* one.log.publish(topic, records);
              }),
          };
          const mine = yield* pollSource({ ...one, log }, first, { mode: "once" });
          return [...mine.attention, ...(other?.attention ?? [])];
        }),
      ),
    );
    expect(attention.map(({ code, weight }) => [code, weight])).toEqual([["ids.collision", "attention"]]);
    expect(attention[0]?.choices[0]?.command).toMatch(/till-1\.csv --id-scope till-1 --rekey$/);
    await add("till-1.csv", { idScope: "till-1", rekey: true });
    expect(await poll("till-1.csv")).toMatchObject({ state: "ok", emitted: 2, withdrawn: 2 });
  });

  it("are known to a producer that never followed the other source", async () => {
    write("till-1.csv", "1,2026-02-03,A,S1,1", "2,2026-02-03,B,S1,1");
    await add("till-1.csv");
    await pollAll();
    // The state is a cache: without it, the events of the other source are read from the topics.
    pipeline.loseState();
    write("a-till.csv", "1,2026-02-03,A,S2,1");
    await add("a-till.csv");
    expect(codesOf(await poll("a-till.csv"))).toEqual(["ids.collision"]);
  });
});
