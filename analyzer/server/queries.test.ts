/** SQL of readers over HTTP: what it answers, what it refuses, and that no secret of an address can be read. */
import { randomUUID } from "node:crypto";
import { afterEach, assert, beforeEach, describe, expect, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import { openVentes } from "#shared/database/ventes-db.ts";
import { embeddedSettings, Settings } from "#shared/runtime/settings.ts";
import { openColumns } from "../columns/write.ts";
import { makeRefresher } from "../refresh/refresh.ts";
import { openTestDatabase, type TestDatabase } from "../testing/test-database.ts";
import { NotDone } from "./not-done.ts";
import type { SourceActs } from "./source-admin.ts";
import { serveFrom } from "./testing/serve-page.ts";

let t: TestDatabase;
beforeEach(() => {
  t = openTestDatabase();
  const db = openVentes(t.dir, randomUUID());
  const columns = openColumns(db);
  columns.isInStep();
  const refresher = makeRefresher(db, { columns });
  t.commit((w) => {
    w.product("A", "Crayon");
    w.shop("m", "Paris");
    for (let n = 0; n < 30; n++)
      w.sale(`v${n}`, {
        id_produit: "A",
        id_magasin: "m",
        quantite: 1_000_000,
        ca: 1_500_000,
        date: "2026-11-20",
      });
  });
  refresher.refresh(new Date());
  refresher.close();
  columns.close();
  db.close();
});
afterEach(() => t.close());

interface Answer {
  readonly status: number;
  readonly text: string;
}
type Get = (path: string, headers?: Record<string, string>) => Effect.Effect<Answer>;

const live = (name: string, run: (get: Get) => Effect.Effect<void>) =>
  it.live(name, () =>
    Effect.gen(function* () {
      const { url } = yield* serveFrom(t.dir);
      yield* run((path, headers = {}) =>
        Effect.promise(async () => {
          const response = await fetch(`${url}${path}`, { headers });
          return { status: response.status, text: await response.text() };
        }),
      );
    }).pipe(Effect.scoped, Effect.provide(Layer.succeed(Settings, embeddedSettings(t.dir)))),
  );
const asked = (sql: string, more = "") => `api/query?sql=${encodeURIComponent(sql)}${more}`;

describe("SQL over HTTP", () => {
  live("answers one SELECT as of a commit, and says when there are more rows", (get) =>
    Effect.gen(function* () {
      const whole = yield* get(
        asked("SELECT id_produit, SUM(chiffre_affaires) AS ca, x'00ff' AS b FROM ventes"),
      );
      assert.strictEqual(whole.status, 200);
      expect(JSON.parse(whole.text)).toMatchObject({
        commit: 1,
        newest: 1,
        columns: ["id_produit", "ca", "b"],
        rows: [["A", 45, "x'00ff'"]],
        more: false,
      });
      const part = JSON.parse(
        (yield* get(asked("SELECT id_vente FROM ventes ORDER BY rowid", "&limit=2"))).text,
      );
      expect(part).toMatchObject({ rows: [["v0"], ["v1"]], more: true });
      const exact = JSON.parse((yield* get(asked("SELECT id_vente FROM ventes LIMIT 2", "&limit=2"))).text);
      expect(exact).toMatchObject({ more: false });
    }),
  );

  live("refuses what is no single SELECT, names what was meant, and does not let another site ask", (get) =>
    Effect.gen(function* () {
      for (const [sql, sentence] of [
        ["DELETE FROM ventes", "DELETE is not allowed"],
        ["SELECT 1; SELECT 2", "give one query"],
        ["-- nothing", "the query is empty"],
        ["SELECT quantite FROM ventes", "did you mean quantité?"],
      ] as const) {
        const answer = yield* get(asked(sql));
        assert.strictEqual(answer.status, 400, sql);
        expect(answer.text).toContain(sentence);
      }
      const french = yield* get(asked("SELECT quantite FROM ventes", "&lang=fr"));
      expect(french.text).toContain("vouliez-vous dire quantité ?");
      const other = { "sec-fetch-site": "cross-site" };
      assert.strictEqual((yield* get(asked("SELECT 1"), other)).status, 403);
      assert.strictEqual((yield* get("export/query.csv?sql=SELECT+1", other)).status, 403);
    }),
  );

  live("runs twice at a time for one address, files included: the third is turned away at once", (get) =>
    Effect.gen(function* () {
      const endless = "WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT MAX(x) FROM c";
      const file = `export/query.csv?sql=${encodeURIComponent(endless)}`;
      // Those that run end at their limit of time, with 400.
      const { status } = yield* Effect.raceAllFirst([get(file), get(file), get(asked(endless))]);
      assert.strictEqual(status, 503);
    }),
  );

  live("is refused where the address of a source holds a secret, however SQL would read it", (get) =>
    Effect.gen(function* () {
      t.db.exec("INSERT INTO versions VALUES ('ventes', 0, 'https://a.fr/v.csv?token=my-secret', 1)");
      const sql = "SELECT hex(source) FROM versions";
      for (const path of [asked(sql), `export/query.csv?sql=${encodeURIComponent(sql)}`]) {
        const { status, text } = yield* get(path);
        assert.strictEqual(status, 400);
        expect(text).toContain("https://a.fr/v.csv?token=***");
        expect(text).not.toContain("my-secret");
      }
    }),
  );

  it.live(
    "is kept as an analysis by a browser with a session, when it has an answer that the page may show",
    () =>
      Effect.gen(function* () {
        const kept: unknown[] = [];
        const served = yield* serveFrom(t.dir, {
          admin: () => ({}) as SourceActs,
          analysisAdmin: () => ({
            save: (request) => {
              kept.push(request);
              return Effect.succeed({ name: "x", sentence: "kept", undo: true });
            },
            discard: () => Effect.fail(new NotDone({ status: 404, sentence: "none" })),
            restore: () => Effect.die("not asked"),
          }),
        });
        const post = (path: string, body: object, headers: Record<string, string> = {}) =>
          Effect.promise(async () => {
            const response = await fetch(`${served.url}${path}`, {
              method: "POST",
              headers: { "content-type": "application/json", "x-ventes": "1", ...headers },
              body: JSON.stringify(body),
            });
            const cookie = response.headers.getSetCookie()[0]?.split(";", 1)[0] ?? "";
            return {
              status: response.status,
              cookie,
              body: (await response.json()) as Record<string, string>,
            };
          });
        const query = { title: "x", sql: "SELECT 1", chart: "tableau", units: [] };
        expect(yield* post("api/analyses/save", query)).toMatchObject({ status: 403 });
        const secret = new URL(served.link ?? "").hash.replace("#write=", "");
        const session = yield* post("api/session", { link: secret });
        const own = { cookie: session.cookie, "x-ventes": session.body.key ?? "" };
        for (const [more, status, says] of [
          [{ sql: "SELECT quantite FROM ventes" }, 400, /did you mean quantité/],
          [{ sql: "DELETE FROM ventes" }, 400, /not allowed/],
          [{ title: "" }, 400, /title must be a text/],
          [{ units: "montant" }, 400, /units must be a list/],
        ] as const)
          expect(yield* post("api/analyses/save", { ...query, ...more }, own)).toMatchObject({
            status,
            body: { error: expect.stringMatching(says) },
          });
        expect(kept).toEqual([]);
        expect(yield* post("api/analyses/save", query, own)).toMatchObject({ status: 200 });
        expect(kept).toEqual([query]);
        expect(yield* post("api/analyses/discard", { name: "x" }, own)).toMatchObject({
          status: 404,
          body: { error: "none" },
        });
        t.db.exec("INSERT INTO versions VALUES ('ventes', 0, 'https://a.fr/v.csv?token=my-secret', 1)");
        expect(yield* post("api/analyses/save", query, own)).toMatchObject({ status: 400 });
        expect(kept).toHaveLength(1);
      }).pipe(Effect.scoped, Effect.provide(Layer.succeed(Settings, embeddedSettings(t.dir)))),
  );

  live("is a file too: numbers, days and texts by what they are; more than 10,000 rows are refused", (get) =>
    Effect.gen(function* () {
      const sql = "SELECT DISTINCT date_vente AS jour, '=1' AS t, chiffre_affaires AS ca FROM ventes";
      const { text } = yield* get(`export/query.excel.csv?sql=${encodeURIComponent(sql)}`);
      expect(text.trim().split("\r\n")).toEqual(["jour;t;ca", "2026-11-20;'=1;1,5"]);
      const many =
        "WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c LIMIT 10001";
      const refused = yield* get(`export/query.csv?sql=${encodeURIComponent(many)}`);
      assert.strictEqual(refused.status, 400);
      expect(refused.text).toContain("LIMIT");
    }),
  );

  live("that is too long for an answer says so: the page gets its first rows, and no file is cut", (get) =>
    Effect.gen(function* () {
      const rows = "WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 999)";
      for (const value of ["printf('%.*c', 9000, 'x')", "zeroblob(4500)"]) {
        const sql = `${rows} SELECT ${value} FROM c`;
        const shown = JSON.parse((yield* get(asked(sql, "&limit=1000"))).text);
        expect(shown.more).toBe(true);
        expect(shown.rows).toHaveLength(Math.floor((8 * 1024 ** 2) / 9_000));
        const file = yield* get(`export/query.csv?sql=${encodeURIComponent(sql)}`);
        assert.strictEqual(file.status, 400);
        expect(file.text).toContain("more than 8388608 characters");
      }
    }),
  );

  live("has the tables that it may name, without what is internal", (get) =>
    Effect.gen(function* () {
      t.db.exec("CREATE VIEW broken AS SELECT * FROM missing_one");
      const { tables } = JSON.parse((yield* get("api/schema")).text) as {
        tables: { name: string; columns: { name: string }[] }[];
      };
      const names = tables.map(({ name }) => name);
      expect(names.slice(0, 3)).toEqual(["ventes", "produits", "magasins"]);
      expect(names).toContain("ventes_par_mois");
      expect(names).not.toContain("positions");
      const columns = tables.find(({ name }) => name === "ventes")?.columns.map(({ name }) => name);
      expect(columns).toContain("quantité");
      expect(columns).not.toContain("quantite_millioniemes");
    }),
  );
});
