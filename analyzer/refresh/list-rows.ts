/** The rows of analyses_liste, one for each analysis. */
import type { Sqlite } from "#shared/database/sqlite.ts";
import { type BadFile, type Definition, isBad, type Unit } from "../analyses/definition.ts";
import type { Words } from "../analyses/query/not-linear.ts";

export interface ListRow {
  readonly nom: string;
  readonly genre: "incremental" | "plain";
  readonly titre: Words;
  readonly graphique: string;
  readonly colonnes: readonly string[];
  readonly cles: number;
  readonly unites: readonly Unit[];
  readonly livree: boolean;
  readonly fichier: string;
  readonly ligne: number | null;
  readonly sql: string;
  readonly raison: Words | undefined;
  readonly erreur: Words | undefined;
  readonly definition: string;
  readonly a_remplir: number | null;
}

/** The row of a file, without columns: the row of a file that is wrong gets none. */
export function row(
  one: Definition | BadFile | (Definition & Pick<BadFile, "erreur" | "ligne">),
  definition: string,
): ListRow {
  const read = "sql" in one ? one : undefined;
  return {
    nom: one.nom,
    genre: "plain",
    titre: read?.titre ?? { fr: one.nom, en: one.nom },
    graphique: read?.graphique ?? "tableau",
    colonnes: [],
    cles: 0,
    unites: [],
    livree: one.livree,
    fichier: one.fichier,
    ligne: isBad(one) ? one.ligne : null,
    sql: read?.sql ?? "",
    raison: read?.raison,
    erreur: isBad(one) ? one.erreur : undefined,
    definition,
    a_remplir: null,
  };
}

/** Prepares the statement. */
export function prepareList(db: Sqlite): (row: ListRow) => void {
  const put = db.prepare(`
    INSERT INTO main.analyses_liste (nom, genre, titre_fr, titre_en, graphique, colonnes, cles, unites, livree, fichier, ligne,
      sql, raison_fr, raison_en, erreur_fr, erreur_en, definition, a_remplir)
    VALUES (@nom, @genre, @titre_fr, @titre_en, @graphique, @colonnes, @cles, @unites, @livree, @fichier, @ligne,
      @sql, @raison_fr, @raison_en, @erreur_fr, @erreur_en, @definition, @a_remplir)`);
  return ({ titre, raison, erreur, colonnes, unites, livree, ...rest }) => {
    put.run({
      ...rest,
      titre_fr: titre.fr,
      titre_en: titre.en,
      raison_fr: raison?.fr ?? null,
      raison_en: raison?.en ?? null,
      erreur_fr: erreur?.fr ?? null,
      erreur_en: erreur?.en ?? null,
      colonnes: JSON.stringify(colonnes),
      unites: JSON.stringify(unites),
      livree: livree ? 1 : 0,
    });
  };
}
