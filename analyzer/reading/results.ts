/** The analyses and their results (docs/analyses.md), as `analyses_liste` names them. */
import type { Language } from "#shared/runtime/settings.ts";
import type { ResultAnswer, ResultsAnswer } from "../api/figures.ts";
import { NoSuchAnalysis, type WholeResult } from "./reading.ts";
import type { Snapshot } from "./snapshot.ts";

const DEFAULT_LIMIT = 100;
/** Rows of a whole result that are read at a time. */
const PART = 1_000;

type ResultRow = ResultAnswer["rows"][number];
type Cell = ResultRow[number];

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
  readonly sql: string;
  /** Why it is plain. */
  readonly raison_fr: string | null;
  readonly raison_en: string | null;
  readonly erreur_fr: string | null;
  readonly erreur_en: string | null;
  readonly date_analyse: string | null;
  readonly lignes: number | null;
  /** Not null: its table does not have all sales yet. */
  readonly a_remplir: number | null;
  readonly livree: 0 | 1;
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
  const { analysis, columns, order } = find(snapshot, name);
  if (analysis.computed === null) return { analysis, columns, rows: [] };
  const rows = snapshot.ventes
    .prepare(`SELECT * FROM "${name}" ${order} LIMIT ? OFFSET ?`)
    .raw()
    .all(limit, offset);
  return { analysis, columns, rows: (rows as unknown[][]).map((row) => row.map(cellOf)) };
}

/** The whole result, some rows at a time. Throws NoSuchAnalysis at once. */
export function allOfResult(snapshot: Pick<Snapshot, "ventes" | "reached">, name: string): WholeResult {
  const { analysis, columns, order } = find(snapshot, name);
  const rows = analysis.computed === null ? [] : rowsOf(snapshot, `SELECT * FROM "${name}" ${order}`);
  return { analysis, columns, rows };
}

function* rowsOf({ ventes }: Pick<Snapshot, "ventes">, sql: string): Generator<ResultRow[], void, void> {
  let part: ResultRow[] = [];
  for (const row of ventes.prepare(sql).raw().iterate() as Iterable<unknown[]>) {
    if (part.push(row.map(cellOf)) < PART) continue;
    yield part;
    part = [];
  }
  yield part;
}

function find(snapshot: Pick<Snapshot, "ventes" | "reached">, name: string) {
  const row = snapshot.ventes.prepare("SELECT * FROM analyses_liste WHERE nom = ?").get(name) as
    | ListedAnalysis
    | undefined;
  if (row === undefined) throw new NoSuchAnalysis({ name });
  const analysis = analysisOf(snapshot, row);
  return { analysis, columns: JSON.parse(row.colonnes) as readonly string[], order: orderOf(row) };
}

/** A result that has no order of its own and is drawn as bars comes with its largest value first. */
const orderOf = ({ sql, graphique, cles }: ListedAnalysis): string =>
  graphique === "barres" && cles > 0 && !/\border\s+by\b/i.test(sql)
    ? `ORDER BY ${[`${cles + 1} DESC`, ...Array.from({ length: cles }, (_, i) => i + 1)].join(", ")}`
    : "";

/** Bytes and infinite numbers, which JSON does not have, as text. */
function cellOf(cell: unknown): Cell {
  if (Buffer.isBuffer(cell)) return cell.toString("hex");
  return typeof cell === "number" && !Number.isFinite(cell) ? String(cell) : (cell as Cell);
}

function analysisOf(
  { ventes, reached }: Pick<Snapshot, "ventes" | "reached">,
  row: ListedAnalysis,
): Analysis {
  const isPlain = row.genre === "plain";
  const count = () => ventes.prepare(`SELECT COUNT(*) FROM "${row.nom}"`).pluck().get() as number;
  const [fr, en] = [problemOf(row, "fr"), problemOf(row, "en")];
  const computed =
    row.colonnes === "[]" || row.a_remplir !== null ? null : isPlain ? row.date_analyse : reached;
  return {
    name: row.nom,
    own: row.livree === 0,
    title: { fr: row.titre_fr, en: row.titre_en },
    keys: row.cles,
    units: JSON.parse(row.unites) as readonly string[],
    chart: row.graphique,
    kind: row.genre,
    rows: computed === null ? 0 : isPlain ? (row.lignes ?? 0) : count(),
    computed,
    error: fr === null || en === null ? null : { fr, en },
  };
}
