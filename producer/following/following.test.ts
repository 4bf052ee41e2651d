/** When a running producer polls its sources, over the embedded log, real files and a real HTTP server. */
import { rmSync } from "node:fs";
import { pathToFileURL } from "node:url";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SourceStatus } from "#shared/contract/status.ts";
import type { Settings } from "#shared/runtime/settings.ts";
import { TopicLog } from "#shared/topic-log/topic-log.ts";
import { until } from "../../integration-tests/support/until.ts";
import { confirmSource } from "../admin/confirm.ts";
import { registerSource } from "../admin/register.ts";
import { removeSource } from "../admin/remove.ts";
import { type Progress, runProducer } from "../run.ts";
import { allEvents, openPipeline, type Pipeline, rowsOf } from "../testing/pipeline.ts";
import { serve, type TestServer } from "../testing/server.ts";

const HOUR = 3_600_000;
const SHOPS = "id_magasin,ville";
const SALES = "date_vente,id_produit,id_magasin,quantité";

let pipeline: Pipeline;
let server: TestServer;
beforeEach(async () => {
  pipeline = await openPipeline();
  server = await serve((_, response) => response.end(`${SHOPS}\n1,Paris\n`));
});
afterEach(async () => {
  await server.close();
  await pipeline.close();
});

const pathOf = (name: string) => pipeline.pathOf(name);
const idOf = (name: string) => pathToFileURL(pathOf(name)).href;
const write = (name: string, ...lines: readonly string[]) => pipeline.write(name, ...lines);
const url = (name: string) => `${server.url}${name}`;
const requests = (name: string) => server.requests.filter((r) => r.url === `/${name}`).length;

interface Seen {
  all: readonly SourceStatus[];
  readonly of: (source: string) => SourceStatus | undefined;
}

/** Runs `body` while a producer runs. */
const beside = (
  body: (seen: Seen) => Effect.Effect<void, unknown, TopicLog | Settings>,
  onProgress: (progress: Progress) => void = () => {},
): Promise<void> =>
  pipeline.run(
    Effect.gen(function* () {
      const seen: Seen = { all: [], of: (source) => seen.all.find((s) => s.source === source) };
      const onSources = (sources: readonly SourceStatus[]) => {
        seen.all = sources;
      };
      const fiber = yield* Effect.forkChild(runProducer({ onSources, onProgress }));
      yield* body(seen);
      yield* Fiber.interrupt(fiber);
    }),
  );

const waitFor = (what: string, condition: () => boolean) => Effect.promise(() => until(what, condition));
const rows = Effect.map(allEvents, rowsOf);

describe("a path that is followed", () => {
  it("is polled when it is written, long before its next poll is due", () =>
    beside((seen) =>
      Effect.gen(function* () {
        write("m.csv", SHOPS, "1,Paris");
        yield* registerSource(pathOf("m.csv"), { every: HOUR });
        yield* waitFor("the first poll", () => seen.of(idOf("m.csv"))?.state === "ok");
        expect(Date.parse(seen.of(idOf("m.csv"))?.next ?? "")).toBeGreaterThan(Date.now() + HOUR / 2);
        write("m.csv", SHOPS, "1,Paris", "2,Lyon");
        yield* waitFor("the second row", () => seen.of(idOf("m.csv"))?.records === 2);
        // The removed file is reported; created again, it is read.
        rmSync(pathOf("m.csv"));
        yield* waitFor("that it is gone", () => seen.of(idOf("m.csv"))?.state === "parked");
        write("m.csv", SHOPS, "1,Paris", "2,Lyon", "3,Brest");
        yield* waitFor("the third row", () => seen.of(idOf("m.csv"))?.records === 3);
        expect(yield* rows).toHaveLength(3);
      }),
    ));
});

describe("a URL that is followed", () => {
  it("and has grown at each poll is held once, confirmed once, and ends right", () =>
    beside((seen) =>
      Effect.gen(function* () {
        const sale = (n: number) => `2026-02-${10 + Math.floor(n / 40)},p${n},m,1`;
        let sales = Array.from({ length: 60 }, (_, n) => sale(n));
        let isOpen = true;
        let next = 60;
        server.answer = (_, response) => {
          if (isOpen) sales.push(sale(next++));
          response.end(`${[SALES, ...sales].join("\n")}\n`);
        };
        const decisions = new Set<string>();
        const status = () => {
          const now = seen.of(url("v.csv"));
          for (const { decision } of now?.doubts ?? []) decisions.add(decision);
          return now;
        };
        const waitUntil = (what: string, is: (now: SourceStatus) => boolean) =>
          waitFor(what, () => {
            const now = status();
            return now !== undefined && is(now);
          });
        const polls = requests("v.csv");
        yield* registerSource(url("v.csv"), { every: 20 });
        yield* waitUntil("the first sales", ({ state, records }) => state === "ok" && records > 62);
        sales = sales.filter((_, n) => n < 20 || n >= 50);
        yield* waitUntil("that it is held", ({ state }) => state === "held");
        const held = requests("v.csv");
        yield* waitFor(
          "polls that meet more lines",
          () => status() !== undefined && requests("v.csv") > held + 4,
        );
        yield* confirmSource(url("v.csv"), status()?.doubts ?? []);
        yield* waitUntil("that it is applied", ({ state }) => state === "ok");
        const applied = requests("v.csv");
        yield* waitFor("later polls", () => status()?.state === "ok" && requests("v.csv") > applied + 4);
        isOpen = false;
        yield* waitUntil("the last line", ({ records, state }) => state === "ok" && records === sales.length);
        expect(requests("v.csv")).toBeGreaterThan(polls + 10);
        expect(decisions.size).toBe(1);
        const stated = new Map<string, string>();
        for (const { key, event, topic } of yield* rows) {
          if (topic !== "ventes") continue;
          if (event.kind === "row") stated.set(key, `${event.row.date_vente},${event.row.id_produit},m,1`);
          else if (event.kind === "delete") stated.delete(key);
        }
        expect([...stated.values()].sort()).toEqual(sales.toSorted());
      }),
    ));

  it("is polled again after its interval, and its status says when", () =>
    beside((seen) =>
      Effect.gen(function* () {
        yield* registerSource(url("m.csv"), { every: 50 });
        const registering = requests("m.csv");
        yield* waitFor("five polls", () => requests("m.csv") >= registering + 5);
        yield* waitFor("the time of the next", () => seen.of(url("m.csv"))?.next !== undefined);
      }),
    ));

  for (const [what, status, headers] of [
    ["while the server says that its answer is fresh", 200, { "cache-control": "max-age=600" }],
    ["before the server's Retry-After", 503, { "retry-after": "600" }],
  ] as const)
    it(`is not asked again ${what}`, () =>
      beside((seen) =>
        Effect.gen(function* () {
          yield* registerSource(url("m.csv"), { every: 50 });
          yield* registerSource(url("other.csv"), { every: 50 });
          server.answer = (request, response) => {
            if (request.url === "/m.csv") response.writeHead(status, headers);
            response.end(status === 503 && request.url === "/m.csv" ? "" : `${SHOPS}\n1,Paris\n`);
          };
          const isReported = () =>
            Date.parse(seen.of(url("m.csv"))?.next ?? "") - Date.now() > 500_000 &&
            seen.of(url("m.csv"))?.state === (status === 200 ? "ok" : "parked");
          yield* waitFor("what the server says", isReported);
          const before = requests("m.csv");
          const others = requests("other.csv");
          // At the same time the producer polls the other source, whose answer has no such header, many times.
          yield* waitFor("the other source", () => requests("other.csv") >= others + 10);
          expect(requests("m.csv")).toBe(before);
        }),
      ));

  it("that fails is polled less and less often, and at once when its registration changes", () =>
    beside((seen) =>
      Effect.gen(function* () {
        yield* registerSource(url("m.csv"), { every: 20 });
        yield* waitFor("the first poll", () => seen.of(url("m.csv"))?.state === "ok");
        server.answer = (_, response) => response.writeHead(404).end();
        const wait = () => Date.parse(seen.of(url("m.csv"))?.next ?? "") - Date.now();
        // 20 ms, 40, 80, ...: after eight failures.
        yield* waitFor("a long wait", () => seen.of(url("m.csv"))?.state === "parked" && wait() > 2_000);
        const before = requests("m.csv");
        server.answer = (_, response) => response.end(`${SHOPS}\n1,Paris\n`);
        yield* registerSource(url("m.csv"), { every: HOUR });
        yield* waitFor("it to be well", () => seen.of(url("m.csv"))?.state === "ok");
        // One of the requests is from the registration.
        expect(requests("m.csv")).toBeGreaterThanOrEqual(before + 2);
        expect(wait()).toBeGreaterThan(HOUR / 2);
      }),
    ));
});

describe("a registration that changes", () => {
  it("has its source polled at once with the new options, even when the file has not changed", () =>
    beside((seen) =>
      Effect.gen(function* () {
        write("v.csv", SALES, "2024-01-01,p,m,1", "2024-01-01,p,m,1");
        yield* registerSource(pathOf("v.csv"), { every: HOUR });
        yield* waitFor("two sales", () => seen.of(idOf("v.csv"))?.emitted === 2);
        yield* registerSource(pathOf("v.csv"), { duplicates: "drop" });
        yield* waitFor("one of them superseded", () => seen.of(idOf("v.csv"))?.superseded === 1);
        yield* registerSource(pathOf("v.csv"), { duplicates: "keep" });
        yield* waitFor("both again", () => seen.of(idOf("v.csv"))?.superseded === 0);
      }),
    ));

  it("so that its sales get other ids takes effect, for a source that is read once, too", () =>
    beside((seen) =>
      Effect.gen(function* () {
        write("v.csv", `${SALES},Code`, "2024-01-01,p,m,1,c");
        yield* registerSource(pathOf("v.csv"), { once: true });
        yield* waitFor("the sale", () => seen.of(idOf("v.csv"))?.emitted === 1);
        yield* registerSource(pathOf("v.csv"), { reading: { map: { id_produit: "Code" } }, rekey: true });
        yield* waitFor("its old id to be withdrawn", () => seen.of(idOf("v.csv"))?.withdrawn === 1);
      }),
    ));

  it("made while no producer ran takes effect in the next one, without a new version of the file", async () => {
    write("v.csv", SALES, "2024-01-01,p,m,1", "2024-01-01,p,m,1");
    await pipeline.run(registerSource(pathOf("v.csv")));
    await beside((seen) => waitFor("two sales", () => seen.of(idOf("v.csv"))?.emitted === 2));
    await pipeline.run(registerSource(pathOf("v.csv"), { duplicates: "drop" }));
    await beside((seen) => waitFor("one of them superseded", () => seen.of(idOf("v.csv"))?.superseded === 1));
  });

  it("ends its source when it is removed, during a download too, and follows it again when it is added again", () =>
    beside((seen) =>
      Effect.gen(function* () {
        yield* registerSource(url("m.csv"), { every: HOUR });
        yield* waitFor("the first poll", () => seen.of(url("m.csv"))?.state === "ok");
        let ended = false;
        server.answer = (_, response) => {
          response.on("close", () => {
            ended = true;
          });
          response.write(SHOPS);
        };
        const before = requests("m.csv");
        yield* registerChanged(url("m.csv"));
        yield* waitFor("a download that does not end", () => requests("m.csv") > before);
        yield* removeSource(url("m.csv"));
        yield* waitFor("its end", () => ended && seen.all.length === 0);
        const removed = requests("m.csv");
        server.answer = (_, response) => response.end(`${SHOPS}\n1,Paris\n2,Lyon\n`);
        yield* registerSource(url("m.csv"), { every: HOUR });
        yield* waitFor("both rows", () => seen.of(url("m.csv"))?.records === 2);
        expect(requests("m.csv")).toBe(removed + 2);
        expect(yield* rows).toHaveLength(2);
      }),
    ));

  /** Registers another interval as another program would: without a request to the source. */
  const registerChanged = (source: string) =>
    Effect.gen(function* () {
      const log = yield* TopicLog;
      const value = {
        v: 1,
        kind: "source",
        source,
        entities: ["magasins"],
        every: HOUR / 2,
        once: false,
        duplicates: "keep",
        registered: "2026-01-01T00:00:00.000Z",
      };
      yield* log.publish("sources", [{ key: source, value: JSON.stringify(value) }]);
    });
});

it("parents are read first, whatever the order of registration", async () => {
  const order: string[] = [];
  server.answer = (request, response) => {
    const name = request.url ?? "";
    if (name.startsWith("/v"))
      response.end("id_vente,date_vente,id_produit,id_magasin,quantité\n1,2024-01-01,p,1,1\n");
    else response.end(name.startsWith("/p") ? "id_produit,prix\np,1\n" : `${SHOPS}\n1,Paris\n`);
  };
  for (const name of ["v1", "v2", "m1", "p1"]) await pipeline.run(registerSource(url(name), { every: HOUR }));
  await beside(
    (seen) =>
      Effect.gen(function* () {
        yield* waitFor(
          "all to be read",
          () => seen.all.length === 4 && seen.all.every((s) => s.state === "ok"),
        );
        expect(seen.all.map((s) => s.entities[0])).toEqual(["produits", "magasins", "ventes", "ventes"]);
      }),
    // The order of the polls: four requests at once may reach the server in any order.
    ({ source, phase }) => {
      if (phase === "download") order.push(new URL(source).pathname);
    },
  );
  expect(order).toHaveLength(4);
  expect(order.slice(0, 2).toSorted()).toEqual(["/m1", "/p1"]);
});
