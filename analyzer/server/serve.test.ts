import { randomUUID } from "node:crypto";
import { createServer, request } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { assert, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Redacted from "effect/Redacted";
import * as Schema from "effect/Schema";
import type * as Scope from "effect/Scope";
import * as Tracer from "effect/Tracer";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openVentes } from "#shared/database/ventes-db.ts";
import { embeddedSettings, Settings } from "#shared/runtime/settings.ts";
import { makeRefresher } from "../refresh/refresh.ts";
import { openTestDatabase, type TestDatabase } from "../testing/test-database.ts";
import { AnalysesAnswer, type ChangedEvent, HealthAnswer, RejectsAnswer, SourcesAnswer } from "./api.ts";
import { languageFor } from "./files.ts";
import type { PageOptions } from "./serve.ts";
import { serveFrom } from "./testing/serve-page.ts";

let t: TestDatabase;
let refresh: () => void;
let close: () => void;

beforeEach(() => {
  t = openTestDatabase();
  const db = openVentes(t.dir, randomUUID());
  const refresher = makeRefresher(db);
  refresh = () => refresher.refresh(new Date());
  close = () => {
    refresher.close();
    db.close();
    t.close();
  };
  t.commit((w) => {
    w.product("A", "Crayon");
    w.shop("m", "Paris");
    w.sale("v1", { id_produit: "A", id_magasin: "m", quantite: 2_500_000, ca: 12_340_000 });
  });
  refresh();
});
afterEach(() => close());

const settings = () => Layer.succeed(Settings, embeddedSettings(t.dir));
const serve = (options: Partial<PageOptions> = {}) => serveFrom(t.dir, options);
const get = (url: string) => Effect.promise(() => fetch(url));
const read = <A>(url: string, schema: Schema.Codec<A, unknown>) =>
  Effect.promise(async () => Schema.decodeUnknownSync(schema)(await (await fetch(url)).json()));

/** A request with a Host header and method of one's choice. */
const ask = (url: string, options: { method?: string; host?: string; path?: string }) =>
  Effect.promise(
    () =>
      new Promise<number>((resolve, reject) => {
        const { hostname, port } = new URL(url);
        const asked = request(
          {
            hostname,
            port,
            path: options.path ?? "/healthz",
            method: options.method ?? "GET",
            headers: { host: options.host ?? `${hostname}:${port}` },
          },
          (response) => {
            response.resume();
            response.on("end", () => resolve(response.statusCode ?? 0));
          },
        );
        asked.on("error", reject);
        asked.end();
      }),
  );

const live = (name: string, run: Effect.Effect<void, unknown, Settings | Scope.Scope>) =>
  it.live(name, () => Effect.suspend(() => run.pipe(Effect.scoped, Effect.provide(settings()))));

live(
  "a request makes no span: it would hold the token of the address",
  Effect.gen(function* () {
    const seen: string[] = [];
    const tracer = Tracer.make({
      span: (options) => {
        seen.push(options.name);
        return new Tracer.NativeSpan(options);
      },
    });
    const access = { kind: "token", token: Redacted.make("0123456789abcdef") } as const;
    const { url } = yield* serve({ access }).pipe(Effect.provideService(Tracer.Tracer, tracer));
    yield* get(`${url}?token=0123456789abcdef`);
    yield* get(`${url}healthz`);
    assert.deepStrictEqual(seen, []);
  }),
);

describe("what it answers", () => {
  live(
    "the figures, as of which commit",
    Effect.gen(function* () {
      const { url } = yield* serve();
      t.commit((w) => w.sale("v2", { id_produit: "A", id_magasin: "m", quantite: 1, ca: 1 }));
      const answer = yield* read(`${url}api/analyses`, AnalysesAnswer);
      expect(answer).toMatchObject({
        commit: 1,
        newest: 2,
        currency: "EUR",
        chiffre_affaires_total: 12.34,
        ventes_par_produit: { count: 1, rows: [{ id_produit: "A", nom: "Crayon", quantité: 2.5 }] },
        ventes_par_region: { count: 1, rows: [{ ville: "Paris", chiffre_affaires: 12.34 }] },
        waiting: { sales: 0, missing: [] },
        applying: null,
        rejects: 0,
        missed: 0,
      });
      t.db.exec("INSERT INTO unfinished VALUES (1, 'produits', 'A', 0, 0, 'reprice', 0, '', 2, 4, 2, 2, 1)");
      expect(yield* read(`${url}api/analyses`, AnalysesAnswer)).toMatchObject({
        chiffre_affaires_total: 12.34,
        applying: { entity: "produits", id: "A", done: 2, total: 4 },
      });
      assert.deepStrictEqual(yield* read(`${url}healthz`, HealthAnswer), { ok: true, commit: 1, newest: 2 });
      assert.deepStrictEqual((yield* read(`${url}api/sources`, SourcesAnswer)).sources, []);
    }),
  );

  live(
    "which sources were withdrawn, and when",
    Effect.gen(function* () {
      const withdrawn = [{ source: "https://example.org/v.csv", at: "2026-03-02T10:00:00.000Z", events: 3 }];
      const { url } = yield* serve({ withdrawn: () => withdrawn });
      assert.deepStrictEqual((yield* read(`${url}api/sources`, SourcesAnswer)).withdrawn, withdrawn);
    }),
  );

  live(
    "rejects by pages, newest first, with their codes",
    Effect.gen(function* () {
      const put = t.db.prepare("INSERT INTO rejets VALUES (?, 'ventes', 's', 1, ?, ?, ?, '{}', ?)");
      for (let n = 0; n < 25; n++) put.run(`r${n}`, n, "x".repeat(600), n < 5 ? "b" : "a", n);
      const { url } = yield* serve();
      const first = yield* read(`${url}api/rejects?limit=10`, RejectsAnswer);
      const second = yield* read(`${url}api/rejects?limit=10&before=${first.next}`, RejectsAnswer);
      const last = yield* read(`${url}api/rejects?limit=10&before=${second.next}`, RejectsAnswer);
      const ids = [first, second, last].flatMap((page) => page.rejects.map((reject) => reject.id));
      assert.deepStrictEqual(
        ids,
        Array.from({ length: 25 }, (_, n) => `r${24 - n}`),
      );
      assert.strictEqual(last.next, null);
      assert.strictEqual(first.rejects[0]?.raw.length, 500);
      assert.deepStrictEqual(
        first.codes.map(({ code, count }) => ({ code, count })),
        [
          { code: "a", count: 20 },
          { code: "b", count: 5 },
        ],
      );
      const ofB = yield* read(`${url}api/rejects?code=b&limit=2`, RejectsAnswer);
      assert.deepStrictEqual(
        ofB.rejects.map(({ code }) => code),
        ["b", "b"],
      );
      assert.strictEqual(ofB.count, 25);
    }),
  );

  live(
    "the sentences of rejects in the language of the reader",
    Effect.gen(function* () {
      t.db
        .prepare("INSERT INTO rejets VALUES ('r', 'ventes', 's', 1, 2, 'x', 'quantite.missing', ?, 1)")
        .run('{"value":"","column":"Qté"}');
      t.db.exec(
        "INSERT INTO rejets VALUES ('q', 'ventes', 's', 1, 3, 'y', 'new.code', '{\"value\":\"a\"}', 1)",
      );
      const { url } = yield* serve();
      const answered = (language: string) =>
        Effect.promise(async () => {
          const headers = { "accept-language": language };
          const answer = await (await fetch(`${url}api/rejects`, { headers })).json();
          return Schema.decodeUnknownSync(RejectsAnswer)(answer).rejects;
        });
      const [unknown, known] = yield* answered("en");
      expect(known).toMatchObject({
        code: "quantite.missing",
        details: { value: "", column: "Qté" },
        sentence: expect.stringMatching(/^column Qté is empty/),
      });
      expect(unknown?.sentence).toMatch(/the code new\.code.*\{"value":"a"\}/);
      const french = yield* answered("fr-FR");
      expect(french.map(({ sentence }) => sentence)).toEqual([
        expect.stringMatching(/^rejeté avec le code new\.code/),
        expect.stringMatching(/^la colonne Qté est vide/),
      ]);
    }),
  );

  live(
    "503 while there is no database, and another one when it takes the place",
    Effect.gen(function* () {
      let dir = `${t.dir}/nothing`;
      const { url } = yield* serve({ current: () => ({ dir, demo: true }) });
      for (const path of ["api/analyses", "api/rejects"])
        assert.strictEqual((yield* get(url + path)).status, 503);
      // The process answers: starting it again would bring no database.
      assert.deepStrictEqual(yield* read(`${url}healthz`, HealthAnswer), {
        ok: true,
        commit: null,
        newest: null,
      });
      dir = t.dir;
      assert.strictEqual((yield* read(`${url}api/analyses`, AnalysesAnswer)).chiffre_affaires_total, 12.34);
    }),
  );

  live(
    "whether the figures are right, with the reasons, and its metrics",
    Effect.gen(function* () {
      let reasons: readonly string[] = ["no consumer runs"];
      let metrics: string | undefined;
      const { url } = yield* serve({
        unready: () => Effect.succeed(reasons),
        metrics: () => Effect.succeed(metrics),
      });
      const answered = (path: string) =>
        Effect.promise(async () => {
          const response = await fetch(url + path);
          return [response.status, await response.text()] as const;
        });
      assert.deepStrictEqual(yield* answered("readyz"), [
        503,
        '{"ready":false,"reasons":["no consumer runs"]}',
      ]);
      assert.strictEqual((yield* answered("metrics"))[0], 503);
      [reasons, metrics] = [[], "ventes_topics_up 1\n"];
      assert.deepStrictEqual(yield* answered("readyz"), [200, '{"ready":true,"reasons":[]}']);
      assert.deepStrictEqual(yield* answered("metrics"), [200, metrics]);
      const type = (yield* get(`${url}metrics`)).headers.get("content-type");
      assert.strictEqual(type, "text/plain; version=0.0.4; charset=utf-8");
    }),
  );

  live(
    "an event when analyses change, or the sources",
    Effect.gen(function* () {
      let sources: ReturnType<PageOptions["sources"]> = [];
      const { url } = yield* serve({ sources: () => sources });
      const response = yield* get(`${url}api/events`);
      assert.strictEqual(response.headers.get("content-type"), "text/event-stream");
      const reader = (response.body as ReadableStream<Uint8Array>).getReader();
      let text = "";
      const until = (pattern: RegExp) =>
        Effect.promise(async () => {
          while (!pattern.test(text)) text += new TextDecoder().decode((await reader.read()).value);
        });
      yield* until(/retry: \d+\n\n.*"commit":1,/s);
      t.commit((w) => w.withdrawSale("v1"));
      refresh();
      yield* until(/event: analyses\nid: \d+\ndata: \{"commit":2,.*\}\n\n/);
      /** The newest event, when one has another revision of this kind. */
      const changed = (kind: "figures" | "results" | "sources", before: ChangedEvent) =>
        Effect.promise(async () => {
          for (;;) {
            const [, data = "{}"] = [...text.matchAll(/data: (.*)\n\n/g)].at(-1) ?? [];
            const now = JSON.parse(data) as ChangedEvent;
            if (now[kind] !== before[kind]) return now;
            text += new TextDecoder().decode((await reader.read()).value);
          }
        });
      const none = { commit: 0, revision: 0, figures: 0, results: 0, sources: 0 };
      const first = yield* changed("figures", none);
      sources = [{ source: "s" } as (typeof sources)[number]];
      const second = yield* changed("sources", first);
      expect(second).toMatchObject({ figures: first.figures, results: first.results });
      // A plain analysis ends after the commit that it follows.
      t.db.exec(
        "UPDATE analyses_liste SET date_analyse = '2026-11-28T10:00:00.000Z' WHERE nom = 'panier_moyen'",
      );
      const third = yield* changed("results", second);
      expect(third).toMatchObject({ figures: first.figures, sources: second.sources, commit: 2 });
      yield* Effect.promise(() => reader.cancel());
    }),
  );

  live(
    "the page in the reader's language, under the policy, and no other file",
    Effect.gen(function* () {
      const { url } = yield* serve();
      const page = yield* Effect.promise(() =>
        fetch(url, { headers: { "accept-language": "de, fr;q=0.8" } }),
      );
      assert.include(yield* Effect.promise(() => page.text()), '<html lang="fr">');
      assert.include(page.headers.get("content-security-policy") ?? "", "default-src 'none'");
      assert.strictEqual(page.headers.get("x-content-type-options"), "nosniff");
      const module = yield* get(`${url}main.js`);
      assert.match(module.headers.get("content-type") ?? "", /^text\/javascript/);
      for (const path of [
        "tsconfig.json",
        "../server/serve.ts",
        "%2e%2e/server/serve.ts",
        "api",
        "index.htm",
      ]) {
        const missing = yield* get(url + path);
        assert.strictEqual(missing.status, 404, path);
        assert.include(missing.headers.get("content-security-policy") ?? "", "default-src 'none'");
      }
    }),
  );
});

describe("who may ask", () => {
  live(
    "only who names this machine, only to read",
    Effect.gen(function* () {
      const { url, port } = yield* serve();
      for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, "localhost", `[::1]:${port}`])
        assert.strictEqual(yield* ask(url, { host }), 200, host);
      for (const host of [
        "evil.example",
        `localhost.evil.example:${port}`,
        `x@127.0.0.1`,
        "127.0.0.1.nip.io",
      ])
        assert.strictEqual(yield* ask(url, { host }), 403, host);
      assert.strictEqual(yield* ask(url, { host: "evil.example", path: "/api/events" }), 403);
      for (const method of ["POST", "PUT", "DELETE", "OPTIONS"])
        assert.strictEqual(yield* ask(url, { method }), 405, method);
      assert.strictEqual(yield* ask(url, { method: "HEAD" }), 200);
    }),
  );

  live(
    "without a token, another address than loopback is refused, saying what to set",
    Effect.gen(function* () {
      for (const host of ["0.0.0.0", "::", "192.168.1.2", "example.org"]) {
        const error = yield* Effect.flip(serve({ host }));
        assert.strictEqual(error._tag, "HostRefused");
        assert.match(error.message, /set VENTES_TOKEN .*set VENTES_AUTH=none/);
      }
    }),
  );

  live(
    "on all addresses where that was waived: its own line names this machine, and foreign names are refused",
    Effect.gen(function* () {
      const { url, port } = yield* serve({ host: "0.0.0.0", access: { kind: "open" } });
      assert.strictEqual(url, `http://127.0.0.1:${port}/`);
      assert.strictEqual(yield* ask(url, { host: "127.0.0.1:8080" }), 200);
      assert.strictEqual(yield* ask(url, { host: "evil.example:8080" }), 403);
    }),
  );

  live(
    "with a token: nothing without it, signing in once, and the style sheet and health for everyone",
    Effect.gen(function* () {
      const token = "0123456789abcdef";
      const { url } = yield* serve({ access: { kind: "token", token: Redacted.make(token) } });
      const answered = (path: string, headers: Record<string, string> = {}) =>
        Effect.promise(() => fetch(url + path, { redirect: "manual", headers }));
      const statuses = (headers: Record<string, string> = {}) =>
        Effect.forEach(
          ["", "main.js", "metrics", "api/analyses", "api/rejects", "api/sources", "api/nothing"],
          (path) => Effect.map(answered(path, headers), ({ status }) => status),
        );
      assert.deepStrictEqual(yield* statuses(), [401, 401, 401, 401, 401, 401, 401]);
      assert.strictEqual((yield* answered("api/events")).status, 401);
      assert.strictEqual((yield* answered("healthz")).status, 200);
      assert.strictEqual((yield* answered("readyz")).status, 200);
      assert.strictEqual((yield* answered("style.css")).status, 200);
      assert.deepStrictEqual(
        yield* statuses({ authorization: `Bearer ${token}` }),
        [200, 200, 503, 200, 200, 200, 404],
      );

      const unsigned = yield* answered("", { accept: "text/html", "accept-language": "fr" });
      assert.strictEqual(unsigned.status, 401);
      assert.include(yield* Effect.promise(() => unsigned.text()), 'name="token"');
      assert.include(unsigned.headers.get("content-security-policy") ?? "", "form-action 'self'");
      assert.include(unsigned.headers.get("www-authenticate") ?? "", "Bearer");

      const signed = yield* answered(`?token=${token}`);
      assert.strictEqual(signed.status, 303);
      assert.strictEqual(signed.headers.get("location"), "/");
      const cookie = (signed.headers.get("set-cookie") ?? "").split(";", 1)[0] ?? "";
      assert.notInclude(cookie, token);
      assert.deepStrictEqual(yield* statuses({ cookie }), [200, 200, 503, 200, 200, 200, 404]);
    }),
  );

  live(
    "wrong tokens are told of once, and further ones wait",
    Effect.gen(function* () {
      const told: string[] = [];
      const access = { kind: "token", token: Redacted.make("0123456789abcdef") } as const;
      const { url } = yield* serve({ access, onGuessing: (client) => void told.push(client) });
      const guess = (path: string, headers: Record<string, string> = {}) =>
        Effect.promise(async () => (await fetch(url + path, { headers })).status);
      for (let i = 0; i < 3; i++) {
        assert.strictEqual(yield* guess(`?token=${i}`), 401);
        assert.strictEqual(yield* guess("api/analyses", { authorization: `Bearer ${i}` }), 401);
      }
      assert.deepStrictEqual(told, ["127.0.0.1"]);
      // Nothing was given, so nothing was guessed.
      const began = performance.now();
      for (let i = 0; i < 10; i++) assert.strictEqual(yield* guess(""), 401);
      assert.isBelow(performance.now() - began, 1_500);
    }),
  );

  live(
    "two Host headers are refused, whichever comes first",
    Effect.gen(function* () {
      const { url } = yield* serve();
      const { port } = new URL(url);
      for (const hosts of [
        ["localhost", "evil.example"],
        ["evil.example", "localhost"],
        ["localhost", "localhost"],
      ]) {
        const answer = yield* Effect.promise(
          () =>
            new Promise<string>((done) => {
              const socket = connect(Number(port), "127.0.0.1");
              socket.once("data", (data) => {
                socket.destroy();
                done(data.toString());
              });
              socket.write(`GET / HTTP/1.1\r\n${hosts.map((host) => `Host: ${host}\r\n`).join("")}\r\n`);
            }),
        );
        assert.match(answer, /^HTTP\/1\.1 40[03] /);
      }
    }),
  );

  live(
    "analyses come in pages",
    Effect.gen(function* () {
      const { url } = yield* serve();
      const towns = (query: string) =>
        Effect.map(
          read(`${url}api/analyses${query}`, AnalysesAnswer),
          ({ ventes_par_region: { count, rows } }) => [count, rows.length],
        );
      assert.deepStrictEqual(yield* towns("?limit=1"), [1, 1]);
      assert.deepStrictEqual(yield* towns("?limit=1&offset=1"), [1, 0]);
    }),
  );

  test("language", () => {
    expect(languageFor("fr", "en")).toBe("fr");
    expect(languageFor("en", "fr-CA,en;q=0.5")).toBe("fr");
    expect(languageFor("en", "en-US,fr;q=0.5")).toBe("en");
    expect(languageFor("en", undefined)).toBe("en");
  });
});

describe("ports", () => {
  live(
    "a taken one is an error, or the next free one is taken; all is free again afterwards",
    Effect.gen(function* () {
      const taken = yield* Effect.acquireRelease(
        Effect.promise(
          () =>
            new Promise<ReturnType<typeof createServer>>((resolve) => {
              const server = createServer().listen(0, "127.0.0.1", () => resolve(server));
            }),
        ),
        (server) => Effect.sync(() => server.close()),
      );
      const { port } = taken.address() as AddressInfo;
      const error = yield* Effect.flip(serve({ port }));
      assert.strictEqual(error._tag, "PortTaken");
      const first = yield* Effect.scoped(
        Effect.gen(function* () {
          const served = yield* serve({ port, whenTaken: "next" });
          assert.isAbove(served.port, port);
          // An open stream does not keep it from closing.
          yield* get(`${served.url}api/events`);
          return served;
        }),
      );
      const second = yield* serve({ port: first.port });
      assert.strictEqual(second.port, first.port);
    }),
  );
});
