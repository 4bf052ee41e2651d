/** The events that the producer emits, rule by rule, over the embedded log. */
import { rmSync, utimesSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { SourceStatus } from "#shared/contract/status.ts";
import { TopicLog } from "#shared/topic-log/topic-log.ts";
import { inspectSource } from "./admin/inspect.ts";
import { registerSource } from "./admin/register.ts";
import { removeSource } from "./admin/remove.ts";
import { readSourcesOnce, runProducer } from "./run.ts";
import { allEvents, claimsOf, listSources, openPipeline, type Pipeline, rowsOf } from "./testing/pipeline.ts";
import { serve } from "./testing/server.ts";

let pipeline: Pipeline;
beforeEach(async () => {
  pipeline = await openPipeline();
});
afterEach(() => pipeline.close());

const pathOf = (name: string) => pipeline.pathOf(name);
const idOf = (name: string) => pathToFileURL(pathOf(name)).href;
const write = (name: string, ...lines: string[]) => writeFileSync(pathOf(name), lines.join("\n"));
const poll = () => pipeline.run(readSourcesOnce());
const events = () => pipeline.run(allEvents);
const rows = async () => rowsOf(await events());
const lose = () => pipeline.loseState();
const add = async (name: string, ...lines: string[]) => {
  write(name, ...lines);
  await pipeline.run(registerSource(pathOf(name)));
};

const SALES = "id_vente,date_vente,id_produit,id_magasin,quantité";

describe("a version", () => {
  it("emits rows keyed by id with canonical values, and accounts for every record", async () => {
    await add(
      "v.csv",
      SALES,
      '1,31/12/2024,007\u00a0,m,"1 000,50"',
      "2,2024-01-01,p,m,x",
      "1,31/12/2024,007,m,2",
      "",
    );
    const [status] = await poll();
    expect(status).toMatchObject({ records: 3, emitted: 1, superseded: 1, rejected: 1, unchanged: 0 });
    const all = await rows();
    expect(all.map((e) => [e.topic, e.event.line])).toEqual([
      ["ventes", 4],
      ["rejets", 3],
    ]);
    expect(all[0]).toMatchObject({
      key: "1",
      event: {
        v: 1,
        kind: "row",
        source: idOf("v.csv"),
        row: { id_vente: "1", date_vente: "2024-12-31", id_produit: "007", id_magasin: "m", quantité: "2" },
        extras: {},
      },
    });
    expect(all[1]?.event).toMatchObject({
      row: { entity: "ventes", raw: "2,2024-01-01,p,m,x", code: "quantite.not_a_number" },
    });
  });

  it("is one event for one appended line, none for the same file, and none after a lost state", async () => {
    await add("v.csv", SALES, "1,2024-01-01,p,m,1", "2,2024-01-01,p,m,x", "");
    await poll();
    expect((await rows()).length).toBe(2);
    await poll();
    write("v.csv", SALES, "1,2024-01-01,p,m,1", "2,2024-01-01,p,m,x", "3,2024-01-01,p,m,1", "");
    expect((await poll())[0]).toMatchObject({ emitted: 1, unchanged: 1, rejected: 1 });
    expect((await rows()).length).toBe(3);
    lose();
    expect((await poll())[0]).toMatchObject({ emitted: 0, unchanged: 2 });
    expect((await rows()).length).toBe(3);
  });

  it("needs no takeover when the same producer starts again, and one when its state is lost", async () => {
    await add("v.csv", SALES, "1,2024-01-01,p,m,1", "");
    await poll();
    const fences = async () => (await events()).filter((e) => e.event.kind === "fence").length;
    const before = await fences();
    write("v.csv", SALES, "1,2024-01-01,p,m,2", "");
    await poll();
    expect(await fences()).toBe(before);
    lose();
    await poll();
    // A takeover writes one fence to every partition of the entity's topic and of `rejets`.
    expect(await fences()).toBe(before + 6);
  });

  it("deletes rejects that the source no longer has, and keeps rows that vanished", async () => {
    await add("v.csv", SALES, "1,2024-01-01,p,m,1", "2,2024-01-01,p,m,x", "");
    await poll();
    write("v.csv", SALES, "3,2024-01-01,p,m,1", "");
    expect((await poll())[0]).toMatchObject({ emitted: 1, rejected: 0, vanished: 1 });
    expect([...claimsOf(await events(), idOf("v.csv")).keys()].sort()).toEqual(["ventes 1 ", "ventes 3 "]);
  });
});

const TWINS = "date_vente,id_produit,id_magasin,quantité";

it("a new source is not searched in the topics; many that are taken over are found in one reading, and then each reads its own events", async () => {
  const SOURCES = 12;
  const ROWS = 6_000;
  let read = 0;
  const pollCounted = () =>
    pipeline.run(
      Effect.gen(function* () {
        const log = yield* TopicLog;
        const counting = TopicLog.of({
          ...log,
          read: (from, onBatch) =>
            log.read(from, (batch) => {
              if (batch.topic === "ventes") read += batch.records.length;
              return onBatch(batch);
            }),
        });
        return yield* readSourcesOnce().pipe(Effect.provideService(TopicLog, counting));
      }),
    );
  for (let i = 0; i < SOURCES; i++) {
    const lines = Array.from({ length: ROWS }, (_, n) => `${i}-${n},2024-01-01,p,m,1`);
    await add(`${i}.csv`, SALES, ...lines, "");
  }
  expect((await pollCounted()).every(({ emitted }) => emitted === ROWS)).toBe(true);
  expect(read).toBe(0);
  lose();
  expect((await pollCounted()).every((s) => s.emitted === 0 && s.unchanged === ROWS)).toBe(true);
  // One reading of all records, then each source's own records and some of its neighbours'. Without the source index,
  // twelve sources would read all records twelve times.
  expect(read).toBeGreaterThan(2 * SOURCES * ROWS);
  expect(read).toBeLessThan(5 * SOURCES * ROWS);
  expect(await rows()).toHaveLength(SOURCES * ROWS);
});

it("the day of publication never goes back, whatever the clock says (rule 13)", async () => {
  const PRODUCTS = "id_produit,prix";
  try {
    vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-03-02T10:00:00Z") });
    await add("p.csv", PRODUCTS, "a,1", "");
    await poll();
    vi.setSystemTime(new Date("2026-02-27T10:00:00Z"));
    write("p.csv", PRODUCTS, "a,2", "");
    await poll();
  } finally {
    vi.useRealTimers();
  }
  expect((await rows()).map(({ event }) => event.day)).toEqual(["2026-03-02", "2026-03-02"]);
});

describe("sales without id", () => {
  it("count identical lines as many sales, in any order, and a new column is data", async () => {
    await add("t.csv", TWINS, "2024-01-01,p,m,1", "2024-01-01,p,m,1", "2024-01-02,p,m,1", "");
    await poll();
    const claims = async () => [...claimsOf(await events(), idOf("t.csv")).keys()];
    expect(await claims()).toHaveLength(3);
    write("t.csv", TWINS, "2024-01-02,p,m,1", "2024-01-01,p,m,1", "2024-01-01,p,m,1", "");
    expect((await poll())[0]).toMatchObject({ emitted: 0, unchanged: 3 });
    // With a column that distinguishes duplicates, each keeps its ordinal in any order of lines.
    write("t.csv", `${TWINS},vendeur`, "2024-01-01,p,m,1,A", "2024-01-01,p,m,1,B", "2024-01-02,p,m,1,A", "");
    expect((await poll())[0]).toMatchObject({ emitted: 3 });
    write("t.csv", `${TWINS},vendeur`, "2024-01-01,p,m,1,B", "2024-01-01,p,m,1,A", "2024-01-02,p,m,1,A", "");
    expect((await poll())[0]).toMatchObject({ emitted: 0, unchanged: 3 });
    expect(await claims()).toHaveLength(3);
  });

  it("are counted once where duplicates are dropped", async () => {
    write("t.csv", TWINS, "2024-01-01,p,m,1", "2024-01-01,p,m,1", "");
    await pipeline.run(registerSource(pathOf("t.csv"), { duplicates: "drop" }));
    expect((await poll())[0]).toMatchObject({ records: 2, emitted: 1, superseded: 1 });
  });

  it("refuse a version that has lost a column of the identity, and take id_vente that comes later for data", async () => {
    await add("t.csv", TWINS, "2024-01-01,p,m,1", "");
    await poll();
    write("t.csv", `id_vente,${TWINS}`, "77,2024-01-01,p,m,1", "");
    await poll();
    expect([...claimsOf(await events(), idOf("t.csv")).keys()]).toHaveLength(1);
    write("t.csv", `${TWINS},couleur`, "2024-01-01,p,m,1,x", "");
    await poll();
    await add("u.csv", `${TWINS},couleur`, "2024-01-01,p,m,1,x", "");
    await poll();
    write("u.csv", TWINS, "2024-01-01,p,m,1", "");
    const parked = (await poll()).find((s) => s.source === idOf("u.csv"));
    expect(parked).toMatchObject({ state: "parked", reason: expect.stringContaining("couleur") });
  });

  it("refuse a version without the ids that it began with", async () => {
    await add("v.csv", SALES, "1,2024-01-01,p,m,1", "");
    await poll();
    write("v.csv", TWINS, "2024-01-01,p,m,1", "");
    expect((await poll())[0]).toMatchObject({ state: "parked", reason: expect.stringContaining("id_vente") });
  });

  it("have their time of day in their identity", async () => {
    await add("t.csv", TWINS, "2024-01-01T10:00,p,m,1", "2024-01-01T11:00,p,m,1", "");
    await poll();
    const all = await rows();
    expect(new Set(all.map((e) => e.key.split("~")[1])).size).toBe(2);
    expect(all.map((e) => e.event.kind === "row" && e.event.extras.heure)).toEqual(
      expect.arrayContaining(["10:00:00", "11:00:00"]),
    );
  });

  it("delete the open last line that the next version extends", async () => {
    await add("t.csv", TWINS, "2024-01-01,p,m,1", "2024-01-01,p,m,2");
    await poll();
    write("t.csv", TWINS, "2024-01-01,p,m,1", "2024-01-01,p,m,25", "");
    await poll();
    const said = [...claimsOf(await events(), idOf("t.csv")).values()].map((i) => i.row.quantité).sort();
    expect(said).toEqual(["1", "25"]);
  });
});

describe("a file that is followed", () => {
  /** The result of one poll of a running producer. */
  const followedOnce = () =>
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
        while (seen[0]?.state !== "ok" || seen[0].polled === null) yield* Effect.sleep(10);
        yield* Fiber.interrupt(fiber);
        return seen[0];
      }),
    );
  const writtenAMinuteAgo = (name: string) => {
    const then = new Date(Date.now() - 60_000);
    utimesSync(pathOf(name), then, then);
  };

  it("waits for the end of its last line while it grows; read once, that line is a record", async () => {
    await add("t.csv", TWINS, "2024-01-01,p,m,1", "2024-01-01,p,m,2");
    expect(await followedOnce()).toMatchObject({ records: 1, emitted: 1 });
    expect((await poll())[0]).toMatchObject({ records: 2, emitted: 1, unchanged: 1 });
  });

  it("has a last record, even without a line end, when nobody has written it for a while; deleted if extended", async () => {
    await add("t.csv", TWINS, "2024-01-01,p,m,1", "2024-01-01,p,m,2");
    expect(await followedOnce()).toMatchObject({ records: 1 });
    writtenAMinuteAgo("t.csv");
    expect(await followedOnce()).toMatchObject({ records: 2, emitted: 1 });
    write("t.csv", TWINS, "2024-01-01,p,m,1", "2024-01-01,p,m,25", "");
    await followedOnce();
    const said = [...claimsOf(await events(), idOf("t.csv")).values()].map((i) => i.row.quantité).sort();
    expect(said).toEqual(["1", "25"]);
  });
});

it("dated and undated prices: each record is a claim, the mixed line is rejected, one kind replaces the other", async () => {
  await add("p.csv", "id_produit,prix,date_effet", "a,1,2024-01-01", "a,2,2024-02-01", "a,3,", "b,4,", "");
  expect((await poll())[0]).toMatchObject({ records: 4, emitted: 3, rejected: 1 });
  const claims = async () => [...claimsOf(await events(), idOf("p.csv")).keys()].sort();
  expect((await claims()).filter((c) => c.startsWith("produits"))).toEqual([
    "produits a 2024-01-01",
    "produits a 2024-02-01",
    "produits b ",
  ]);
  expect((await rows()).find((e) => e.topic === "rejets")?.event).toMatchObject({
    row: { code: "date_effet.mixed" },
  });
  write("p.csv", "id_produit,prix", "a,5", "b,4", "");
  await poll();
  expect(await claims()).toEqual(["produits a ", "produits b "]);
});

describe("sources", () => {
  it("that fail are parked with their reason, and the others go on", async () => {
    await add("v.csv", SALES, "1,2024-01-01,p,m,1", "");
    await add("m.csv", "id_magasin,ville", "1,Paris", "");
    rmSync(pathOf("m.csv"));
    const [first, second] = await poll();
    expect(first).toMatchObject({ state: "parked", entities: ["magasins"] });
    expect(second).toMatchObject({ state: "ok", emitted: 1 });
  });

  it("are refused with one clear sentence", async () => {
    const refused = (name: string, entity?: "produits" | "magasins" | "ventes") =>
      pipeline.run(Effect.flip(registerSource(pathOf(name), { entity })));
    write("a.csv", "<!DOCTYPE html><html>", "");
    expect(await refused("a.csv")).toMatchObject({ code: "source.html" });
    write("b.csv", "");
    expect(await refused("b.csv")).toMatchObject({ code: "source.empty" });
    write("c.csv", "nom,couleur", "x,y", "");
    expect(await refused("c.csv")).toMatchObject({ code: "source.no_key_columns" });
    write("d.csv", "id_magasin,ville", "1,Paris", "");
    expect(await refused("d.csv", "produits")).toMatchObject({
      code: "source.wrong_entity",
      sentence: expect.stringContaining("the given entity is produits, but the file holds magasins"),
    });
    expect(await refused("nothing.csv")).toMatchObject({ code: "source.not_found" });
    expect(await pipeline.run(listSources)).toEqual([]);
  });

  it("are shown before they are added", async () => {
    write("v.csv", SALES.replaceAll(",", ";"), "1;2024-01-01;p;m;1,5", "2;2024-01-01;p;m;x", "");
    expect(await pipeline.run(inspectSource(pathOf("v.csv")))).toMatchObject({
      entity: "ventes",
      delimiter: ";",
      records: 2,
      rows: [{ line: 2, row: { quantité: "1.5" } }],
      rejects: [{ code: "quantite.not_a_number", count: 1 }],
    });
    expect(await rows()).toEqual([]);
  });

  it("removed with --withdraw leave no claim; removed without, all of them", async () => {
    await add("v.csv", SALES, "1,2024-01-01,p,m,1", "2,2024-01-01,p,m,x", "");
    await poll();
    expect(await pipeline.run(removeSource(pathOf("v.csv")))).toMatchObject({ withdrawn: 0 });
    expect(await poll()).toEqual([]);
    expect(claimsOf(await events(), idOf("v.csv")).size).toBe(2);
    expect(await pipeline.run(removeSource(pathOf("v.csv"), { withdraw: true }))).toMatchObject({
      withdrawn: 2,
    });
    expect(claimsOf(await events(), idOf("v.csv")).size).toBe(0);
    // A source that is added again publishes all its rows again.
    await add("v.csv", SALES, "1,2024-01-01,p,m,1", "2,2024-01-01,p,m,x", "");
    await poll();
    expect(claimsOf(await events(), idOf("v.csv")).size).toBe(2);
  });

  it("removed while they are read bring nothing back", async () => {
    const body = `${SALES}\n1,2024-01-01,p,m,1\n`;
    const server = await serve((_, response) => response.end(body));
    try {
      await pipeline.run(
        Effect.gen(function* () {
          yield* registerSource(server.url);
          yield* readSourcesOnce();
          // The source is polled again, and its answer waits until all its rows are deleted.
          let answer: (() => void) | undefined;
          server.answer = (_, response) => {
            answer = () => response.end(`${body}2,2024-01-01,p,m,1\n`);
          };
          const fiber = yield* Effect.forkChild(readSourcesOnce());
          while (answer === undefined) yield* Effect.sleep(5);
          expect(yield* removeSource(server.url, { withdraw: true })).toMatchObject({ withdrawn: 1 });
          answer();
          yield* Fiber.join(fiber);
          expect(claimsOf(yield* allEvents, server.url).size).toBe(0);
        }),
      );
    } finally {
      await server.close();
    }
  });

  it("are followed and left by a running producer as they are added and removed", async () => {
    const server = await serve((_, response) => response.end("id_magasin,ville\n1,Paris"));
    try {
      await pipeline.run(
        Effect.gen(function* () {
          let seen: readonly SourceStatus[] = [];
          const fiber = yield* Effect.forkChild(
            runProducer({
              onSources: (sources) => {
                seen = sources;
              },
            }),
          );
          yield* registerSource(server.url);
          while (seen[0]?.state !== "ok") yield* Effect.sleep(10);
          expect(seen[0]).toMatchObject({ source: server.url, emitted: 1 });
          yield* removeSource(server.url);
          while (seen.length > 0) yield* Effect.sleep(10);
          yield* Fiber.interrupt(fiber);
        }),
      );
    } finally {
      await server.close();
    }
  });
});

describe("producers that die", () => {
  for (const stored of [false, true])
    it(`an unanswered send (${stored ? "stored" : "lost"}) is resolved by reading back, and nothing is missing`, async () => {
      await add("v.csv", SALES, "1,2024-01-01,p,m,1", "2,2024-01-01,p,m,1", "");
      for (const after of [0, 1, 2, 3, 4]) {
        write("v.csv", SALES, `1,2024-01-01,p,m,${after + 5}`, "2,2024-01-01,p,m,1", "");
        pipeline.fault = { after, kind: "uncertain", stored };
        expect((await poll())[0]?.state).toBe("ok");
        pipeline.fault = undefined;
        const claims = claimsOf(await events(), idOf("v.csv"));
        expect(claims.get("ventes 1 ")?.row.quantité).toBe(String(after + 5));
        expect(claims.size).toBe(2);
      }
    });

  it("that another took over send events that do not count, wherever they land", async () => {
    await add("v.csv", SALES, "1,2024-01-01,p,m,1", "");
    await poll();
    const [old] = await rows();
    if (old?.event.kind !== "row") throw new Error("no row");
    // A producer takes the source over and finds no change: only its fences show that the other one was overtaken.
    lose();
    await poll();
    const late = { ...old.event, row: { ...old.event.row, quantité: "9" } };
    await pipeline.run(
      Effect.gen(function* () {
        const log = yield* TopicLog;
        yield* log.publish("ventes", [{ key: "1", value: JSON.stringify(late) }]);
      }),
    );
    expect(claimsOf(await events(), idOf("v.csv")).get("ventes 1 ")?.row.quantité).toBe("1");
    const count = (await rows()).length;
    lose();
    expect((await poll())[0]).toMatchObject({ emitted: 0 });
    expect((await rows()).length).toBe(count);
  });

  it("that take over download only after their fences", async () => {
    const fencesAtDownload: number[] = [];
    const server = await serve((_, response) => {
      events().then((all) => {
        fencesAtDownload.push(all.filter((e) => e.event.kind === "fence").length);
        response.end("id_magasin,ville\n1,Paris\n");
      });
    });
    try {
      await pipeline.run(registerSource(server.url));
      await poll();
      lose();
      await poll();
      expect(fencesAtDownload).toEqual([0, 6, 12]);
    } finally {
      await server.close();
    }
  });
});
