/**
 * Reads the figures of the page from ventes.db, on a read-only connection of its own, in one read transaction for each
 * answer. The database may change while the server runs: when the demo ends, the page shows the user's database.
 */
import { existsSync } from "node:fs";
import { parseDetails, sentenceOf } from "#shared/contract/sentences.ts";
import type { SourceStatus } from "#shared/contract/status.ts";
import { applyingIn } from "#shared/database/applying.ts";
import { withKnownRows } from "#shared/database/doubt-rows.ts";
import { missedCount } from "#shared/database/log-of-database.ts";
import type { Sqlite } from "#shared/database/sqlite.ts";
import { openVentesReader, ventesFile } from "#shared/database/ventes-db.ts";
import { waitingSales } from "#shared/database/waiting.ts";
import { masked } from "#shared/runtime/masked.ts";
import type { Language } from "#shared/runtime/settings.ts";
import type { AnalysesAnswer, RejectsAnswer } from "./api.ts";

/** The database that the page shows. */
export interface View {
  /** Its data directory. */
  readonly dir: string;
  /** Its figures come from the files of the demo. */
  readonly demo: boolean;
}

const MAX_RAW = 500;
const MAX_PAGE = 200;
/**
 * When more sales wait, the answer leaves out which products and shops are missing: that query would be slow, and a load is
 * probably still running.
 */
const MAX_WAITING_EXPLAINED = 20_000;
const MISSING_SHOWN = 8;
/** The progress of a change that is being applied is sent in this many steps. */
const PARTS_TOLD = 20;

/** The newest rejects with a rowid below `before`, at most `limit` and at most MAX_PAGE, with sentences in `language`. */
interface RejectsPage {
  readonly before: number | undefined;
  readonly limit: number;
  /** Those of this code alone; undefined: all. */
  readonly code: string | undefined;
  readonly language: Language;
}

interface State {
  readonly commit: number;
  readonly newest: number;
  /** Changes when the figures may change. */
  readonly fingerprint: string;
  /** Changes when the list of the analyses, or the result of a plain one, may change. */
  readonly results: string;
}

export interface Reads {
  /**
   * At most `limit` rows of each analysis, from `offset`. `now`: the instant of the answer. Like `rejects` and `state` it
   * returns undefined while there is no database, and throws DatabaseError or an error of SQLite.
   */
  readonly analyses: (
    now: string,
    limit: number,
    offset: number,
  ) => Omit<AnalysesAnswer, "currency"> | undefined;
  readonly rejects: (now: string, page: RejectsPage) => RejectsAnswer | undefined;
  readonly state: () => State | undefined;
  /** The sources, with what the database knows of the rows of their doubts in the place of these rows. */
  readonly sources: (sources: readonly SourceStatus[]) => readonly SourceStatus[];
  readonly close: () => void;
}

export function makeReads(view: () => View): Reads {
  let opened: { readonly dir: string; readonly statements: ReturnType<typeof prepare> } | undefined;

  /** Runs `read` in one transaction on the database of the view. */
  function reading<A>(read: (s: ReturnType<typeof prepare>, demo: boolean) => A): A | undefined {
    const { dir, demo } = view();
    if (opened?.dir !== dir) {
      close();
      if (!existsSync(ventesFile(dir))) return undefined;
      opened = { dir, statements: prepare(openVentesReader(dir)) };
    }
    const { statements } = opened;
    return statements.db.transaction(() => read(statements, demo))();
  }
  function close(): void {
    opened?.statements.db.close();
    opened = undefined;
  }

  return {
    close,
    state: () =>
      reading((s) => {
        const { commit, newest } = s.reached.get() as Reached;
        const applying = applyingIn(s.db);
        const part = applying === null ? null : Math.floor((PARTS_TOLD * applying.done) / applying.total);
        const { dir } = view();
        const fingerprint = JSON.stringify([dir, s.fingerprint.get(), part]);
        return { commit, newest, fingerprint, results: JSON.stringify([dir, s.results.get()]) };
      }),
    sources: (sources) =>
      (reading((s) => withKnownRows(s.db, sources)) ?? sources).map((source) =>
        source.doubts === undefined
          ? source
          : { ...source, doubts: source.doubts.map(({ rows: _, ...doubt }) => doubt) },
      ),
    analyses: (now, limit, offset) =>
      reading((s, demo) => ({
        ...asOf(s, now, demo),
        chiffre_affaires_total: (s.total.get() as number | null | undefined) ?? null,
        ventes_par_produit: {
          count: s.count.get("ventes_par_produit") as number,
          rows: s.byProduct.all(limit, offset) as AnalysesAnswer["ventes_par_produit"]["rows"],
        },
        ventes_par_region: {
          count: s.count.get("ventes_par_region") as number,
          rows: s.byTown.all(limit, offset) as AnalysesAnswer["ventes_par_region"]["rows"],
        },
        waiting: waiting(s),
        rejects: s.rejectCount.get() as number,
        applying: applyingIn(s.db),
        missed: missedCount(s.db),
      })),
    rejects: (now, { before, limit, code, language }) =>
      reading((s, demo) => {
        const size = Math.min(limit, MAX_PAGE);
        const rows = s.rejects.all({
          before: before ?? Number.MAX_SAFE_INTEGER,
          size,
          code: code ?? null,
        }) as RejectRow[];
        return {
          ...asOf(s, now, demo),
          count: s.rejectCount.get() as number,
          codes: (s.rejectCodes.all() as CodeRow[]).map(({ details, ...of }) => ({
            ...of,
            example: sentenceOf(of.code, parseDetails(details), language),
          })),
          rejects: rows.map(({ rowid: _, ...reject }) => {
            const details = parseDetails(reject.details);
            const sentence = sentenceOf(reject.code, details, language);
            return { ...reject, source: masked(reject.source), details: { ...details }, sentence };
          }),
          next: rows.length === size ? (rows.at(-1)?.rowid ?? null) : null,
        };
      }),
  };
}

type RejectRow = Omit<RejectsAnswer["rejects"][number], "details" | "sentence"> & {
  readonly rowid: number;
  /** JSON. */
  readonly details: string;
};

interface CodeRow {
  readonly code: string;
  readonly count: number;
  /** Of its newest reject. JSON. */
  readonly details: string;
}

interface Reached {
  readonly commit: number;
  readonly reached: string;
  readonly newest: number;
}

function asOf(s: ReturnType<typeof prepare>, now: string, demo: boolean) {
  const { commit, reached, newest } = s.reached.get() as Reached;
  return { commit, reached: commit === 0 ? null : reached, newest, now, demo };
}

function waiting(s: ReturnType<typeof prepare>): AnalysesAnswer["waiting"] {
  const sales = s.waiting.get() as number;
  if (sales === 0 || sales > MAX_WAITING_EXPLAINED) return { sales, missing: [] };
  const { produits, magasins } = waitingSales(s.db);
  const missing = [
    ...produits.map((one) => ({ entity: "produits" as const, ...one })),
    ...magasins.map((one) => ({ entity: "magasins" as const, ...one })),
  ].sort((a, b) => b.sales - a.sales);
  return { sales, missing: missing.slice(0, MISSING_SHOWN) };
}

function prepare(db: Sqlite) {
  return {
    db,
    reached: db.prepare(`
      SELECT commit_id AS "commit", progressed_at AS reached,
        MAX(commit_id, IFNULL((SELECT MAX(commit_id) FROM commits), 0)) AS newest
      FROM progress`),
    /** Rejects and waiting sales change only with a commit, analyses only with the progress. */
    fingerprint: db.prepare(
      "SELECT a.commit_id, a.progressed_at, (SELECT MAX(commit_id) FROM commits) AS newest FROM progress a",
    ),
    /** Plain analyses run after the commit that they follow. */
    results: db.prepare(`
      SELECT json_group_array(json_array(nom, definition, commit_id, date_analyse, a_remplir, erreur_en)) AS analyses
      FROM analyses_liste`),
    total: db.prepare("SELECT chiffre_affaires FROM chiffre_affaires_total").pluck(),
    count: db.prepare("SELECT COUNT(*) FROM analyses WHERE nom = ?").pluck(),
    byProduct: db.prepare(`
      SELECT id_produit, nom, quantité FROM ventes_par_produit ORDER BY quantité DESC, id_produit LIMIT ? OFFSET ?`),
    byTown: db.prepare(`
      SELECT ville, chiffre_affaires FROM ventes_par_region ORDER BY chiffre_affaires DESC, ville LIMIT ? OFFSET ?`),
    waiting: db.prepare("SELECT COUNT(*) FROM orphelins").pluck(),
    rejectCount: db.prepare("SELECT COUNT(*) FROM rejets").pluck(),
    rejectCodes: db.prepare(`
      SELECT code, count, (SELECT details FROM rejets WHERE rowid = newest) AS details
      FROM (SELECT code, COUNT(*) AS count, MAX(rowid) AS newest FROM rejets GROUP BY code) ORDER BY count DESC, code`),
    rejects: db.prepare(`
      SELECT rowid, id, entity, source, line, substr(raw, 1, ${MAX_RAW}) AS raw, code, details
      FROM rejets WHERE rowid < @before AND (@code IS NULL OR code = @code) ORDER BY rowid DESC LIMIT @size`),
  };
}
