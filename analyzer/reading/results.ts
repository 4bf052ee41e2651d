/** The analyses and their results (docs/analyses.md), as `analyses_liste` names them. */
import type { Language } from "#shared/runtime/settings.ts";
import type { ResultAnswer, ResultsAnswer } from "../api/figures.ts";
import { NoSuchAnalysis } from "./reading.ts";
import type { Snapshot } from "./snapshot.ts";

const DEFAULT_LIMIT = 100;

/** A row of analyses_liste. */
export interface ListedAnalysis {
  readonly nom: string;
  readonly genre: "incremental" | "plain";
  readonly titre_fr: string;
  readonly titre_en: string;
  readonly graphique: string;
  /** JSON. */
  readonly colonnes: string;
  readonly cles: number;
  /** JSON. */
  readonly unites: string;
  readonly fichier: string;
  readonly ligne: number | null;
  /** Why it is plain. */
  readonly raison_fr: string | null;
  readonly raison_en: string | null;
  readonly erreur_fr: string | null;
  readonly erreur_en: string | null;
  readonly date_analyse: string | null;
  readonly lignes: number | null;
}

/** What is wrong with its file, with the line, or why its last run failed; null: nothing. */
export function problemOf(row: ListedAnalysis, language: Language): string | null {
  const error = language === "fr" ? row.erreur_fr : row.erreur_en;
  const line = row.ligne === null ? "" : `:${row.ligne}`;
  return error === null ? null : `${row.fichier}${line}: ${error}`;
}

type Analysis = ResultsAnswer["analyses"][number];

/** The user's own come first. */
export const readResults = (
  snapshot: Pick<Snapshot, "ventes" | "reached">,
): Pick<ResultsAnswer, "analyses"> => ({
  analyses: (
    snapshot.ventes.prepare("SELECT * FROM analyses_liste ORDER BY livree, nom").all() as ListedAnalysis[]
  ).map((row) => analysisOf(snapshot, row)),
});

/** Throws NoSuchAnalysis. */
export function readResult(
  snapshot: Pick<Snapshot, "ventes" | "reached">,
  {
    name,
    limit = DEFAULT_LIMIT,
    offset = 0,
  }: { readonly name: string; readonly limit?: number; readonly offset?: number },
): Pick<ResultAnswer, "analysis" | "columns" | "rows"> {
  const { ventes } = snapshot;
  const row = ventes.prepare("SELECT * FROM analyses_liste WHERE nom = ?").get(name) as
    | ListedAnalysis
    | undefined;
  if (row === undefined) throw new NoSuchAnalysis({ name });
  const analysis = analysisOf(snapshot, row);
  const columns = JSON.parse(row.colonnes) as readonly string[];
  if (columns.length === 0) return { analysis, columns, rows: [] };
  const rows = ventes.prepare(`SELECT * FROM "${row.nom}" LIMIT ? OFFSET ?`).raw().all(limit, offset);
  return { analysis, columns, rows: rows as ResultAnswer["rows"] };
}

function analysisOf(
  { ventes, reached }: Pick<Snapshot, "ventes" | "reached">,
  row: ListedAnalysis,
): Analysis {
  const isPlain = row.genre === "plain";
  const count = () => ventes.prepare(`SELECT COUNT(*) FROM "${row.nom}"`).pluck().get() as number;
  const [fr, en] = [problemOf(row, "fr"), problemOf(row, "en")];
  return {
    name: row.nom,
    title: { fr: row.titre_fr, en: row.titre_en },
    keys: row.cles,
    units: JSON.parse(row.unites) as readonly string[],
    chart: row.graphique,
    kind: row.genre,
    rows: row.colonnes === "[]" ? 0 : isPlain ? (row.lignes ?? 0) : count(),
    computed: isPlain ? row.date_analyse : reached,
    error: fr === null || en === null ? null : { fr, en },
  };
}
