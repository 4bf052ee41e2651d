/**
 * The canonical database as lines of text. It must be the same byte for byte after any interleaving, replay or crash
 * (invariant 6). It has no commit numbers, times, history or positions.
 */
import type { Sqlite } from "#shared/database/sqlite.ts";

/** Each table, its columns in order, and the order of its rows. */
const TABLES: readonly (readonly [table: string, columns: string, order: string])[] = [
  ["produits", "id_produit, nom, prix_millioniemes, date_effet, extras, source, line, offset", "id_produit"],
  ["magasins", "id_magasin, ville, extras, source, line, offset", "id_magasin"],
  [
    "ventes",
    `id_vente, id_produit, id_magasin, date_vente, quantite_millioniemes, ca_millioniemes, prix_millioniemes,
     origine_ca, extras, source, line, offset`,
    "id_vente",
  ],
  [
    "orphelins",
    `id_vente, id_produit, id_magasin, date_vente, quantite_millioniemes, ca_millioniemes, prix_millioniemes,
     extras, source, line, offset`,
    "id_vente",
  ],
  [
    "prix",
    "id_produit, date_effet, offset, prix_millioniemes, date_dans_fichier, source",
    "id_produit, date_effet, offset",
  ],
  ["withdrawals", "entity, key, source, date_effet, offset", "entity, key, source, date_effet"],
  ["rejets", "id, entity, source, version, line, raw, code, details, offset", "id"],
  ["sale_days", "day, source, sales, prints", "day, source"],
  ["shared_ids", "source, other, ids, differing", "source, other"],
  ["analyses", "nom, cle, millioniemes", "nom, cle"],
];

/** One line of JSON for each row. Integers beyond 2^53 are strings of digits, so they are exact. */
export function* canonicalDump(db: Sqlite): Generator<string> {
  for (const [table, columns, order] of TABLES) {
    const rows = db
      .prepare(`SELECT ${columns} FROM ${table} ORDER BY ${order}`)
      .safeIntegers(true)
      .raw(true)
      .iterate() as Iterable<readonly unknown[]>;
    for (const row of rows)
      yield `${table} ${JSON.stringify(row, (_, v: unknown) => (typeof v === "bigint" ? v.toString() : v))}`;
  }
}
