/**
 * Consumer and analyzer together on random histories (corrections, withdrawals, prices, parents, two sources,
 * zombies, repeated batches), topics and partitions read in any interleaving and cut: one canonical database,
 * and after each step of the analyzer the analyses equal to SQL over the rows.
 */

import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Sqlite } from "#shared/database/sqlite.ts";
import { openVentes } from "#shared/database/ventes-db.ts";
import { systemClock } from "#shared/runtime/testing/clock.ts";
import { makeRefresher } from "../analyzer/refresh/refresh.ts";
import { audit } from "../analyzer/testing/whole-audit.ts";
import { makeBatchApplier } from "../consumer/batch.ts";
import { canonicalDump } from "../consumer/testing/canonical-dump.ts";
import {
  batchOf,
  type Random,
  randomOf,
  randomTopics,
  type Topics,
} from "../consumer/testing/random-history.ts";

const SEEDS = Number(process.env.VENTES_TEST_SEEDS ?? 80);

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "ventes-invariants-"));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** The mission's three results over the rows as they stand, in exact integers, as lines. */
const expected = (db: Sqlite): string[] =>
  (
    db
      .prepare(
        `SELECT 'chiffre_affaires_total' AS nom, '' AS cle, SUM(ca_millioniemes) AS n FROM ventes
         UNION ALL
         SELECT 'ventes_par_produit', id_produit, SUM(quantite_millioniemes) FROM ventes GROUP BY id_produit
         UNION ALL
         SELECT 'ventes_par_region', ville, SUM(ca_millioniemes) FROM ventes JOIN magasins USING (id_magasin) GROUP BY ville
         ORDER BY 1, 2`,
      )
      .raw()
      .all() as unknown[][]
  ).map((row) => row.join("|"));
const analyses = (db: Sqlite): string[] =>
  (db.prepare("SELECT nom, cle, millioniemes FROM analyses ORDER BY 1, 2").raw().all() as unknown[][]).map(
    (row) => row.join("|"),
  );

/** Applies all of it in an interleaving of its own; the analyzer lags, and is checked when it has caught up. */
function live(name: string, topics: Topics, r: Random): string[] {
  const data = join(dir, name);
  const db = openVentes(data, randomUUID());
  // Now and then an event that concerns several sales is applied in several transactions.
  const applier = makeBatchApplier(db, systemClock, {
    maxTransactionMs: r.chance(0.5) ? 0 : 60_000,
    pageRows: 1 + r.below(3),
  });
  const own = openVentes(data, randomUUID());
  const refresher = makeRefresher(own);
  const isUnfinished = db.prepare("SELECT COUNT(*) FROM unfinished").pluck();
  const reached = db.prepare("SELECT commit_id FROM progress").pluck();
  const newest = db.prepare("SELECT value FROM counters WHERE name = 'commit'").pluck();
  const catchUp = () => {
    // Slices of a few rows: it stops at commits in between.
    while (refresher.refresh(new Date(), 1 + r.below(20)).more);
    expect(reached.get()).toBe(newest.get());
    // Of an unfinished event the analyses show nothing, and neither does SQL as of their commit.
    if (isUnfinished.get() === 0) expect(analyses(db), name).toEqual(expected(db));
    else expect(audit(own, refresher)).toEqual([]);
  };
  const places = [...topics].flatMap(([topic, logs]) =>
    logs.map((log, partition) => ({ topic, partition, log, at: 0 })),
  );
  for (;;) {
    const open = places.filter((p) => p.at < p.log.length);
    if (open.length === 0) break;
    const place = r.pick(open);
    const batch = batchOf(topics, place.topic, place.partition, place.at, place.at + 1 + r.below(8));
    place.at = applier.apply(batch, place.at).position;
    if (r.chance(0.15)) refresher.refresh(new Date(), 1 + r.below(20));
    if (r.chance(0.2)) catchUp();
  }
  refresher.refresh(new Date());
  catchUp();
  const dump = [...canonicalDump(db)];
  refresher.close();
  db.close();
  return dump;
}

it("one canonical database from any interleaving, and the analyses equal the SQL after every step", () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const r = randomOf(seed);
    const topics = randomTopics(r, 30 + r.below(150));
    const first = live(`${seed}-a`, topics, r);
    expect(live(`${seed}-b`, topics, r), `seed ${seed}`).toEqual(first);
  }
});
