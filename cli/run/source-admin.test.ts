/** What the page does with sources: two browsers at once, one that leaves, and what was shown when a person decided. */
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as Layer from "effect/Layer";
import { beforeEach, expect, it, onTestFinished } from "vitest";
import { Settings } from "#shared/runtime/settings.ts";
import { layerTopicLog } from "#shared/topic-log/layer.ts";
import { TopicLog } from "#shared/topic-log/topic-log.ts";
import type { SourceActs } from "../../analyzer/server/source-admin.ts";
import { ventes } from "../../integration-tests/support/in-process.ts";
import { scratchDirectory } from "../../integration-tests/support/ventes.ts";
import { invocation } from "../settings/invocation.ts";
import { makeSourceAdmin } from "./source-admin.ts";
import { readSourceEntries } from "./source-list.ts";

const ROWS = 20;
const sales = (rows: number): string =>
  [
    "id_vente,date_vente,id_produit,id_magasin,quantité,chiffre_affaires",
    ...Array.from({ length: rows }, (_, n) => `V${n},2026-01-01,P1,M1,1,10.00`),
    "",
  ].join("\n");

let data: string;
let path: string;
let source: string;
beforeEach(async () => {
  data = scratchDirectory();
  // A quote in a name is no end of a text in SQL.
  path = join(scratchDirectory(), "ventes d'été.csv");
  source = pathToFileURL(path).href;
  writeFileSync(path, sales(ROWS));
  const [products, shops] = ["p.csv", "m.csv"].map((name) => join(scratchDirectory(), name)) as [
    string,
    string,
  ];
  writeFileSync(products, "id_produit,nom\nP1,Carnet\n");
  writeFileSync(shops, "id_magasin,ville\nM1,Lyon\n");
  await ventes(["start", products, shops, path, "--once", "--data", data]);
});

type Publish = TopicLog["Service"]["publish"];

/** The acts of the page on a log whose `publish` does more. */
const onPage = <A, E>(
  work: (acts: SourceActs) => Effect.Effect<A, E, TopicLog | Settings>,
  more: (publish: Publish) => Publish = (publish) => publish,
): Promise<A> =>
  Effect.runPromise(
    Effect.scoped(
      Effect.gen(function* () {
        const flags = { data, namespace: undefined, every: undefined, json: false };
        const run = yield* invocation(flags, { VENTES_LANG: "en" });
        const log = Layer.effect(
          TopicLog,
          Effect.map(TopicLog, (log) => ({ ...log, publish: more(log.publish) })),
        ).pipe(Layer.provide(layerTopicLog), Layer.provideMerge(Layer.succeed(Settings, run.settings)));
        return yield* Effect.gen(function* () {
          const admin = yield* makeSourceAdmin(run, { reaches: "all", shown: () => [] });
          return yield* work(admin("en"));
        }).pipe(Effect.provide(log));
      }),
    ),
  );

/** The registration of the file of sales, if it has one. */
const registration = Effect.map(readSourceEntries, (entries) =>
  entries
    .sources(() => false)
    .map((one) => one.registration)
    .find((one) => one.source === source),
);

it("loses nothing of two browsers that change one source at once", async () => {
  const slow =
    (publish: Publish): Publish =>
    (...args) =>
      Effect.delay(publish(...args), 50);
  const changed = await onPage(
    (acts) =>
      Effect.andThen(
        Effect.all([acts.rename({ source, name: "Paris" }), acts.retry({ source })], {
          concurrency: "unbounded",
        }),
        registration,
      ),
    slow,
  );
  expect(changed).toMatchObject({ name: "Paris", reread: expect.any(String) });
});

it("loses nothing that changes while a file is added again", async () => {
  let meanwhile = async (): Promise<unknown> => undefined;
  const server = createServer(async (_, response) => {
    await meanwhile();
    response.end("id_magasin,ville\nM9,Brest\n");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/m.csv`;
  const changed = await onPage((acts) =>
    Effect.gen(function* () {
      yield* acts.add({ url });
      meanwhile = async () => {
        meanwhile = async () => undefined;
        await Effect.runPromise(acts.retry({ source: url }));
      };
      yield* acts.add({ url, name: "Brest" });
      return (yield* readSourceEntries)
        .sources(() => false)
        .find(({ registration }) => registration.source === url)?.registration;
    }),
  );
  expect(changed).toMatchObject({ name: "Brest", reread: expect.any(String) });
});

it("ends a removal that it began, although the browser has left", async () => {
  const [reached, goesOn] = [Deferred.makeUnsafe<void>(), Deferred.makeUnsafe<void>()];
  const waiting =
    (publish: Publish): Publish =>
    (topic, records) =>
      topic === "ventes"
        ? Effect.andThen(
            Effect.andThen(Deferred.succeed(reached, undefined), Deferred.await(goesOn)),
            publish(topic, records),
          )
        : publish(topic, records);
  const again = await onPage(
    (acts) =>
      Effect.gen(function* () {
        const request = yield* Effect.forkChild(acts.remove({ source, withdraw: true }));
        yield* Deferred.await(reached);
        yield* Fiber.interrupt(request);
        yield* Deferred.succeed(goesOn, undefined);
        // The next act waits for its end.
        return yield* acts.remove({ source, withdraw: true });
      }),
    waiting,
  );
  expect(again).toMatchObject({
    sentence: expect.stringContaining("followed: 0 rows withdrawn"),
    undo: false,
  });
});

it("removes no more than a little more than was shown", async () => {
  const remove = (acts: SourceActs, shown: number) => acts.remove({ source, withdraw: true, shown });
  await onPage((acts) =>
    Effect.gen(function* () {
      expect(yield* acts.withdrawal({ source })).toEqual({
        sources: [source],
        rows: {
          ventes: ROWS,
          produits: 0,
          magasins: 0,
          orphelins: 0,
          waiting: 0,
          amount: 200,
          total: 200,
          after: 0,
        },
        currency: "EUR",
      });
      expect(yield* Effect.flip(remove(acts, 1))).toMatchObject({
        status: 422,
        sentence: expect.stringMatching(
          /has 20 rows to withdraw now, not 1 as was shown: nothing is removed/,
        ),
      });
      expect(yield* registration).toMatchObject({ source });
      expect(yield* remove(acts, ROWS - 2)).toMatchObject({ undo: true });
      expect(yield* registration).toBeUndefined();
      yield* acts.restore({ source });
      expect(yield* registration).toMatchObject({ source });
    }),
  );
});

it("offers to take back what it added, not a source that was followed before", async () => {
  const other = join(scratchDirectory(), "m.csv");
  writeFileSync(other, "id_magasin,ville\nM1,Lyon\n");
  await onPage((acts) =>
    Effect.gen(function* () {
      expect(yield* acts.add({ url: path })).toMatchObject({
        sentence: expect.stringContaining("is followed already (ventes)"),
        undo: false,
      });
      expect(yield* acts.add({ url: other })).toMatchObject({ undo: true });
    }),
  );
});

it("takes no source for another one that is shown alike", async () => {
  await onPage((acts) =>
    Effect.gen(function* () {
      const log = yield* TopicLog;
      const like = yield* registration;
      for (const token of ["a", "b"]) {
        const url = `https://a.example/v.csv?token=${token}`;
        yield* log.publish("sources", [{ key: url, value: JSON.stringify({ ...like, source: url }) }]);
      }
      const shown = "https://a.example/v.csv?token=***";
      const refused = { sentence: expect.stringContaining("not that of one registered source") };
      expect(yield* Effect.flip(acts.rename({ source: shown, name: "x" }))).toMatchObject(refused);
      expect(yield* Effect.flip(acts.retry({ source: shown }))).toMatchObject(refused);
      expect(yield* Effect.flip(acts.withdrawal({ source: shown }))).toMatchObject(refused);

      for (const token of ["a", "b"])
        yield* acts.remove({ source: `https://a.example/v.csv?token=${token}`, withdraw: false });
      yield* acts.restore({ source: shown });
      const followed = (yield* readSourceEntries)
        .sources(() => false)
        .map(({ registration }) => registration.source)
        .filter((one) => one.startsWith("https://a.example/"));
      expect(followed).toEqual(["https://a.example/v.csv?token=b"]);
    }),
  );
});
