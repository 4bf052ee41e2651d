/**
 * The canonical database as lines of text: what must be byte for byte the same whatever the interleaving, the
 * replays and the crashes (invariant 6). Without commit numbers, times, history and positions.
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
  ["retraits", "entity, cle, source, date_effet, offset", "entity, cle, source, date_effet"],
  ["rejets", "id, entity, source, version, line, raw, code, sentence, offset", "id"],
  ["analyses", "nom, cle, millioniemes", "nom, cle"],
];

/** One line of JSON a row; integers beyond 2^53 exact, as strings of digits. */
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
