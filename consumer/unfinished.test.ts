import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { EventTopic } from "#shared/contract/topics.ts";
import { applyingIn } from "#shared/database/applying.ts";
import type { Sqlite } from "#shared/database/sqlite.ts";
import { openVentes } from "#shared/database/ventes-db.ts";
import { systemClock } from "#shared/runtime/testing/clock.ts";
import { type BatchResult, makeBatchApplier } from "./batch.ts";
import { canonicalModel } from "./testing/canonical.model.ts";
import { canonicalDump } from "./testing/canonical-dump.ts";
import { batchOf, type Topics } from "./testing/random-history.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "ventes-unfinished-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const envelope = {
  v: 1,
  source: "file:///va.csv",
  version: 1,
  line: 2,
  published: "2026-01-01T00:00:00.000Z",
  day: "2026-01-01",
} as const;
const row = (key: string, values: Record<string, string>) => ({
  key,
  event: { ...envelope, kind: "row", row: values, extras: {} } as const,
});
const product = (prix: string) => row("p", { id_produit: "p", nom: "x", date_effet: "2025-01-01", prix });
const withdrawn = {
  key: "p",
  event: { ...envelope, kind: "delete", row: { id_produit: "p", date_effet: "2025-01-01" } } as const,
};
const SALES = 10;
const sales = Array.from({ length: SALES }, (_, i) =>
  row(`v${i}`, {
    id_vente: `v${i}`,
    id_produit: "p",
    id_magasin: "m",
    date_vente: `2026-01-${String(1 + (i % 4)).padStart(2, "0")}`,
    quantité: String(i),
  }),
);
const TOPICS: Topics = new Map<EventTopic, Topics extends Map<EventTopic, infer Logs> ? Logs : never>([
  ["produits", [[product("2"), product("3"), withdrawn, product("4")]]],
  ["magasins", [[row("m", { id_magasin: "m", ville: "Lyon" })]]],
  ["ventes", [sales]],
]);

/** Each call is a transaction of a new process: the one before was killed after it. */
function apply(topic: EventTopic, from: number, to: number): BatchResult {
  const db = openVentes(dir, "x");
  try {
    const applier = makeBatchApplier(db, systemClock, { maxTransactionMs: 0, pageRows: 3 });
    return applier.apply(batchOf(TOPICS, topic, 0, from, to), from);
  } finally {
    db.close();
  }
}

function reading<A>(read: (db: Sqlite) => A): A {
  const db = openVentes(dir, "x");
  try {
    return read(db);
  } finally {
    db.close();
  }
}

test("a price, a withdrawal and a return are one commit each, in many transactions with a kill after each", () => {
  apply("produits", 0, 1);
  apply("magasins", 0, 1);
  for (let i = 0; i < SALES; i++) apply("ventes", i, i + 1);
  for (let offset = 1; offset < 4; offset++) {
    const commits = reading((db) => db.prepare("SELECT COUNT(*) FROM commits").pluck().get() as number);
    const first = apply("produits", offset, offset + 1);
    expect(first).toMatchObject({ applied: true, position: offset, commit: null });
    let transactions = 1;
    for (;;) {
      expect(reading(applyingIn)).toMatchObject({ entity: "produits", id: "p" });
      expect(reading((db) => db.prepare("SELECT COUNT(*) FROM commits").pluck().get())).toBe(commits);
      transactions++;
      // The batch of another partition is not applied: its transaction goes on with the event.
      const other = apply("ventes", SALES, SALES + 1);
      expect(other.position).toBe(SALES);
      if (other.finished === undefined) continue;
      expect(other).toMatchObject({ finished: { topic: "produits", partition: 0, offset: offset + 1 } });
      expect(other.commit).toBe(commits + 1);
      break;
    }
    expect(transactions).toBeGreaterThanOrEqual(4);
    expect(reading(applyingIn)).toBeNull();
    const done: Topics = new Map(TOPICS).set("produits", [
      (TOPICS.get("produits")?.[0] ?? []).slice(0, offset + 1),
    ]);
    expect(reading((db) => [...canonicalDump(db)])).toEqual(canonicalModel(done));
  }
});
