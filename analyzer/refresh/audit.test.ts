import { randomUUID } from "node:crypto";
import { afterEach, expect, test } from "vitest";
import { openVentes } from "#shared/database/ventes-db.ts";
import { systemClock } from "#shared/runtime/testing/clock.ts";
import { missionResults, storedResults } from "../testing/results.ts";
import { openTestDatabase } from "../testing/test-database.ts";
import { audit } from "../testing/whole-audit.ts";
import { auditing } from "./audit.ts";
import { makeRefresher } from "./refresh.ts";

const opened: { close: () => void }[] = [];
afterEach(() => {
  for (const it of opened.splice(0).reverse()) it.close();
});

function open() {
  const t = openTestDatabase();
  const db = openVentes(t.dir, randomUUID());
  const refresher = makeRefresher(db);
  opened.push(t, db, refresher);
  t.commit((w) => {
    w.product("A", "a");
    w.product("B", "b");
    w.shop("m", "Paris");
    w.shop("n", "Lyon");
    for (let i = 0; i < 20; i++)
      w.sale(`v${i}`, {
        id_produit: i % 2 === 0 ? "A" : "B",
        id_magasin: i % 3 === 0 ? "m" : "n",
        quantite: 1_000_000,
        // 20 of them are beyond what a double holds exactly.
        ca: 9_007_199_254_740_993n,
      });
  });
  return { t, db, refresher };
}

test("finds nothing wrong in a database that no analyzer has worked on", () => {
  const { db, refresher } = open();
  expect(audit(db, refresher)).toEqual([]);
});

test("compares as of progress, in integers, while commits are pending", () => {
  const { t, db, refresher } = open();
  t.db.prepare("DELETE FROM ventes WHERE id_vente <> 'v0'").run();
  t.db.prepare("UPDATE ventes SET ca_millioniemes = 1500000").run();
  refresher.refresh(new Date());
  t.commit((w) => {
    w.shop("m", "Nice");
    w.sale("v0", { id_produit: "B", id_magasin: "n", quantite: 5_000_000, ca: 1 });
    w.sale("v99", { id_produit: "B", id_magasin: "n", quantite: 5_000_000, ca: 1 });
  });
  expect(audit(db, refresher)).toEqual([]);
  refresher.refresh(new Date());
  expect(audit(db, refresher)).toEqual([]);
  expect(storedResults(t.db)).toEqual(missionResults(t.db));
});

test("reports and corrects a changed, a missing and an added row", () => {
  const { t, db, refresher } = open();
  refresher.refresh(new Date());
  t.db.exec(`
    UPDATE analyses SET millioniemes = 7 WHERE cle = 'A';
    DELETE FROM analyses WHERE cle = 'Lyon';
    INSERT INTO analyses VALUES ('ventes_par_region', 'Atlantide', 1, 1, '', 'montant');`);
  const mended = audit(db, refresher);
  expect(mended.filter((m) => ["A", "Atlantide"].includes(m.cle))).toEqual([
    { nom: "ventes_par_produit", cle: "A", before: 7n, after: 10_000_000n },
    { nom: "ventes_par_region", cle: "Atlantide", before: 1n, after: undefined },
  ]);
  expect(mended.find((m) => m.cle === "Lyon")?.before).toBeUndefined();
  expect(storedResults(t.db)).toEqual(missionResults(t.db));
  expect(audit(db, refresher)).toEqual([]);
});

test("corrects wrong rows although refreshes run between its steps", () => {
  const { t, db, refresher } = open();
  refresher.refresh(new Date());
  t.db.exec("UPDATE analyses SET millioniemes = 7 WHERE cle = 'A'");
  const steps = auditing(db, refresher, systemClock);
  expect(steps.next().done).toBe(false);
  t.commit((w) => w.sale("v99", { id_produit: "A", id_magasin: "n", quantite: 1_000_000, ca: 1 }));
  refresher.refresh(new Date());
  const last = steps.next();
  expect(last.done).toBe(true);
  expect(last.value).toContainEqual({
    nom: "ventes_par_produit",
    cle: "A",
    before: 1_000_007n,
    after: 11_000_000n,
  });
  expect(storedResults(t.db)).toEqual(missionResults(t.db));
});
