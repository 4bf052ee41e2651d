import { copyFileSync, renameSync, utimesSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { openPlain, type Sqlite } from "#shared/database/sqlite.ts";
import { ventesFile } from "#shared/database/ventes-db.ts";
import { ANALYSES } from "../analyses/analyses.ts";
import { openTestDatabase, type TestDatabase } from "../testing/test-database.ts";
import { isStamped, SETTLE_MS, settleFile, stamp, writesOf } from "./audit-stamp.ts";
import { makeRefresher } from "./refresh.ts";

let t: TestDatabase;
afterEach(() => t.close());

const aSale = { id_produit: "A", id_magasin: "m", quantite: 1_000_000, ca: 12_500_000 };
const stamped = () => isStamped(ventesFile(t.dir), ANALYSES);

/** A database whose analyses are right and whose last connection is closed. */
function analysed(): string {
  t = openTestDatabase();
  t.commit((w) => {
    w.product("A", "a");
    w.shop("m", "Paris");
    w.sale("v1", aSale);
  });
  const refresher = makeRefresher(t.db);
  refresher.refresh(new Date());
  refresher.close();
  t.db.close();
  return ventesFile(t.dir);
}

/** What an analyzer does around an audit, with `during` in its course. */
async function audited(file: string, during: (db: Sqlite) => void = () => {}): Promise<void> {
  const db = openPlain(file);
  const before = writesOf(db);
  during(db);
  if (settleFile(db, before)) {
    await setTimeout(SETTLE_MS);
    stamp(db, ANALYSES, before);
  }
  db.close();
}

const by = (file: string, sql: string): void => {
  const db = openPlain(file);
  db.exec(sql);
  db.close();
};

const CHANGE = "UPDATE analyses SET millioniemes = 0 WHERE nom = 'chiffre_affaires_total'";

test("a file stays stamped while it is only read", async () => {
  const file = analysed();
  expect(stamped()).toBe(false);
  await audited(file);
  expect(stamped()).toBe(true);
  by(file, "SELECT COUNT(*) FROM ventes");
  expect(stamped()).toBe(true);
});

test("a write ends the stamp, in the WAL and in the file, whatever its mtime says", async () => {
  const file = analysed();
  await audited(file);
  const other = openPlain(file);
  other.exec(CHANGE);
  // As after kill -9 of its process.
  expect(stamped()).toBe(false);
  other.close();
  expect(stamped()).toBe(false);
  utimesSync(file, new Date(1e12), new Date(1e12));
  await audited(file);
  expect(stamped()).toBe(true);
  by(file, CHANGE.replace("0 WHERE", "1 WHERE"));
  utimesSync(file, new Date(1e12), new Date(1e12));
  expect(stamped()).toBe(false);
});

test("a restored copy is not stamped, in the same file or as another", async () => {
  const file = analysed();
  copyFileSync(file, `${file}.copy`);
  await audited(file);
  copyFileSync(`${file}.copy`, file);
  expect(stamped()).toBe(false);
  await audited(file);
  renameSync(`${file}.copy`, file);
  expect(stamped()).toBe(false);
});

test("a stamp is for the analyses that were audited", async () => {
  const file = analysed();
  await audited(file);
  const [first, ...rest] = ANALYSES;
  expect(first).toBeDefined();
  expect(isStamped(file, rest)).toBe(false);
});

test("a file that is written while it is audited is not stamped", async () => {
  const file = analysed();
  await audited(file, () => by(file, CHANGE));
  expect(stamped()).toBe(false);
  await audited(file, (db) => db.exec(CHANGE));
  expect(stamped()).toBe(false);
});
