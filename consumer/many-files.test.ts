/** Many files that name the same products: each costs what its own rows cost. */
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { EventTopic } from "#shared/contract/topics.ts";
import { openVentes } from "#shared/database/ventes-db.ts";
import { systemClock } from "#shared/runtime/testing/clock.ts";
import { growthOf, LINEAR } from "#shared/runtime/testing/growth.ts";
import { makeBatchApplier } from "./batch.ts";

const PRODUCTS = 10;
const SALES = 10;

/** The events of one wide file: it names the products and the shop that all others name, and has sales of its own. */
function eventsOf(file: number): readonly (readonly [EventTopic, string, object])[] {
  const sales = Array.from({ length: SALES }, (_, n) => [
    "ventes" as const,
    `${file}-${n}`,
    { id_produit: `P${n % PRODUCTS}`, id_magasin: "M", date_vente: "2026-01-05", quantité: "2" },
  ]);
  const products = Array.from({ length: PRODUCTS }, (_, n) => [
    "produits" as const,
    `P${n}`,
    { nom: `Product ${n}`, prix: `${n + 1}.50` },
  ]);
  return [...products, ["magasins" as const, "M", { ville: "Lyon" }], ...sales] as never;
}

const KEY = { produits: "id_produit", magasins: "id_magasin", ventes: "id_vente", rejets: "" } as const;

/** Applies the events of so many files, one file after the other. Returns how many sales count. */
function applied(files: number): number {
  const dir = mkdtempSync(join(tmpdir(), "ventes-many-files-"));
  const db = openVentes(dir, randomUUID());
  try {
    const { apply } = makeBatchApplier(db, systemClock, { maxTransactionMs: Number.POSITIVE_INFINITY });
    const position: Partial<Record<EventTopic, number>> = {};
    for (let file = 0; file < files; file++)
      for (const topic of ["produits", "magasins", "ventes"] as const) {
        const from = position[topic] ?? 0;
        const records = eventsOf(file)
          .filter(([of]) => of === topic)
          .map(([, key, row], n) => ({
            offset: from + n,
            key,
            value: Buffer.from(
              JSON.stringify({
                v: 1,
                source: `file:///${file}.csv`,
                version: 1,
                line: n + 2,
                published: "2026-01-06T00:00:00.000Z",
                day: "2026-01-06",
                kind: "row",
                row: { [KEY[topic]]: key, ...row },
                extras: {},
              }),
            ),
          }));
        position[topic] = from + records.length;
        apply({ topic, partition: 0, records, next: from + records.length }, from);
      }
    return db
      .prepare("SELECT COUNT(*) FROM ventes WHERE ca_millioniemes IS NOT NULL")
      .pluck()
      .get() as number;
  } finally {
    db.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

it("of which all name the same products cost what their rows cost, however many there are", () => {
  expect(applied(3)).toBe(3 * SALES);
  expect(growthOf(applied, 40)).toBeLessThan(LINEAR);
});
