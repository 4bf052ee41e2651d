/** Plain analyses: when they run, what a failing one leaves, and the check of those that are kept. */
import { randomUUID } from "node:crypto";
import * as Effect from "effect/Effect";
import { afterEach, expect, test } from "vitest";
import { openVentes } from "#shared/database/ventes-db.ts";
import { SHIPPED } from "../analyses/analyses.ts";
import { readDefinition } from "../analyses/definition.ts";
import { makeRefresher } from "../refresh/refresh.ts";
import { openTestDatabase, type TestDatabase } from "../testing/test-database.ts";
import { checkKept } from "./check.ts";
import { runIfStale } from "./plain.ts";
import { staleAnalyses } from "./stale.ts";

const opened: { close: () => void }[] = [];
afterEach(() => {
  for (const it of opened.splice(0).reverse()) it.close();
});

const fileOf = (nom: string, text: string) =>
  readDefinition({ nom, fichier: `${nom}.sql`, text, livree: false });

const sale = { id_produit: "A", id_magasin: "m", quantite: 1_000_000, ca: 2_500_000 };

function open(): TestDatabase {
  const t = openTestDatabase();
  opened.push(t);
  t.commit((w) => {
    w.product("A", "a");
    w.product("B", "b");
    w.shop("m", "Paris");
    w.sale("v1", { ...sale, date: "2026-01-10" });
    w.sale("v2", { ...sale, date: "2026-06-10" });
    w.sale("v3", { ...sale, date: "2062-06-10" });
  });
  return t;
}

/** Takes the files as they are, and all commits. */
function refresh(t: TestDatabase, own: readonly ReturnType<typeof fileOf>[] = []): void {
  const db = openVentes(t.dir, randomUUID());
  const refresher = makeRefresher(db, { files: [...SHIPPED, ...own] });
  while (refresher.refresh(new Date()).more);
  refresher.close();
  db.close();
}

const run = (t: TestDatabase, nom: string): Promise<void> => Effect.runPromise(runIfStale(t.db, nom));
const stale = (t: TestDatabase): readonly string[] => staleAnalyses(t.db).map(({ nom }) => nom);
const rows = (t: TestDatabase, sql: string): unknown => t.db.prepare(sql).raw().all();

const PRODUCTS = fileOf("produits_connus", "SELECT nom FROM produits ORDER BY nom");

test("runs again after commits that change a table that it reads, and after no other", async () => {
  const t = open();
  refresh(t, [PRODUCTS]);
  expect(stale(t)).toEqual(
    expect.arrayContaining(["produits_connus", "produits_sans_vente", "parts_des_villes"]),
  );
  for (const nom of stale(t)) await run(t, nom);
  expect(stale(t)).toEqual([]);
  expect(rows(t, "SELECT * FROM produits_connus")).toEqual([["a"], ["b"]]);
  expect(rows(t, "SELECT * FROM parts_des_villes")).toEqual([["Paris", 7.5, 100, 100]]);

  t.commit((w) => w.sale("v4", sale));
  refresh(t, [PRODUCTS]);
  expect(stale(t)).toContain("parts_des_villes");
  expect(stale(t)).not.toContain("produits_connus");
  t.commit((w) => w.product("C", "c"));
  refresh(t, [PRODUCTS]);
  expect(stale(t)).toContain("produits_connus");
});

test("a sale that is dated after its publication does not move today", async () => {
  const t = open();
  refresh(t);
  expect(rows(t, "SELECT * FROM maintenant")).toEqual([["2026-06-10"]]);
  expect(rows(t, "SELECT id_vente, date_vente FROM dates_apres_publication")).toEqual([["v3", "2062-06-10"]]);
  await run(t, "produits_sans_vente");
  expect(rows(t, "SELECT * FROM produits_sans_vente")).toEqual([["B", "b", null, null]]);
  // Corrected, it counts; a sale that a correction dates so does not.
  t.commit((w) => w.sale("v3", { ...sale, date: "2026-06-11" }));
  t.commit((w) => w.sale("v1", { ...sale, date: "2061-06-11" }));
  refresh(t);
  expect(rows(t, "SELECT * FROM maintenant")).toEqual([["2026-06-11"]]);
  expect(rows(t, "SELECT id_vente FROM dates_apres_publication")).toEqual([["v1"]]);
});

test("one that fails keeps the rows of its last run, and says why; a wrong file says its line", async () => {
  const t = open();
  const own = (sql: string) => [fileOf("mesure", sql)];
  refresh(t, own("SELECT id_vente, json('[' || substr(id_vente, 2) || ']') AS j FROM ventes"));
  await run(t, "mesure");
  const before = rows(t, "SELECT * FROM mesure");
  expect(before).toHaveLength(3);
  t.commit((w) => w.sale("v{", sale));
  refresh(t, own("SELECT id_vente, json('[' || substr(id_vente, 2) || ']') AS j FROM ventes"));
  await run(t, "mesure");
  expect(rows(t, "SELECT * FROM mesure")).toEqual(before);
  expect(rows(t, "SELECT erreur_en, erreur_fr, lignes FROM analyses_liste WHERE nom = 'mesure'")).toEqual([
    ["SQL: malformed JSON", "SQL : malformed JSON", 3],
  ]);
  expect(stale(t)).not.toContain("mesure");

  refresh(t, own("-- title: x\nSELECT id_vente,\n  quantite FROM ventes"));
  expect(rows(t, "SELECT ligne, erreur_en FROM analyses_liste WHERE nom = 'mesure'")).toEqual([
    [3, "no such column: quantite: correct the query (the tables and columns: ventes schema)"],
  ]);
  refresh(t);
  expect(rows(t, "SELECT COUNT(*) FROM sqlite_schema WHERE name LIKE '%mesure%'")).toEqual([[0]]);
});

test("a query whose kept form SQLite refuses is plain, and says why; it runs after commits, also after a new start", async () => {
  const t = open();
  // A kept sum has two columns, and a table at most 2,000.
  const sums = Array.from({ length: 1_100 }, (_, i) => `SUM(CASE WHEN quantité > ${i} THEN quantité END)`);
  const own = fileOf("large", `SELECT ${sums.join(", ")} FROM ventes`);
  expect(own).toMatchObject({ raison: undefined, linear: { keyless: true } });
  for (let start = 0; start < 2; start++) {
    refresh(t, [own, PRODUCTS]);
    expect(rows(t, "SELECT genre, raison_en, erreur_en FROM analyses_liste WHERE nom = 'large'")).toEqual([
      [
        "plain",
        "SQLite refuses the form in which it would be kept (too many columns on analyse_large)",
        null,
      ],
    ]);
    expect(stale(t)).toContain("large");
    await run(t, "large");
    expect((rows(t, "SELECT * FROM large") as unknown[][])[0]?.slice(0, 2)).toEqual([3 + start, null]);
    expect(await Effect.runPromise(checkKept(t.db, [...SHIPPED, own]))).toEqual([]);
    t.commit((w) => w.sale("v4", sale));
  }
});

test("a name that is taken is refused, and the table stays", () => {
  const t = open();
  refresh(t, [
    fileOf("ventes", "SELECT COUNT(*) FROM produits"),
    fileOf("rejets", "SELECT COUNT(*) FROM ventes"),
  ]);
  expect(rows(t, "SELECT nom, erreur_en FROM analyses_liste WHERE erreur_en IS NOT NULL ORDER BY 1")).toEqual(
    [
      ["rejets", "the name rejets is that of a table or view already: rename the file"],
      ["ventes", "the name ventes is that of a table or view already: rename the file"],
    ],
  );
  expect(rows(t, "SELECT COUNT(*) FROM ventes")).toEqual([[3]]);
  // The next change of the folder, and the end of these files.
  const view = "SELECT sql FROM sqlite_schema WHERE name = 'dates_apres_publication'";
  const before = rows(t, view);
  refresh(t, [
    fileOf("ventes", "SELECT 2 AS a"),
    fileOf("dates_apres_publication", "SELECT 3 AS a"),
    PRODUCTS,
  ]);
  refresh(t);
  expect(rows(t, "SELECT COUNT(*) FROM ventes")).toEqual([[3]]);
  expect(rows(t, view)).toEqual(before);
  expect(rows(t, "SELECT nom FROM analyses_liste WHERE livree = 0")).toEqual([]);
});

test("an analysis whose query gives other columns than before is made again, and those that read it", async () => {
  const t = open();
  const runAll = async () => {
    for (let due = stale(t); due.length > 0; due = stale(t)) for (const nom of due) await run(t, nom);
  };
  const own = [fileOf("a_lit_b", "SELECT * FROM b_lit"), fileOf("b_lit", "SELECT * FROM produits_connus")];
  refresh(t, [...own, PRODUCTS]);
  await runAll();
  expect(rows(t, "SELECT * FROM a_lit_b")).toEqual([["a"], ["b"]]);
  // As wide as before, under other names.
  const ids = fileOf("produits_connus", "SELECT id_produit AS id FROM produits ORDER BY 1");
  refresh(t, [...own, ids]);
  await runAll();
  expect(t.db.prepare("SELECT * FROM a_lit_b").all()).toEqual([{ id: "A" }, { id: "B" }]);
  const wider = fileOf("produits_connus", "SELECT id_produit AS id, nom FROM produits ORDER BY 1");
  refresh(t, [...own, wider]);
  await runAll();
  expect(t.db.prepare("SELECT * FROM a_lit_b").all()).toEqual([
    { id: "A", nom: "a" },
    { id: "B", nom: "b" },
  ]);
  expect(rows(t, "SELECT * FROM analyses_liste WHERE erreur_en IS NOT NULL")).toEqual([]);
});

test("a run that gives other columns than its table has stores nothing, and says so", async () => {
  const t = open();
  t.db.exec("CREATE TABLE caisses (jour); INSERT INTO caisses VALUES (1)");
  const own = [fileOf("tout", "SELECT * FROM caisses")];
  refresh(t, own);
  await run(t, "tout");
  t.commit((w) => w.product("C", "c"));
  refresh(t, own);
  t.db.exec("ALTER TABLE caisses ADD COLUMN caisse");
  await run(t, "tout");
  const said = "SELECT erreur_en FROM analyses_liste WHERE nom = 'tout'";
  expect(rows(t, said)).toEqual([["the query gives other columns than before: start ventes again"]]);
  expect(rows(t, "SELECT * FROM tout")).toEqual([[1]]);
  refresh(t, own);
  await run(t, "tout");
  expect(rows(t, said)).toEqual([[null]]);
  expect(rows(t, "SELECT * FROM tout")).toEqual([[1, null]]);
});

test("nothing is filled while an event is being applied in several transactions", () => {
  const t = open();
  refresh(t);
  const right = rows(t, "SELECT * FROM ventes_par_mois");
  t.db.exec(`
    DELETE FROM analyse_ventes_par_mois;
    UPDATE analyses_liste SET a_remplir = 1 WHERE nom = 'ventes_par_mois';
    INSERT INTO unfinished VALUES (1, 'produits', 'A', 0, 0, 'reprice', 0, '', 1, 3, 4, 4, 1);`);
  refresh(t);
  expect(rows(t, "SELECT * FROM ventes_par_mois")).toEqual([]);
  t.db.exec("DELETE FROM unfinished");
  refresh(t);
  expect(rows(t, "SELECT * FROM ventes_par_mois")).toEqual(right);
});

test("the check finds a kept analysis that is not its query, and it is filled again", async () => {
  const t = open();
  refresh(t);
  const check = () => Effect.runPromise(checkKept(t.db, SHIPPED));
  const right = rows(t, "SELECT * FROM ventes_par_mois");
  expect(await check()).toEqual([]);
  t.db.exec("UPDATE analyse_ventes_par_mois SET _a2 = _a2 + 1 WHERE _k1 = '2026-06'");
  expect(rows(t, "SELECT * FROM ventes_par_mois")).not.toEqual(right);
  // Commits that are pending are no difference.
  t.commit((w) => w.sale("v4", sale));
  expect(await check()).toEqual([]);
  t.commit((w) => w.withdrawSale("v4"));
  refresh(t);
  expect(await check()).toEqual(["ventes_par_mois"]);
  refresh(t);
  expect(rows(t, "SELECT * FROM ventes_par_mois")).toEqual(right);
  expect(await check()).toEqual([]);
});
