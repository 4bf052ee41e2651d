/** What sales wait for, and the id that was probably meant. */
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { openVentes } from "./ventes-db.ts";
import { nearestAmong, waitingSales } from "./waiting.ts";

it.each([
  [["001", "002"], "1", "001"],
  [["REF001"], "ref-001", "REF001"],
  [["REF001"], " ref 001 ", "REF001"],
  [["café"], "CAFE", "café"],
  [["P-0012", "P-0013"], "P12", "P-0012"],
  [["KOUIGN"], "KOUIN", "KOUIGN"],
  [["KOUIGN"], "KUIN", null],
  [["KOUIGN-AMANN"], "KUIGN-AMAN", "KOUIGN-AMANN"],
  [["KOUIGN-AMANN"], "KUIN-AMAN", null],
  [["KUIGN-AMAN", "KOUIGN-AMANN"], "KUIGN-AMANM", "KUIGN-AMAN"],
  [["KOUIGN-AMAN", "KUIGN-AMANN"], "KUIGN-AMANM", "KUIGN-AMANN"],
  [["A1", "A2"], "A3", null],
  [["A1", "B1"], "А1", "A1"],
  [["P12"], "Ｐ１２", "P12"],
  [["A-1"], "A\u20111", "A-1"],
  [["001"], "900", null],
  [["12", "120"], "12.0", "12"],
  [["12,00"], "12", "12,00"],
  [[], "1", null],
] as const)("among %j, %j is %j", (known, id, nearest) => {
  expect(nearestAmong(known)(id)).toBe(nearest);
});

it("finds a known id that differs in leading zeros and case", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 99_999 }), fc.nat(4), (n, zeros) => {
      const known = `REF${n}`;
      expect(nearestAmong([known])(`ref${"0".repeat(zeros)}${n}`)).toBe(known);
    }),
  );
});

it("names all known ids that a source writes otherwise, but for those of which two are written alike", () => {
  const dir = mkdtempSync(join(tmpdir(), "ventes-waiting-"));
  const db = openVentes(dir, randomUUID());
  try {
    const product = db.prepare(
      "INSERT INTO produits (id_produit, source, line, offset) VALUES (?, 's', 2, 0)",
    );
    const sale = db.prepare(`
      INSERT INTO orphelins (id_vente, id_produit, id_magasin, date_vente, quantite_millioniemes, source, line, offset)
      VALUES (?, ?, 'M1', '2026-01-01', 1000000, 's', 2, 0)`);
    const known = Array.from({ length: 60 }, (_, i) => `${i + 1}`.padStart(4, "0"));
    for (const id of [...known, "00060"]) product.run(id);
    for (const id of known) sale.run(`sale ${id}`, String(Number(id)));
    const [same, ...more] = waitingSales(db).sameIds;
    expect(more).toEqual([]);
    expect(same?.ids.toSorted()).toEqual(known.slice(0, -1));
  } finally {
    db.close();
    rmSync(dir, { recursive: true, force: true });
  }
});

it("counts the waiting sales by the ids that they wait for", () => {
  const dir = mkdtempSync(join(tmpdir(), "ventes-waiting-"));
  const db = openVentes(dir, randomUUID());
  try {
    expect(waitingSales(db).sales).toBe(0);
    db.exec(`
      INSERT INTO produits (id_produit, nom, source, line, offset) VALUES ('001', 'Pain', 's', 2, 0), ('12', 'Riz', 's', 4, 2), ('P9', 'Sel', 's', 3, 1);
      INSERT INTO prix VALUES ('001', '2026-01-01', 0, 2500000, 0, 's');
      INSERT INTO magasins (id_magasin, ville, source, line, offset) VALUES ('M1', 'Lyon', 's', 2, 0);
      INSERT INTO orphelins (id_vente, id_produit, id_magasin, date_vente, quantite_millioniemes, source, line, offset)
      VALUES ('a', '1', 'M1', '2026-01-01', 1000000, 's', 2, 0), ('b', '1', 'm01', '2026-01-01', 1000000, 's', 3, 1),
             ('c', 'P9', 'M1', '2026-01-01', 1000000, 's', 4, 2), ('d', '12.0', 'M1', '2026-01-01', 1000000, 't', 2, 3)`);
    expect(waitingSales(db)).toEqual({
      sales: 4,
      produits: [
        { id: "1", sales: 2, nearest: "001" },
        { id: "12.0", sales: 1, nearest: "12" },
      ],
      magasins: [{ id: "m01", sales: 1, nearest: "M1" }],
      prix: [{ id: "P9", sales: 1, nearest: null }],
      wholeIds: [{ source: "t", rekey: true }],
      sameIds: [{ source: "s", column: "id_produit", ids: ["001"], rekey: false }],
      counts: { produits: 2, magasins: 1, prix: 1 },
    });
  } finally {
    db.close();
    rmSync(dir, { recursive: true, force: true });
  }
});
