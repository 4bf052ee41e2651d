/** What is answered while a change is being applied to many sales in several transactions, and of what has no result yet. */
import { randomUUID } from "node:crypto";
import { afterEach, expect, test } from "vitest";
import { openVentes } from "#shared/database/ventes-db.ts";
import { SHIPPED } from "../analyses/analyses.ts";
import { readDefinition } from "../analyses/definition.ts";
import { openColumns } from "../columns/write.ts";
import { makeRefresher } from "../refresh/refresh.ts";
import { openTestDatabase } from "../testing/test-database.ts";
import { NoSuchSale, NotReadable } from "./reading.ts";
import { readResult, readResults } from "./results.ts";
import { readSale } from "./sales.ts";
import { connectionsTo } from "./snapshot.ts";
import { eachWaiting, readWaiting } from "./waiting.ts";

const opened: { close: () => void }[] = [];
afterEach(() => {
  for (const it of opened.splice(0).reverse()) it.close();
});

const fileOf = (nom: string, text: string) =>
  readDefinition({ nom, fichier: `${nom}.sql`, text, livree: false });

function open() {
  const t = openTestDatabase();
  const db = openVentes(t.dir, randomUUID());
  const columns = openColumns(db);
  columns.isInStep();
  const refresher = makeRefresher(db, {
    columns,
    files: [
      ...SHIPPED,
      fileOf("par_source", "SELECT source, COUNT(*) FROM ventes GROUP BY source"),
      fileOf("noms", "-- title: Names\nSELECT nom FROM produits"),
      fileOf("fausse", "SELECT nome FROM produits"),
    ],
  });
  const reader = connectionsTo(t.dir);
  opened.push(t, db, columns, refresher, reader);
  t.commit((w) => {
    w.product("A", "a");
    w.shop("m", "Paris");
    w.sale("v1", { id_produit: "A", id_magasin: "m", quantite: 1_000_000, ca: 2_500_000 });
  });
  while (refresher.refresh(new Date()).more);
  return { ...t, reader };
}

test("waiting sales are asked for again, with how far it is; a sale is as of the figures", () => {
  const t = open();
  t.commit((w) => w.withdrawSale("v1"));
  t.db.exec("INSERT INTO unfinished VALUES (1, 'produits', 'A', 0, 0, 'park', 0, '', 2, 4, 2, 2, 1)");
  const waits = {
    name: "NotReadable",
    en: expect.stringContaining("A is being applied to its sales (2 of 4)"),
  };
  expect(() => t.reader.reading((snapshot) => readWaiting(snapshot, {}))).toThrow(
    expect.objectContaining(waits),
  );
  expect(() => t.reader.reading(eachWaiting)).toThrow(NotReadable);
  expect(t.reader.reading((snapshot) => readSale(snapshot, "v1")).sale).toMatchObject({ revenue: 2.5 });
  expect(() => t.reader.reading((snapshot) => readSale(snapshot, "v2"))).toThrow(NoSuchSale);
  t.db.exec("DELETE FROM unfinished");
  expect(t.reader.reading((snapshot) => readWaiting(snapshot, {}))).toMatchObject({ count: 0, rows: [] });
});

test("an analysis that is being filled, has not run, or is wrong has no rows, and says so", () => {
  const t = open();
  const list = () =>
    new Map(
      t.reader
        .reading(readResults)
        .analyses.map(({ name, own, computed, rows, error }) => [
          name,
          { own, isComputed: computed !== null, rows, isWrong: error !== null },
        ]),
    );
  const none = { isComputed: false, rows: 0 };
  expect([...list().keys()].slice(0, 3)).toEqual(["fausse", "noms", "par_source"]);
  expect(list().get("par_source")).toEqual({ own: true, isComputed: true, rows: 1, isWrong: false });
  expect(list().get("ventes_par_mois")).toEqual({ own: false, isComputed: true, rows: 1, isWrong: false });
  expect(list().get("noms")).toEqual({ own: true, ...none, isWrong: false });
  expect(list().get("fausse")).toEqual({ own: true, ...none, isWrong: true });
  t.db.exec("UPDATE analyses_liste SET a_remplir = 1 WHERE nom = 'par_source'");
  expect(list().get("par_source")).toEqual({ own: true, ...none, isWrong: false });
  const rows = (name: string) => t.reader.reading((snapshot) => readResult(snapshot, { name })).rows;
  for (const name of ["par_source", "noms", "fausse"]) expect(rows(name)).toEqual([]);
});
