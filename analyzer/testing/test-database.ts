/**
 * A database whose rows are written as a consumer writes them (commits, ranges of rowids, old images), without a log
 * and without a consumer, so that tests see the analyzer alone.
 */
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Sqlite } from "#shared/database/sqlite.ts";
import { openVentes } from "#shared/database/ventes-db.ts";

export interface Sale {
  readonly id_produit: string;
  readonly id_magasin: string;
  /** Millionths. */
  readonly quantite: number | bigint;
  readonly ca: number | bigint;
  /** Default: 2026-11-22. */
  readonly date?: string;
  /** Default: test. */
  readonly source?: string;
  /** JSON; default: {}. */
  readonly extras?: string;
}

const SALE = `id_vente, id_produit, id_magasin, date_vente, quantite_millioniemes, ca_millioniemes,
  prix_millioniemes, origine, extras, source, line, offset`;

/** Writes one commit: each change logs the old image of its row first. */
export interface Writer {
  readonly shop: (id: string, ville: string) => void;
  readonly product: (id: string, nom: string) => void;
  /** Withdraws the shop with its sales. */
  readonly withdrawShop: (id: string) => void;
  /** Inserts a sale, or corrects the one with this id. */
  readonly sale: (id: string, sale: Sale) => void;
  readonly withdrawSale: (id: string) => void;
}

export interface TestDatabase {
  readonly dir: string;
  readonly db: Sqlite;
  readonly commit: (write: (writer: Writer) => void) => number;
  readonly ids: (table: "ventes" | "magasins" | "produits") => readonly string[];
  readonly close: () => void;
}

export function openTestDatabase(): TestDatabase {
  const dir = mkdtempSync(join(tmpdir(), "ventes-analyzer-"));
  const db = openVentes(dir, randomUUID());
  const counter = (name: string) =>
    db.prepare("SELECT value FROM counters WHERE name = ?").pluck().get(name) as number;
  const setCounter = db.prepare("UPDATE counters SET value = ? WHERE name = ?");
  const rowidOf = db.prepare("SELECT rowid FROM ventes WHERE id_vente = ?").pluck();
  const keepSale = db.prepare(
    `INSERT INTO old_ventes (commit_id, row_id, ${SALE}) SELECT ?, rowid, ${SALE} FROM ventes WHERE id_vente = ?`,
  );
  const putSale = db.prepare(`
    INSERT INTO ventes (rowid, id_vente, id_produit, id_magasin, date_vente, quantite_millioniemes, ca_millioniemes,
      origine, extras, source, line, offset)
    VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, ?, 1, 0)
    ON CONFLICT DO UPDATE SET id_produit = excluded.id_produit, id_magasin = excluded.id_magasin,
      quantite_millioniemes = excluded.quantite_millioniemes, ca_millioniemes = excluded.ca_millioniemes,
      date_vente = excluded.date_vente, extras = excluded.extras, source = excluded.source`);
  const dropSale = db.prepare("DELETE FROM ventes WHERE id_vente = ?");
  const keepShop = db.prepare(`
    INSERT INTO old_magasins (commit_id, id_magasin, ville, extras, source, line, offset)
    SELECT ?, id_magasin, ville, extras, source, line, offset FROM magasins WHERE id_magasin = ?`);
  const putShop = db.prepare(`
    INSERT INTO magasins (id_magasin, ville, source, line, offset) VALUES (?, ?, 'test', 1, 0)
    ON CONFLICT DO UPDATE SET ville = excluded.ville`);
  const keepProduct = db.prepare(`
    INSERT INTO old_produits (commit_id, id_produit, nom, prix_millioniemes, date_effet, extras, source, line, offset)
    SELECT ?, id_produit, nom, prix_millioniemes, date_effet, extras, source, line, offset
    FROM produits WHERE id_produit = ?`);
  const putProduct = db.prepare(`
    INSERT INTO produits (id_produit, nom, source, line, offset) VALUES (?, ?, 'test', 1, 0)
    ON CONFLICT DO UPDATE SET nom = excluded.nom`);

  const commit = db.transaction((write: (writer: Writer) => void): number => {
    const id = counter("commit") + 1;
    const first = counter("row") + 1;
    let next = first;
    let changed = 0;
    const withdrawSale = (idVente: string) => {
      changed++;
      const rowId = rowidOf.get(idVente) as number | undefined;
      if (rowId !== undefined && rowId < first) keepSale.run(id, idVente);
      dropSale.run(idVente);
    };
    write({
      shop: (idMagasin, ville) => {
        changed++;
        keepShop.run(id, idMagasin);
        putShop.run(idMagasin, ville);
      },
      product: (idProduit, nom) => {
        changed++;
        keepProduct.run(id, idProduit);
        putProduct.run(idProduit, nom);
      },
      withdrawShop: (idMagasin) => {
        const sales = db.prepare("SELECT id_vente FROM ventes WHERE id_magasin = ?").pluck().all(idMagasin);
        for (const idVente of sales as string[]) withdrawSale(idVente);
        changed++;
        keepShop.run(id, idMagasin);
        db.prepare("DELETE FROM magasins WHERE id_magasin = ?").run(idMagasin);
      },
      sale: (idVente, s) => {
        changed++;
        const rowId = rowidOf.get(idVente) as number | undefined;
        if (rowId !== undefined && rowId < first) keepSale.run(id, idVente);
        const { date = "2026-11-22", extras = "{}", source = "test" } = s;
        putSale.run(
          rowId ?? next++,
          idVente,
          s.id_produit,
          s.id_magasin,
          date,
          s.quantite,
          s.ca,
          extras,
          source,
        );
      },
      withdrawSale,
    });
    db.prepare("INSERT INTO commits VALUES (?, ?, ?, ?, ?)").run(
      id,
      first,
      next - 1,
      changed,
      new Date().toISOString(),
    );
    setCounter.run(id, "commit");
    setCounter.run(next - 1, "row");
    return id;
  });

  return {
    dir,
    db,
    commit: (write) => commit.immediate(write),
    ids: (table) =>
      db
        .prepare(
          `SELECT ${table === "ventes" ? "id_vente" : table === "magasins" ? "id_magasin" : "id_produit"} FROM ${table} ORDER BY 1`,
        )
        .pluck()
        .all() as string[],
    close: () => {
      db.close();
      rmSync(dir, { recursive: true });
    },
  };
}
