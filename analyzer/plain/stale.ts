/** Which plain analyses must run again: those that a commit since their last run concerns. */
import type { Sqlite } from "#shared/database/sqlite.ts";
import { tablesRead } from "../analyses/query/tables-read.ts";

export interface PlainAnalysis {
  readonly nom: string;
  readonly sql: string;
  /** The names of the columns of its table, as JSON. */
  readonly colonnes: string;
  /** Of its last run; null: it has not run. */
  readonly duree_ms: number | null;
}

interface Listed extends PlainAnalysis {
  readonly genre: "incremental" | "plain";
  /** The commit that its rows reflect, also when the last run failed at it. */
  readonly commit_id: number | null;
}

/** Those that must run, the quickest first. None before the first commit. */
export function staleAnalyses(db: Sqlite): readonly PlainAnalysis[] {
  const reached = db.prepare("SELECT commit_id FROM progress").pluck().get() as number;
  if (reached === 0) return [];
  const changed = new Map(
    db.prepare("SELECT nom, commit_id FROM tables_changees").raw().all() as [string, number][],
  );
  const listed = db
    .prepare(
      "SELECT nom, sql, colonnes, genre, commit_id, duree_ms FROM analyses_liste WHERE colonnes <> '[]'",
    )
    .all() as Listed[];
  const byName = new Map(listed.map((one) => [one.nom, one]));

  /** The last commit that changed a table that the query reads; the newest commit when that is not known. */
  function lastChange(sql: string, depth = 0): number {
    const tables = tablesRead(sql);
    if (tables === undefined || depth > 5) return reached;
    return Math.max(0, ...[...tables].map((table) => lastChangeOf(table, depth)));
  }
  function lastChangeOf(table: string, depth: number): number {
    if (table === "maintenant") return changed.get("ventes") ?? reached;
    const known = changed.get(table);
    if (known !== undefined) return known;
    const analysis = byName.get(table);
    return analysis === undefined ? reached : lastChange(analysis.sql, depth + 1);
  }

  // Most of the time no commit is newer than the last runs, and no query need be parsed.
  const isBehind = ({ commit_id, sql }: Listed): boolean =>
    commit_id === null || (commit_id < reached && commit_id < lastChange(sql));

  return listed
    .filter((one) => one.genre === "plain" && isBehind(one))
    .sort((a, b) => (a.duree_ms ?? 0) - (b.duree_ms ?? 0));
}
