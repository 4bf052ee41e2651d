/** The results of a pipeline, read in each way that a user has, in one shape, so that tests can compare them. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Analyses } from "./missions.ts";
import { requirement } from "./require.ts";
import { ventes } from "./ventes.ts";

/** The mission's queries, word for word. */
export const MISSION_QUERIES = {
  chiffre_affaires_total: "SELECT SUM(chiffre_affaires) FROM ventes;",
  ventes_par_produit: "SELECT id_produit, SUM(quantité) FROM ventes GROUP BY id_produit;",
  ventes_par_region: `SELECT magasins.ville, SUM(ventes.chiffre_affaires) FROM ventes
  JOIN magasins ON ventes.id_magasin = magasins.id_magasin GROUP BY magasins.ville;`,
} as const;

/** The JSON that `start --once --json` prints. */
export interface OnceReport {
  readonly analyses: Analyses;
  readonly commit: number;
  readonly events: number;
  readonly changed: number;
  readonly rejects: number;
  readonly orphans: number;
  readonly sources: readonly {
    readonly source: string;
    readonly entities: readonly string[];
    readonly state: string;
    readonly records: number;
    readonly emitted: number;
    readonly unchanged: number;
    readonly superseded: number;
    readonly rejected: number;
  }[];
}

/** A SUM over doubles is a double: SQLite before 3.43 adds naively, so two decimals are what it can promise. */
const rounded = (text: string): number => Math.round(Number(text) * 100) / 100;

/** `a|b` lines, as sqlite3 and `ventes query` print them in a pipe. */
const asRecord = (text: string): Record<string, number> =>
  Object.fromEntries(
    text
      .trim()
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => line.split("|"))
      .map(([key, value]) => [key ?? "", rounded(value ?? "")]),
  );

const readAnalyses = async (ask: (sql: string) => Promise<string>): Promise<Analyses> => ({
  chiffre_affaires_total: rounded(await ask(MISSION_QUERIES.chiffre_affaires_total)),
  ventes_par_produit: asRecord(await ask(MISSION_QUERIES.ventes_par_produit)),
  ventes_par_region: asRecord(await ask(MISSION_QUERIES.ventes_par_region)),
});

/** sqlite3, another program, on the file. */
export const askSqlite3 = async (data: string, sql: string): Promise<string> =>
  (
    await promisify(execFile)(requirement("sqlite3").found, ["-readonly", join(data, "ventes.db"), sql])
  ).stdout.trim();

export const bySqlite3 = (data: string): Promise<Analyses> => readAnalyses((sql) => askSqlite3(data, sql));

export const byVentesQuery = (data: string, env: Readonly<Record<string, string>> = {}): Promise<Analyses> =>
  readAnalyses(async (sql) => {
    const ran = await ventes(["query", "--data", data, sql], { env });
    if (ran.code !== 0) throw new Error(`ventes query exited ${ran.code}: ${ran.stderr}`);
    return ran.stdout;
  });

/** The table `analyses`, read by sqlite3. */
export const byAnalyses = async (data: string): Promise<Analyses> => {
  const of = (nom: string) => askSqlite3(data, `SELECT cle, valeur FROM analyses WHERE nom = '${nom}'`);
  return {
    chiffre_affaires_total: asRecord(await of("chiffre_affaires_total"))[""] ?? Number.NaN,
    ventes_par_produit: asRecord(await of("ventes_par_produit")),
    ventes_par_region: asRecord(await of("ventes_par_region")),
  };
};
