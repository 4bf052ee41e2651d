/** The same sales in two sources are found by what they say, and each choice that is offered leads to the truth (rule 23). */
import * as Effect from "effect/Effect";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SourceStatus } from "#shared/contract/status.ts";
import { catalogueId, registerCatalogue } from "../admin/catalogues.ts";
import { confirmSource } from "../admin/confirm.ts";
import { removeSource } from "../admin/remove.ts";
import { readSourcesOnce } from "../run.ts";
import { allEvents, openPipeline, type Pipeline, rowsOf } from "../testing/pipeline.ts";
import { type AddFlags, addFile } from "../testing/register.ts";
import { pollSource } from "./poll.ts";
import { makeTemporaryProducer } from "./producer.ts";

let pipeline: Pipeline;
beforeEach(async () => {
  pipeline = await openPipeline();
});
afterEach(() => pipeline.close());

const path = (name: string) => pipeline.pathOf(name);
const write = (name: string, ...lines: readonly string[]) => pipeline.write(name, ...lines);
const add = (name: string, flags?: AddFlags) => addFile(pipeline, name, flags);
const remove = (name: string, withdraw = false) => pipeline.run(removeSource(path(name), { withdraw }));
const confirm = (name: string, status: SourceStatus | undefined) =>
  pipeline.run(confirmSource(path(name), status?.doubts ?? []));
/** Polls all sources once. Returns how the named one stands. */
const poll = async (name: string): Promise<SourceStatus | undefined> =>
  (await pipeline.run(readSourcesOnce())).find(({ source }) => source.endsWith(`/${name}`));
const published = async (name: string, ...lines: readonly string[]) => {
  write(name, ...lines);
  await add(name);
  return poll(name);
};
/** The number of pieces that all sources together have sold: of a sale of several sources the last one holds. */
const quantity = async () => {
  const claims = new Map<string, Map<string, number>>();
  for (const { topic, key, event } of rowsOf(await pipeline.run(allEvents))) {
    if (topic !== "ventes" || event.kind === "fence") continue;
    const ofKey = claims.get(key) ?? new Map<string, number>();
    claims.set(key, ofKey);
    ofKey.delete(event.source);
    if (event.kind === "row") ofKey.set(event.source, Number(event.row.quantité));
  }
  return [...claims.values()].reduce((sum, ofKey) => sum + ([...ofKey.values()].at(-1) ?? 0), 0);
};
const overlaps = (status: SourceStatus | undefined) =>
  status?.doubts?.filter(({ code }) => code === "overlap") ?? [];
const commandsOf = (status: SourceStatus | undefined) =>
  overlaps(status).flatMap(({ choices }) => choices.map(({ command }) => command));

const DAILY = "date,product_id,store_id,qty";
const DAY_3 = ["2026-02-03,A,S1,3", "2026-02-03,B,S1,1"];
const DAY_4 = ["2026-02-04,A,S1,2"];
const MONTHLY = "date,product_id,store_id,qty,cashier";
const MONTH = ["2026-02-03,A,S1,3,Zoe", "2026-02-03,B,S1,1,Ali", "2026-02-04,A,S1,2,Zoe"];

describe("the month's file after the daily ones", () => {
  beforeEach(async () => {
    await published("1.csv", DAILY, ...DAY_3);
    await published("2.csv", DAILY, ...DAY_4);
  });

  it("is held, and counts each sale once when both get the same ids, also when it grows", async () => {
    const held = await published("month.csv", MONTHLY, ...MONTH);
    expect(held).toMatchObject({ state: "held" });
    expect(overlaps(held)).toHaveLength(1);
    expect(overlaps(held)[0]?.says).toMatch(/3 (?:of its|de ses) 3 (?:sales|ventes)/);
    expect(commandsOf(held)[0]).toMatch(
      / sources add \S+month.csv --key 'date_vente,id_magasin,id_produit,quantité'$/,
    );
    expect(await quantity()).toBe(6);
    await add("month.csv", { key: "date_vente,id_magasin,id_produit,quantité" });
    expect(await poll("month.csv")).toMatchObject({ state: "ok" });
    expect(await quantity()).toBe(6);
    write("month.csv", MONTHLY, ...MONTH, "2026-02-05,B,S1,4,Ali", "2026-02-05,A,S1,4,Ali");
    expect(await poll("month.csv")).toMatchObject({ state: "ok" });
    expect(await published("3.csv", DAILY, "2026-02-05,B,S1,4", "2026-02-05,A,S1,4")).toMatchObject({
      state: "ok",
    });
    expect(await quantity()).toBe(14);
  });

  it.each([
    [
      "other names, order and delimiter",
      "Quantité;Magasin;Article;Vendeur;Date",
      ["3;S1;A;Zoe;03/02/2026", "1;S1;B;Ali;03/02/2026", "2;S1;A;Zoe;04/02/2026"],
    ],
    ["ids", `sale_id,${DAILY}`, ["1,2026-02-03,A,S1,3", "2,2026-02-03,B,S1,1", "3,2026-02-04,A,S1,2"]],
    [
      "times",
      "date,product_id,store_id,qty",
      ["2026-02-03 09:10,A,S1,3", "2026-02-03 17:40,B,S1,1", "2026-02-04 12:05,A,S1,2"],
    ],
    ["the amount", `${DAILY},total`, ["2026-02-03,A,S1,3,15", "2026-02-03,B,S1,1,7", "2026-02-04,A,S1,2,10"]],
  ] as const)("is known in spite of %s", async (_, header, lines) => {
    const held = await published("month.csv", header, ...lines);
    expect(overlaps(held)).toHaveLength(1);
    expect(commandsOf(held).some((command) => /sources remove \S+month.csv$/.test(command))).toBe(true);
    await remove("month.csv");
    expect(await poll("month.csv")).toBeUndefined();
    expect(await quantity()).toBe(6);
  });

  it("takes their place when they are withdrawn", async () => {
    const held = await published("month.csv", MONTHLY, ...MONTH, "2026-02-06,B,S1,5,Zoe");
    expect(
      commandsOf(held).some((command) =>
        /sources remove \S+1.csv --withdraw && \S.* sources remove \S+2.csv --withdraw$/.test(command),
      ),
    ).toBe(true);
    await remove("1.csv", true);
    await remove("2.csv", true);
    expect(await poll("month.csv")).toMatchObject({ state: "ok", emitted: 4 });
    expect(await quantity()).toBe(11);
  });

  it("holds other sales when an operator says so, in later versions and for later daily files too", async () => {
    await confirm("month.csv", await published("month.csv", MONTHLY, ...MONTH));
    expect(await poll("month.csv")).toMatchObject({ state: "ok", emitted: 3 });
    expect(await quantity()).toBe(12);
    write("month.csv", MONTHLY, ...MONTH, "2026-02-05,A,S1,4,Ali", "2026-02-05,B,S1,4,Ali");
    expect(await poll("month.csv")).toMatchObject({ state: "ok", emitted: 2 });
    expect(await published("3.csv", DAILY, "2026-02-05,A,S1,4", "2026-02-05,B,S1,4")).toMatchObject({
      state: "ok",
    });
    expect(await quantity()).toBe(28);
  });

  it("is known to a producer that never read the daily files", async () => {
    write("month.csv", MONTHLY, ...MONTH);
    await add("month.csv");
    const failed = await pipeline.run(
      Effect.scoped(
        Effect.gen(function* () {
          const producer = yield* makeTemporaryProducer();
          yield* producer.registry.refresh();
          const { registry } = producer;
          const month = registry.registrations().find(({ source }) => source.endsWith("month.csv"));
          if (month === undefined) throw new Error("month.csv is registered");
          return yield* pollSource(producer, month, { mode: "once" }).pipe(Effect.flip);
        }),
      ),
    );
    expect(failed).toMatchObject({ code: "source.held_back", doubts: [{ code: "overlap" }] });
  });
});

describe("a daily file after the month's", () => {
  beforeEach(() => published("month.csv", MONTHLY, ...MONTH));

  it("is held, and both count once when the month's file gets the ids of the daily ones", async () => {
    write("2.csv", DAILY, ...DAY_4);
    await add("2.csv");
    const held = await published("1.csv", DAILY, ...DAY_3);
    expect(overlaps(held)).toHaveLength(1);
    expect(overlaps(await poll("2.csv"))).toHaveLength(1);
    expect(await quantity()).toBe(6);
    expect(commandsOf(held).join("\n")).toMatch(
      /sources add \S+month.csv --key 'date_vente,id_magasin,id_produit,quantité' --rekey\n/,
    );
    await add("month.csv", { key: "date_vente,id_magasin,id_produit,quantité", rekey: true });
    const all = await pipeline.run(readSourcesOnce());
    expect(all.map(({ state }) => state)).toEqual(["ok", "ok", "ok"]);
    expect(await poll("2.csv")).toMatchObject({ state: "ok" });
    expect(await quantity()).toBe(6);
  });

  it("is published when it has a day more, and the month's file is held when it gets that day", async () => {
    const day = ["2026-02-05,A,S1,4", "2026-02-05,B,S1,9", "2026-02-05,C,S1,1"];
    expect(await published("5.csv", DAILY, ...day)).toMatchObject({ state: "ok" });
    write("month.csv", MONTHLY, ...MONTH, ...day.map((line) => `${line},Zoe`));
    const held = await poll("month.csv");
    expect(overlaps(held)).toHaveLength(1);
    expect(await quantity()).toBe(20);
  });
});

it("an overlapping week is counted once with the ids of the other file", async () => {
  const sale = (day: number) => [`2026-02-${day},A,S1,${day}`, `2026-02-${day},B,S1,1`];
  const days = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, i) => sale(from + i)).flat();
  await published("week-1.csv", DAILY, ...days(10, 16));
  const later = days(14, 20);
  const held = await published("week-2.csv", `note,${DAILY}`, ...later.map((line) => `x,${line}`));
  expect(overlaps(held)).toHaveLength(1);
  await add("week-2.csv", { key: "date_vente,id_magasin,id_produit,quantité" });
  expect(await poll("week-2.csv")).toMatchObject({ state: "ok" });
  expect(await quantity()).toBe(Array.from({ length: 11 }, (_, i) => 11 + i).reduce((a, b) => a + b, 0));
});

describe("two tills of a shop stay two", () => {
  /** Sales of one day, from a generator of its own for each till. */
  const day = (till: number, of: number, sales: number) => {
    let x = (till * 7919 + of * 104729 + 12345) >>> 0;
    const next = (n: number) => {
      x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
      return Math.floor((x / 2 ** 32) * n);
    };
    return Array.from({ length: sales }, () => `2026-02-${of},${"ABCDE"[next(5)]},S1,${1 + next(3)}`);
  };

  it.each([
    ["many alike sales", 120],
    ["a few", 12],
  ])("with %s a day, under ids and as they grow", async (_, sales) => {
    const lines = (till: number, days: number) =>
      Array.from({ length: days }, (_, i) => day(till, 10 + i, sales))
        .flat()
        .map((line, i) => `T${till}-${i},${line}`);
    for (const days of [3, 4, 6])
      for (const till of [1, 2]) {
        const status = await published(`till-${till}.csv`, `sale_id,${DAILY}`, ...lines(till, days));
        expect(overlaps(status)).toEqual([]);
        expect(status).toMatchObject({ state: "ok" });
      }
  });

  it("with the same sales all day long", async () => {
    const same = (till: number) => Array.from({ length: 6 }, (_, i) => `T${till}-${i},2026-02-10,A,S1,1`);
    await published("till-1.csv", `sale_id,${DAILY}`, ...same(1));
    expect(await published("till-2.csv", `sale_id,${DAILY}`, ...same(2))).toMatchObject({ state: "ok" });
    expect(await quantity()).toBe(12);
  });

  it("with names of their own for the same lines", async () => {
    await published("till-1.csv", DAILY, ...DAY_3);
    write("till-2.csv", DAILY, ...DAY_3);
    await add("till-2.csv", { idScope: "till-2" });
    expect(await poll("till-2.csv")).toMatchObject({ state: "ok" });
    expect(await quantity()).toBe(8);
  });

  it("where the amounts of the same goods differ", async () => {
    const lines = (factor: number) => DAY_3.map((line, i) => `${line},${(i + 2) * factor}`);
    await published("till-1.csv", `${DAILY},total`, ...lines(2));
    expect(
      await published("till-2.csv", `${DAILY},total,till`, ...lines(3).map((l) => `${l},2`)),
    ).toMatchObject({ state: "ok" });
  });
});

it("files with the same columns and ids are one sale each, and no doubt", async () => {
  await published("a.csv", `sale_id,${DAILY}`, "1,2026-02-03,A,S1,3", "2,2026-02-03,B,S1,1");
  const again = await published(
    "b.csv",
    `sale_id,till,${DAILY}`,
    "1,x,2026-02-03,A,S1,3",
    "2,x,2026-02-03,B,S1,1",
  );
  expect(again).toMatchObject({ state: "ok" });
  await published("c.csv", DAILY, "2026-03-03,A,S1,3", "2026-03-03,B,S1,1");
  expect(await published("d.csv", DAILY, "2026-03-03,A,S1,3", "2026-03-03,B,S1,1")).toMatchObject({
    state: "ok",
  });
  expect(await quantity()).toBe(8);
});

it("a catalogue with the daily files and the month's holds one of them", async () => {
  write("all/2026-02-03.csv", DAILY, ...DAY_3);
  write("all/2026-02-04.csv", DAILY, ...DAY_4);
  write("all/month.csv", MONTHLY, ...MONTH);
  await pipeline.run(registerCatalogue(catalogueId(path("all"))));
  const all = (await pipeline.run(readSourcesOnce())).filter(({ source }) => source.includes("/all/"));
  expect(all.some((status) => overlaps(status).length === 1)).toBe(true);
  expect(await quantity()).toBe(6);
});
