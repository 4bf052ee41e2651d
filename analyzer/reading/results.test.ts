/** The results of analyses, in the order in which the page and its files have them. */
import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { openVentes } from "#shared/database/ventes-db.ts";
import { openColumns } from "../columns/write.ts";
import { makeRefresher } from "../refresh/refresh.ts";
import { openTestDatabase } from "../testing/test-database.ts";
import { allOfResult, readResult } from "./results.ts";
import { connectionsTo } from "./snapshot.ts";

test("bars without an order of their own come with the largest first, page by page and in files; others as the query orders them", () => {
  const t = openTestDatabase();
  const db = openVentes(t.dir, randomUUID());
  const columns = openColumns(db);
  columns.isInStep();
  const refresher = makeRefresher(db, { columns });
  t.commit((w) => {
    w.product("A", "Crayon");
    for (const [shop, town] of Object.entries({ m1: "Brest", m2: "Lyon", m3: "Nice", m4: "Paris" }))
      w.shop(shop, town);
    for (const [n, ca] of [5, 9, 9, 7].entries())
      w.sale(`v${n}`, {
        id_produit: "A",
        id_magasin: `m${n + 1}`,
        quantite: 1_000_000,
        ca: ca * 1_000_000,
        date: `2026-11-${23 + n}`,
      });
  });
  refresher.refresh(new Date());
  const reader = connectionsTo(t.dir);
  const towns = (limit: number, offset: number) =>
    reader.reading((snapshot) => readResult(snapshot, { name: "ventes_par_region", limit, offset }).rows);
  expect([...towns(2, 0), ...towns(2, 2)]).toEqual([
    ["Lyon", 9],
    ["Nice", 9],
    ["Paris", 7],
    ["Brest", 5],
  ]);
  const whole = reader.reading((snapshot) => [...allOfResult(snapshot, "ventes_par_region").rows].flat());
  expect(whole).toEqual(towns(4, 0));
  // The days of the week have their own order: from Monday on.
  const days = reader.reading(
    (snapshot) => readResult(snapshot, { name: "ventes_par_jour_de_semaine" }).rows,
  );
  expect(days.map(([day]) => day)).toEqual([1, 2, 3, 4]);
  for (const one of [reader, refresher, columns, db, t]) one.close();
});
