/**
 * Compares the analyses that are kept by delta with their query over the whole tables, in integers, in a process of its
 * own and from one snapshot of the file. A table that differs is filled again. It differs only after a change by hand
 * or a fault of the program.
 */
import * as Effect from "effect/Effect";
import { onFileWhenFree } from "#shared/database/attempt.ts";
import { runSql, type SqlLimits } from "#shared/database/guarded-sql/run.ts";
import type { DatabaseError, Sqlite } from "#shared/database/sqlite.ts";
import { asAnalysis } from "../analyses/analyses.ts";
import { type BadFile, type Definition, isBad } from "../analyses/definition.ts";
import type { Linear } from "../analyses/query/linear.ts";
import { tableOf } from "../tables/tables.ts";

const LIMITS: SqlLimits = {
  ms: 10 * 60_000,
  rows: 10,
  memoryBytes: 1024 ** 3,
  stallMs: 60_000,
  waitMs: 10_000,
};

/** Commits are pending: the kept results are older than the tables. */
const PENDING = "EXISTS (SELECT 1 FROM commits WHERE commit_id > (SELECT commit_id FROM progress))";

/** One row: whether the snapshot cannot be compared, and how many rows differ. */
function comparison(nom: string, { core, keys, counts, keyless }: Linear): string {
  const columns = [...keys, ...counts].join(", ");
  const right = core("main").replace(/\?/, "0").replace(/\?/, String(Number.MAX_SAFE_INTEGER));
  const kept = `SELECT ${columns} FROM main."${tableOf(nom)}"${keyless ? "" : " WHERE _n <> 0"}`;
  return `
    SELECT ${PENDING} OR (SELECT a_remplir IS NOT NULL FROM analyses_liste WHERE nom = '${nom}'),
      (WITH whole (${columns}) AS MATERIALIZED (${right}), kept (${columns}) AS MATERIALIZED (${kept})
       SELECT (SELECT COUNT(*) FROM (SELECT * FROM whole EXCEPT SELECT * FROM kept))
         + (SELECT COUNT(*) FROM (SELECT * FROM kept EXCEPT SELECT * FROM whole)))`;
}

/**
 * Checks each analysis of these files that has a table of its own, one after the other. Returns the names of those that
 * differed, which refreshes fill again. One that cannot be compared now, because commits are pending or it is not
 * filled, is left for the next check. `db`: a connection for writing.
 */
export const checkKept = (
  db: Sqlite,
  files: readonly (Definition | BadFile)[],
): Effect.Effect<readonly string[], DatabaseError> =>
  Effect.gen(function* () {
    const wrong: string[] = [];
    for (const file of files) {
      if (isBad(file) || file.linear === undefined || asAnalysis(file) !== undefined) continue;
      const { nom, linear } = file;
      let differing = 0;
      yield* runSql(
        { file: db.name, sql: comparison(nom, linear), limits: LIMITS, language: "en" },
        {
          columns: () => {},
          rows: ([row]) => {
            if (Number(row?.[0]) === 0) differing = Number(row?.[1]);
          },
          end: () => {},
        },
        // It fails when the comparison meets a limit, or when the table has another form: the file of the analysis
        // changed, or it runs as plain.
      ).pipe(Effect.ignore);
      if (differing === 0) continue;
      wrong.push(nom);
      yield* onFileWhenFree(db.name, () => fillAgain(db, nom, linear));
    }
    return wrong;
  });

const fillAgain = (db: Sqlite, nom: string, { keyless, counts }: Linear): void =>
  db
    .transaction(() => {
      const table = `main."${tableOf(nom)}"`;
      db.exec(
        keyless
          ? `UPDATE ${table} SET ${counts.map((name) => `${name} = 0`).join(", ")}`
          : `DELETE FROM ${table}`,
      );
      db.prepare("UPDATE main.analyses_liste SET a_remplir = 1 WHERE nom = ?").run(nom);
    })
    .immediate();
