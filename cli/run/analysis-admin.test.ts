/** What the page does with analyses of one's own: which files it writes and deletes, and which it leaves alone. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as Effect from "effect/Effect";
import { beforeEach, expect, it } from "vitest";
import { openVentes } from "#shared/database/ventes-db.ts";
import { SHIPPED } from "../../analyzer/analyses/analyses.ts";
import { readDefinition } from "../../analyzer/analyses/definition.ts";
import { makeRefresher } from "../../analyzer/refresh/refresh.ts";
import type { AnalysisActs } from "../../analyzer/server/analysis-admin.ts";
import { scratchDirectory } from "../../integration-tests/support/ventes.ts";
import { invocation } from "../settings/invocation.ts";
import { makeAnalysisAdmin } from "./analysis-admin.ts";
import { nameOf } from "./own-analyses.ts";

let dir: string;
let acts: AnalysisActs;
beforeEach(async () => {
  dir = scratchDirectory();
  const flags = { data: dir, namespace: undefined, every: undefined, json: false };
  const run = await Effect.runPromise(invocation(flags, { VENTES_LANG: "en" }));
  acts = makeAnalysisAdmin(run, () => dir)("en");
});

const fileOf = (nom: string) =>
  readDefinition({ nom, fichier: `${nom}.sql`, text: "SELECT 1 AS a", livree: false });
const query = { title: "Big", sql: "SELECT 1 AS a", chart: "tableau", units: [] };
const refusal = (act: Effect.Effect<unknown, { readonly sentence: string; readonly status: number }>) =>
  Effect.runPromise(Effect.map(Effect.flip(act), ({ status, sentence }) => `${status} ${sentence}`));
const folder = () => join(dir, "analyses");

it("makes a name of a title", () => {
  const names = [
    "Ventes d'été",
    "2026 en bref",
    "日本",
    "  ",
    "x".repeat(300),
    "Œuvre",
    "A--B__c",
    "SQLite master",
  ];
  expect(names.map(nameOf)).toEqual([
    "ventes_d_ete",
    "requete_2026_en_bref",
    "requete",
    "requete",
    "x".repeat(50),
    "uvre",
    "a_b_c",
    "requete_sqlite_master",
  ]);
});

it("writes no header but its own, whatever the title, the units and the chart are", async () => {
  await Effect.runPromise(acts.save({ ...query, title: "Big\n-- graphique: x\u2028\r-- unite: y" }));
  expect(readFileSync(join(folder(), "big_graphique_x_unite_y.sql"), "utf8")).toBe(
    "-- title: Big -- graphique: x -- unite: y\n-- graphique: tableau\nSELECT 1 AS a;\n",
  );
  await Effect.runPromise(
    acts.save({ ...query, title: "Mine", sql: "-- title: Other\n-- graphique: courbe\nSELECT 1" }),
  );
  const text = readFileSync(join(folder(), "mine.sql"), "utf8");
  expect(readDefinition({ nom: "mine", fichier: "mine.sql", text, livree: false })).toMatchObject({
    titre: { en: "Mine" },
    graphique: "tableau",
  });
  expect(await refusal(acts.save({ ...query, chart: "tableau\nDROP" }))).toMatch(
    /^422 the query is not saved/,
  );
  expect(await refusal(acts.save({ ...query, units: ["montant\n; --"] }))).toMatch(
    /^422 the query is not saved/,
  );
  expect(await refusal(acts.save({ ...query, sql: "DELETE FROM ventes" }))).toMatch(
    /an analysis is a SELECT/,
  );
  expect(readdirSync(folder())).toHaveLength(2);
});

it("writes over no file, and takes no name of the program's own analyses", async () => {
  mkdirSync(folder());
  writeFileSync(join(folder(), "big.sql"), "SELECT 2;\n");
  expect(await refusal(acts.save(query))).toMatch(/^422 .*big\.sql exists already: choose another name/);
  expect(await refusal(acts.save({ ...query, title: "Ventes par mois" }))).toMatch(
    /^422 ventes_par_mois is an analysis of the program/,
  );
  expect(readdirSync(folder())).toEqual(["big.sql"]);
  expect(readFileSync(join(folder(), "big.sql"), "utf8")).toBe("SELECT 2;\n");
});

it("takes no name of a table, and that of an analysis whose file is gone", async () => {
  const db = openVentes(dir, "test");
  try {
    makeRefresher(db, { files: [...SHIPPED, fileOf("ventes"), fileOf("big")] }).close();
  } finally {
    db.close();
  }
  for (const title of ["Ventes", "Produits", "Analyse ventes par jour", "Maintenant"])
    expect(await refusal(acts.save({ ...query, title }))).toMatch(
      /^422 the name \w+ is that of a table or view already: choose another name$/,
    );
  await Effect.runPromise(acts.save(query));
  expect(readdirSync(folder())).toEqual(["big.sql"]);
});

it("deletes files of its folder alone, and writes them again as they were", async () => {
  mkdirSync(folder());
  writeFileSync(join(dir, "precious.sql"), "SELECT 1");
  const text = "-- a remark\r\nSELECT 2";
  writeFileSync(join(folder(), "big.sql"), text);
  for (const name of ["../precious", "ventes_par_mois", "absent", "", "big.sql"])
    expect(await refusal(acts.discard({ name }))).toMatch(/^404 /);
  expect(await refusal(acts.restore({ name: "big" }))).toMatch(/^404 /);
  expect(await Effect.runPromise(acts.discard({ name: "big" }))).toMatchObject({ undo: true });
  expect(existsSync(join(folder(), "big.sql"))).toBe(false);
  await Effect.runPromise(acts.restore({ name: "big" }));
  expect(readFileSync(join(folder(), "big.sql"), "utf8")).toBe(text);
  expect(existsSync(join(dir, "precious.sql"))).toBe(true);
});

it("says what to do where the folder cannot be written", async () => {
  writeFileSync(folder(), "a file, no folder");
  expect(await refusal(acts.save(query))).toMatch(
    /^422 .*cannot be changed: .*VENTES_ANALYSES names a folder/,
  );
});
