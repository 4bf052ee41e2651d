import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, assert, beforeEach, describe, expect, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import type * as Scope from "effect/Scope";
import { openVentes } from "#shared/database/ventes-db.ts";
import { embeddedSettings, Settings } from "#shared/runtime/settings.ts";
import { openColumns } from "../columns/write.ts";
import { makeRefresher } from "../refresh/refresh.ts";
import { openTestDatabase, type TestDatabase } from "../testing/test-database.ts";
import type { PageOptions } from "./serve.ts";
import { serveFrom } from "./testing/serve-page.ts";

let t: TestDatabase;
let refresh: () => void;
let close: () => void;

const sale = (date: string, ca: number, source = "https://user:pass@a.fr/v.csv") => ({
  id_produit: "A",
  id_magasin: "m",
  quantite: 2_500_000,
  ca,
  date,
  source,
});

beforeEach(() => {
  t = openTestDatabase();
  const db = openVentes(t.dir, randomUUID());
  const columns = openColumns(db);
  columns.isInStep();
  const refresher = makeRefresher(db, { columns });
  refresh = () => refresher.refresh(new Date());
  close = () => {
    refresher.close();
    columns.close();
    db.close();
    t.close();
  };
  t.commit((w) => {
    w.product("A", "Crayon à papier");
    w.product("B", "Gomme");
    w.shop("m", "Paris");
    w.sale("v1", sale("2026-11-20", 12_340_000));
    w.sale("v2", { ...sale("2026-11-19", 1_000_000), id_produit: "B" });
    w.sale("v3", sale("2025-11-20", 7_000_000));
  });
  refresh();
});
afterEach(() => close());

const live = (
  name: string,
  run: (
    get: (path: string, headers?: Record<string, string>) => Effect.Effect<Answer>,
  ) => Effect.Effect<void, unknown, Settings | Scope.Scope>,
  options: Partial<PageOptions> = {},
) =>
  it.live(name, () =>
    Effect.suspend(() =>
      Effect.gen(function* () {
        const { url } = yield* serveFrom(t.dir, options);
        yield* run((path, headers = {}) =>
          Effect.promise(async () => {
            const response = await fetch(`${url}${path}`, { headers });
            const text = await response.text();
            const isJson = response.headers.get("content-type")?.includes("json") === true;
            return { status: response.status, body: isJson ? JSON.parse(text) : text };
          }),
        );
      }).pipe(Effect.scoped, Effect.provide(Layer.succeed(Settings, embeddedSettings(t.dir)))),
    ),
  );

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

describe("the figures over HTTP", () => {
  live("say as of which commit, with the period before and the year before", (get) =>
    Effect.gen(function* () {
      const { status, body } = yield* get("api/overview?from=2026-11-20&to=2026-11-20");
      assert.strictEqual(status, 200);
      expect(body).toMatchObject({
        commit: 1,
        newest: 1,
        currency: "EUR",
        demo: false,
        total: { revenue: 12.34, quantity: 2.5, sales: 1 },
        before: { from: "2026-11-19", to: "2026-11-19", revenue: 1 },
        yearBefore: { from: "2025-11-20", to: "2025-11-20", revenue: 7 },
        by: "day",
        series: [{ from: "2026-11-20", revenue: 12.34 }],
        cities: [{ city: "Paris", revenue: 12.34 }],
        shops: [{ shop: "m", city: "Paris", revenue: 12.34 }],
      });
    }),
  );

  live("products: those that fell too, searched without accents, in pages", (get) =>
    Effect.gen(function* () {
      const fell = yield* get("api/products?from=2026-11-20&to=2026-11-20&sort=change&order=asc");
      expect(fell.body).toMatchObject({
        count: 2,
        rows: [
          { product: "B", name: "Gomme", revenue: 0, before: { revenue: 1 } },
          { product: "A", revenue: 12.34, before: { revenue: 0 } },
        ],
      });
      const found = yield* get("api/products?search=A%20PAPIER");
      expect(found.body).toMatchObject({ count: 1, rows: [{ product: "A", sales: 2, before: null }] });
      const second = yield* get("api/products?limit=1&offset=1");
      expect(second.body).toMatchObject({ count: 2, rows: [{ product: "B" }] });
    }),
  );

  live("the sales behind a figure, without secrets of their source, and one of them as it is now", (get) =>
    Effect.gen(function* () {
      const source = "https://***@a.fr/v.csv";
      const { body } = yield* get(`api/sales?limit=1&source=${encodeURIComponent(source)}`);
      expect(body).toMatchObject({
        total: { sales: 3 },
        rows: [
          { id: "v1", date: "2026-11-20", name: "Crayon à papier", origin: "ligne", price: null, source },
        ],
        next: "2026-11-20.1",
      });
      const next = yield* get("api/sales?limit=1&after=2026-11-20.1");
      expect(next.body).toMatchObject({ rows: [{ id: "v2" }] });
      const one = yield* get("api/sale?id=v2");
      expect(one.body).toMatchObject({ sale: { id: "v2", revenue: 1, line: 1 }, event: null, claims: [] });
    }),
  );

  live("what changed, by source: rows and money", (get) =>
    Effect.gen(function* () {
      t.commit((w) => {
        w.sale("v1", sale("2026-11-20", 10_000_000));
        w.withdrawSale("v2");
        w.sale("v4", sale("2026-11-21", 1_000_000, "other.csv"));
      });
      refresh();
      const { body } = yield* get("api/changes");
      expect(body).toMatchObject({
        since: null,
        rows: [
          { source: "other.csv", added: 1, changed: 0, removed: 0, revenue: 1, firstDay: "2026-11-21" },
          // Both commits, which followed each other closely.
          { source: "https://***@a.fr/v.csv", added: 3, changed: 1, removed: 1, revenue: 17, quantity: 5 },
        ],
        next: null,
      });
    }),
  );

  live("a sale that goes to another product or shop is a change, though the totals stay", (get) =>
    Effect.gen(function* () {
      t.commit((w) => {
        w.shop("n", "Lyon");
        w.sale("v1", { ...sale("2026-11-20", 12_340_000), id_produit: "B" });
        w.sale("v3", { ...sale("2025-11-20", 7_000_000), id_magasin: "n" });
      });
      refresh();
      expect((yield* get("api/changes")).body).toMatchObject({
        rows: [{ added: 3, changed: 2, removed: 0, revenue: 20.34, quantity: 7.5 }],
      });
    }),
  );

  live("a period of the first years has nothing to be compared with", (get) =>
    Effect.gen(function* () {
      for (const [path, hasYear] of [
        ["api/overview?from=0000-01-01", false],
        ["api/overview?from=0002-01-01&to=9999-12-31", true],
      ] as const) {
        const { status, body } = yield* get(path);
        assert.strictEqual(status, 200);
        expect(body).toMatchObject({ total: { sales: 3 }, before: null });
        expect((body as { yearBefore: unknown }).yearBefore === null).toBe(!hasYear);
      }
      expect((yield* get("api/products?from=0000-01-01")).body).toMatchObject({ count: 2 });
    }),
  );

  live("every table as a file, under the same filters", (get) =>
    Effect.gen(function* () {
      const { body } = yield* get("export/by-product.csv?from=2026-11-01");
      assert.strictEqual(
        body,
        "product,name,revenue,quantity,sales\r\nA,Crayon à papier,12.34,2.5,1\r\nB,Gomme,1,2.5,1\r\n",
      );
      const french = yield* get("export/by-month.excel.csv?lang=fr&product=A");
      assert.strictEqual(
        french.body,
        // fetch takes the byte order mark away.
        "À partir du;Chiffre d'affaires;Quantité;Ventes\r\n2025-11-01;7;2,5;1\r\n2026-11-01;12,34;2,5;1\r\n",
      );
      const months = yield* get("export/analysis.excel.csv?name=ventes_par_mois&lang=fr");
      expect(months.body).toBe(
        "mois;chiffre_affaires;quantité;ventes\r\n2025-11;7;2,5;1\r\n2026-11;13,34;5;2\r\n",
      );
      const sales = yield* get("export/sales.json");
      expect(sales.body).toMatchObject([{ id: "v1", revenue: 12.34 }, { id: "v2" }, { id: "v3" }]);
      for (const [table, rows] of [
        ["by-day", 3],
        ["by-week", 2],
        ["by-city", 1],
        ["by-shop", 1],
        ["waiting", 0],
        ["rejects", 0],
      ] as const)
        expect((yield* get(`export/${table}.json`)).body, table).toHaveLength(rows);
      // More of them than may run at the same time: each gives its place back.
      for (let n = 0; n < 10; n++) assert.strictEqual((yield* get("export/sales.xlsx")).status, 200);
    }),
  );

  live("the analyses with their kind and units, and the rows of one", (get) =>
    Effect.gen(function* () {
      const { body } = yield* get("api/results");
      const { analyses } = body as { analyses: readonly { name: string }[] };
      expect(analyses.find(({ name }) => name === "ventes_par_mois")).toMatchObject({
        title: { en: "Sales by month" },
        kind: "incremental",
        chart: "courbe",
        keys: 1,
        units: ["montant", "quantité", "nombre"],
        rows: 2,
        error: null,
      });
      const one = yield* get("api/result?name=ventes_par_mois&limit=1&offset=1");
      expect(one.body).toMatchObject({
        columns: ["mois", "chiffre_affaires", "quantité", "ventes"],
        rows: [["2026-11", 13.34, 5, 2]],
      });
      const none = yield* get("api/result?name=ventes%22;", { "accept-language": "en" });
      assert.strictEqual(none.status, 404);
      expect((none.body as { error: string }).error).toMatch(/there is no analysis .*: \/api\/results lists/);
      const bad = yield* get("api/result?name=ventes_par_mois&limit=0");
      assert.strictEqual(bad.status, 400);
    }),
  );

  live("a question that cannot be answered says which parameter it is, and what to do", (get) =>
    Effect.gen(function* () {
      for (const [path, status, sentence] of [
        ["overview?from=2026-02-30", 400, "the parameter from must be a day, such as 2026-01-31"],
        ["overview?from=2026-02-02&to=2026-02-01", 400, "swap the two days"],
        ["overview?by=year", 400, "the parameter by must be day, week or month"],
        ["overview?city=Lyonn", 400, 'no shop is in the city "Lyonn": /api/overview lists'],
        ["overview?city=a&city=b", 400, "the parameter city must be given once"],
        ["products?limit=0", 400, "the parameter limit must be a whole number from 1 to 1000"],
        ["products?product=Z", 400, 'there is no product "Z"'],
        ["sales?after=x", 400, "after (x) is not the next of a page"],
        ["sales?source=nowhere", 400, 'no sale comes from the source "nowhere"'],
        ["changes?source=nowhere", 400, 'no sale comes from the source "nowhere"'],
        ["sale", 400, "the parameter id must be the id of a sale"],
        ["../export/analysis.csv?name=x%22", 404, 'there is no analysis "x"": /api/results lists those'],
        ["../export/analysis.csv", 404, 'there is no analysis ""'],
        ["../export/sales.ods", 404, "there is no file sales.ods: ask for TABLE.FORMAT"],
        ["../export/by-city.csv?from=x", 400, "the parameter from must be a day"],
        ["../export/sales.csv?city=Lyonn", 400, 'no shop is in the city "Lyonn"'],
        ["sale?id=v9", 404, 'there is no sale "v9"'],
      ] as const) {
        const answer = yield* get(`api/${path}`);
        assert.strictEqual(answer.status, status, path);
        expect((answer.body as { error: string }).error).toContain(sentence);
      }
      const french = yield* get("api/overview?from=hier", { "accept-language": "fr" });
      expect((french.body as { error: string }).error).toContain("le paramètre from doit être un jour");
    }),
  );

  live(
    "without a database there are no figures, and the answer says what to do",
    (get) =>
      Effect.gen(function* () {
        const { status, body } = yield* get("api/overview");
        assert.strictEqual(status, 503);
        expect((body as { error: string }).error).toContain("there is no database yet: run ventes start");
      }),
    { current: () => ({ dir: "/nowhere", demo: false }) },
  );

  live("docs/api.md has the answers that the server gives", (get) =>
    Effect.gen(function* () {
      const document = readFileSync(join(import.meta.dirname, "../../docs/api.md"), "utf8");
      const examples = [
        ...document.matchAll(/^curl "http:\/\/127\.0\.0\.1:8080\/(\S+)"\n```\n\n```json\n([\s\S]*?)\n```$/gm),
      ];
      assert.strictEqual(examples.length, 7);
      for (const [, path = "", answer = ""] of examples) {
        const { body } = yield* get(path);
        const times = /"\d{4}-\d{2}-\d{2}T[\d:.]+Z"/g;
        assert.strictEqual(
          JSON.stringify(body).replace(times, '"TIME"'),
          JSON.stringify(JSON.parse(answer)).replace(times, '"TIME"'),
          path,
        );
      }
    }),
  );

  live("the description of the API has every path", (get) =>
    Effect.gen(function* () {
      const { body } = yield* get("api/openapi.json");
      const { openapi, paths } = body as { openapi: string; paths: Record<string, unknown> };
      assert.strictEqual(openapi, "3.1.0");
      expect(Object.keys(paths)).toEqual([
        ...[
          "results",
          "result",
          "overview",
          "products",
          "sales",
          "sale",
          "changes",
          "history",
          "waiting",
        ].map((name) => `/api/${name}`),
        "/api/schema",
        "/api/query",
        "/export/{file}",
        "/api/session",
        ...["inspect", "add", "rename", "confirm", "revoke", "retry", "withdrawal", "remove", "restore"].map(
          (name) => `/api/sources/${name}`,
        ),
        ...["save", "discard", "restore"].map((name) => `/api/analyses/${name}`),
      ]);
    }),
  );
});
