/**
 * Hostile SQL for the page (`/api/query`, the file `query`) and for `ventes query`: statements that write, that name files,
 * that never end or that take much memory, and pieces of right ones. `{file}` is a path at which nothing may be.
 */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { environment } from "../../../integration-tests/support/ventes.ts";
import type { Chance } from "../inputs.ts";
import { SQL } from "../pieces.ts";

const PROGRAM = join(import.meta.dirname, "../../../cli/ventes.js");

const PIECES = [
  ...SQL,
  "FROM ventes ",
  "FROM sqlite_master ",
  "* ",
  "WHERE ville = ",
  "VACUUM INTO '{file}'",
  "ATTACH '{file}' AS a",
  "DETACH main",
  "INSERT INTO magasins VALUES (1, 2)",
  "UPDATE magasins SET ville = 'x'",
  "DELETE FROM magasins",
  "DROP TABLE magasins",
  "CREATE TEMP TABLE t (x)",
  "PRAGMA writable_schema = 1",
  "PRAGMA query_only = 0",
  "PRAGMA journal_mode = DELETE",
  "PRAGMA wal_checkpoint(TRUNCATE)",
  "BEGIN IMMEDIATE",
  "COMMIT",
  "SAVEPOINT s",
  "load_extension('{file}')",
  "writefile('{file}', 'x')",
  "readfile('/etc/passwd')",
  "EXPLAIN ",
  "REINDEX ",
  "ANALYZE ",
  "RETURNING * ",
  "ON CONFLICT DO NOTHING ",
];

const WHOLE = [
  "SELECT * FROM magasins",
  "WITH t AS (SELECT * FROM magasins) DELETE FROM magasins RETURNING *",
  "SELECT 1; VACUUM INTO '{file}'",
  "/* SELECT */ ATTACH DATABASE '{file}' AS a; CREATE TABLE a.t (x)",
  "EXPLAIN VACUUM INTO '{file}'",
  "PRAGMA main.journal_mode = OFF",
  "PRAGMA temp_store_directory = '{file}'",
  "SELECT zeroblob(1000000000)",
  "SELECT group_concat(hex(zeroblob(1000000))) FROM sqlite_master",
  "SELECT printf('%.*c', 500000000, 'x')",
  `SELECT ${"(".repeat(5_000)}1${")".repeat(5_000)}`,
  `SELECT ${"1 + ".repeat(20_000)}1`,
  `SELECT ${"1,".repeat(3_000)}1`,
  "WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t) SELECT x FROM t",
];
/** They take all the time that a query may take. */
const ENDLESS = [
  "WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t) SELECT count(*) FROM t",
  "SELECT count(*) FROM sqlite_master a, sqlite_master b, sqlite_master c, sqlite_master d, sqlite_master e, sqlite_master f",
];

const sqlOf = (chance: Chance, file: string): string => {
  const all = chance.number(40) === 0 ? ENDLESS : WHOLE;
  const sql = chance.number(2) === 0 ? chance.of(all) : chance.text(PIECES);
  return (chance.number(4) === 0 ? `SELECT 1;${sql}` : sql).replaceAll("{file}", file).slice(0, 60_000);
};

/** Longer than a query of the page may take, on a machine with much other work. */
const PATIENCE_MS = 60_000;

/** Asks the page. Returns what is wrong with the answer. */
export async function askPage(port: number, chance: Chance, file: string): Promise<string | undefined> {
  const path = chance.of(["api/query?", "export/query.csv?", "export/query.json?"]);
  const sql = sqlOf(chance, file);
  const answer = await fetch(
    `http://127.0.0.1:${port}/${path}sql=${encodeURIComponent(sql).slice(0, 14_000)}`,
    {
      signal: AbortSignal.timeout(PATIENCE_MS),
    },
  );
  await answer.text();
  return answer.status === 500 ? `500 for ${path}${sql.slice(0, 200)}` : undefined;
}

const run = promisify(execFile);

interface Failed {
  readonly code?: number | string;
  readonly signal?: string;
  readonly stderr?: string;
}

/** Runs `ventes query`. Returns what is wrong with how it ends. */
export async function askCommand(data: string, chance: Chance, file: string): Promise<string | undefined> {
  const sql = sqlOf(chance, file).replaceAll("\0", "");
  const form = chance.of([[], ["--csv"], ["--json"]]);
  const args = [PROGRAM, "query", sql, ...form, "--timeout", "2s", "--data", data];
  const options = { env: environment(), timeout: PATIENCE_MS, maxBuffer: 2 ** 30 };
  const {
    code,
    signal,
    stderr = "",
  } = await run(process.execPath, args, options).then(
    ({ stderr: said }): Failed => ({ code: 0, stderr: said }),
    (failed: Failed) => failed,
  );
  const isRight = code === 0 || code === 1 || code === 2;
  if (isRight && !/\n\s+at /.test(stderr)) return undefined;
  return `ventes query ${sql.slice(0, 200)}: ${signal ?? code}, ${stderr.slice(0, 500)}`;
}
