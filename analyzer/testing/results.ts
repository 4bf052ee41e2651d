/** The right results and the stored ones, in one form: `nom|cle` to millionths. */
import type { Sqlite } from "#shared/database/sqlite.ts";

/** The results of the three analyses over the current rows, as integers of millionths. */
export function missionResults(db: Sqlite): Readonly<Record<string, bigint | null>> {
  const rows = db
    .prepare(`
      SELECT 'chiffre_affaires_total|', SUM(ca_millioniemes) FROM ventes
      UNION ALL SELECT 'ventes_par_produit|' || id_produit, SUM(quantite_millioniemes) FROM ventes GROUP BY id_produit
      UNION ALL SELECT 'ventes_par_region|' || ville, SUM(ca_millioniemes)
        FROM ventes JOIN magasins USING (id_magasin) GROUP BY ville
      ORDER BY 1`)
    .safeIntegers()
    .raw()
    .all() as [string, bigint | null][];
  return Object.fromEntries(rows);
}

/** The rows of `analyses`, in the same form. */
export const storedResults = (db: Sqlite): Readonly<Record<string, bigint | null>> =>
  Object.fromEntries(
    db
      .prepare("SELECT nom || '|' || cle, millioniemes FROM analyses ORDER BY 1")
      .safeIntegers()
      .raw()
      .all() as [string, bigint | null][],
  );
