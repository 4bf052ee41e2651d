/**
 * A process that reads a database while it is written: `node reader.ts DIR`. Many times a second, in one read
 * transaction each, it holds the analyses against SQL over the rows as of `progress` (invariant 5): the rows,
 * with newer commits undone by their old images. That SQL is written here, not taken from the analyzer. On SIGTERM
 * it prints `{reads, wrong, first}`: how many reads, how many of them differed, and what the first was.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import Database from "better-sqlite3";

const EVERY_MS = 20;

export interface ReaderReport {
  readonly reads: number;
  readonly wrong: number;
  readonly first: string | null;
  /** Reads that did not happen: another process was recovering the file. */
  readonly busy: number;
}

/** Of `old_X`, the first image of each row since `progress`: the row as of then. */
const undone = (table: string, key: string) => `
  SELECT * FROM old_${table} WHERE n IN (
    SELECT MIN(n) FROM old_${table} WHERE commit_id > (SELECT commit_id FROM progress) GROUP BY ${key})`;

export const AS_OF_SQL = `
  WITH
    first_row AS (
      SELECT IFNULL(MIN(row_from), 9223372036854775807) AS row_id FROM commits
      WHERE commit_id > (SELECT commit_id FROM progress)),
    undone_ventes AS (${undone("ventes", "row_id")}),
    undone_magasins AS (${undone("magasins", "id_magasin")}),
    v AS (
      SELECT id_produit, id_magasin, quantite_millioniemes AS q, ca_millioniemes AS ca FROM ventes
      WHERE rowid < (SELECT row_id FROM first_row) AND rowid NOT IN (SELECT row_id FROM undone_ventes)
      UNION ALL
      SELECT id_produit, id_magasin, quantite_millioniemes, ca_millioniemes FROM undone_ventes
      WHERE row_id < (SELECT row_id FROM first_row)),
    m AS (
      SELECT id_magasin, ville FROM magasins WHERE id_magasin NOT IN (SELECT id_magasin FROM undone_magasins)
      UNION ALL SELECT id_magasin, ville FROM undone_magasins)
  SELECT 'chiffre_affaires_total' AS nom, '' AS cle, SUM(ca) AS n FROM v
  UNION ALL SELECT 'ventes_par_produit', id_produit, SUM(q) FROM v GROUP BY id_produit
  UNION ALL SELECT 'ventes_par_region', ville, SUM(ca) FROM v JOIN m USING (id_magasin) GROUP BY ville
  ORDER BY nom, cle`;

const ANALYSES_SQL = "SELECT nom, cle, millioniemes AS n FROM analyses ORDER BY nom, cle";

const rows = (db: Database.Database, sql: string): readonly string[] =>
  (db.prepare(sql).safeIntegers().raw().all() as unknown[][]).map((row) => row.map(String).join("|"));

/** How the analyses differ from the SQL, in one read transaction; undefined when they do not. */
export function differenceIn(db: Database.Database): string | undefined {
  db.exec("BEGIN");
  try {
    const commit = db.prepare("SELECT commit_id FROM progress").pluck().get() as number;
    const analyses = rows(db, ANALYSES_SQL);
    // Before the first refresh there is no row at all.
    if (commit === 0 && analyses.length === 0) return undefined;
    const expected = rows(db, AS_OF_SQL);
    const missing = expected.filter((row) => !analyses.includes(row));
    const surplus = analyses.filter((row) => !expected.includes(row));
    return missing.length + surplus.length === 0
      ? undefined
      : `as of commit ${commit}: SQL says ${missing.join(" ")}, analyses say ${surplus.join(" ")}`;
  } finally {
    db.exec("ROLLBACK");
  }
}

async function run(directory: string): Promise<void> {
  const file = join(directory, "ventes.db");
  let [reads, wrong, busy] = [0, 0, 0];
  let first: string | null = null;
  let isOver = false;
  let reached = 0;
  process.once("SIGTERM", () => {
    isOver = true;
  });
  let db: Database.Database | undefined;
  while (!isOver) {
    try {
      if (db === undefined && existsSync(file)) db = new Database(file, { readonly: true, timeout: 1000 });
      if (db !== undefined) {
        let difference = differenceIn(db);
        const commit = db.prepare("SELECT commit_id FROM progress").pluck().get() as number;
        if (commit < reached) difference ??= `progress went back from ${reached} to ${commit}`;
        reached = Math.max(reached, commit);
        reads++;
        if (difference !== undefined) wrong++;
        first ??= difference ?? null;
      }
    } catch (error) {
      // Made just now, or recovered by another process after a kill.
      if (
        !(error instanceof Database.SqliteError) ||
        !/no such table|BUSY|CANTOPEN/.test(`${error.message} ${error.code}`)
      )
        throw error;
      busy++;
      db?.close();
      db = undefined;
    }
    await setTimeout(EVERY_MS);
  }
  db?.close();
  const report: ReaderReport = { reads, wrong, first, busy };
  process.stdout.write(`${JSON.stringify(report)}\n`);
}

if (import.meta.main) await run(process.argv[2] ?? ".");
