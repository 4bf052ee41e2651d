/** The guard around SQL that others write: each case ran, wrote a file or never ended with a read-only connection alone. */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import { describe, expect, it } from "vitest";
import { scratchDirectory } from "../../../integration-tests/support/ventes.ts";
import { openPlain } from "../sqlite.ts";
import {
  FOREIGN_LIMITS,
  OPERATOR_LIMITS,
  runSql,
  type SqlFailure,
  type SqlLimits,
  type SqlValue,
} from "./run.ts";
import { notReading, splitStatements } from "./statements.ts";

/** A database in WAL mode with a table of three rows. */
const database = (): string => {
  const file = join(scratchDirectory(), "x.db");
  const db = openPlain(file);
  db.pragma("journal_mode = WAL");
  db.exec(
    "CREATE TABLE t (a); INSERT INTO t VALUES (1), ('deux'), (x'00ff'), (NULL), (9007199254740993), (0.5)",
  );
  db.close();
  return file;
};

const answersOf = async (sql: string, limits: Partial<SqlLimits> = {}, file = database()) => {
  const got: { names: readonly string[]; rows: (readonly SqlValue[])[] }[] = [];
  await Effect.runPromise(
    runSql(
      { file, sql, limits: { ...FOREIGN_LIMITS, ...limits }, language: "en" },
      {
        columns: (names) => void got.push({ names, rows: [] }),
        rows: (rows) => void got.at(-1)?.rows.push(...rows),
        end: () => {},
      },
    ),
  );
  return got;
};

const failureOf = (sql: string, limits: Partial<SqlLimits> = {}, file?: string): Promise<SqlFailure> =>
  answersOf(sql, limits, file).then(
    (got) => expect.fail(`answered ${got.length} statements`),
    (error: SqlFailure) => error,
  );

/** Rows without an end, one of which has everything. */
const ENDLESS = "WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c)";

describe("SQL of others", () => {
  it.each([
    ["SELECT * FROM vente", "ventes"],
    ["SELECT quantite FROM ventes", "quantité"],
    ["SELECT v.magasin FROM ventes v", "id_magasin"],
    ["SELECT ChiffreAffaire FROM ventes", "chiffre_affaires"],
    ["SELECT ville FROM ventes", undefined],
    ["SELECT zzz FROM ventes", undefined],
    ["SELECT lengt('a')", undefined],
  ])("%s: the name that was meant is %s", async (sql, near) => {
    const file = database();
    const db = openPlain(file);
    db.exec(`
      CREATE TABLE ventes (id_magasin, quantité, chiffre_affaires); CREATE TABLE magasins (ville);
      CREATE TABLE old_vente (x); CREATE VIEW broken AS SELECT * FROM missing_one`);
    db.close();
    const failure = await failureOf(sql, {}, file);
    expect(failure.near).toBe(near);
    if (near !== undefined) expect(failure.message).toMatch(new RegExp(`\\(did you mean ${near}\\?\\)$`));
  });

  it("with more rows than it may have gives those up to the limit, then fails", async () => {
    const rows: unknown[] = [];
    const sink = {
      columns: () => {},
      rows: (some: readonly unknown[]) => void rows.push(...some),
      end: () => {},
    };
    const failure = await Effect.runPromise(
      Effect.flip(
        runSql(
          {
            file: database(),
            sql: `SELECT 0; ${ENDLESS} SELECT x FROM c LIMIT 5000`,
            limits: { ...FOREIGN_LIMITS, rows: 8 },
            language: "en",
          },
          sink,
        ),
      ),
    );
    expect([failure.reason, rows.length]).toEqual(["rows", 8]);
  });

  it("about tables in which an event is half applied waits for the state after it; results are answered at once", async () => {
    const file = database();
    const db = openPlain(file);
    db.exec(`
      CREATE TABLE ventes (ca); INSERT INTO ventes VALUES (1);
      CREATE TABLE analyses (ca); INSERT INTO analyses VALUES (1);
      CREATE TABLE unfinished (parent, id, done, total); INSERT INTO unfinished VALUES ('produits', 'P', 1, 3)`);
    expect((await answersOf("SELECT ca FROM analyses", {}, file))[0]?.rows).toEqual([[1n]]);
    let answered = false;
    const asked = answersOf("SELECT 1; SELECT sum(ca) FROM ventes", {}, file).finally(() => {
      answered = true;
    });
    // The query is an answer in another process: this one has started it, and it may not have an answer yet.
    await answersOf("SELECT 1", {}, file);
    expect(answered).toBe(false);
    // When the wait is over, the answer says what it waited for, and not that the query is slow.
    const waited = await failureOf("SELECT ca FROM ventes", { waitMs: 0 }, file);
    expect(waited).toMatchObject({ reason: "unfinished", detail: "P, 1/3" });
    db.exec("BEGIN; UPDATE ventes SET ca = 3; DELETE FROM unfinished; COMMIT");
    expect((await asked)[1]?.rows).toEqual([[3n]]);
    db.close();
  });

  it("is answered, one statement after the other, with each kind of value", async () => {
    expect(await answersOf("SELECT a FROM t; -- nothing\n; VALUES (1, 'x')")).toEqual([
      { names: ["a"], rows: [[1n], ["deux"], [Buffer.from([0, 255])], [null], [9007199254740993n], [0.5]] },
      { names: ["column1", "column2"], rows: [[1n, "x"]] },
    ]);
    expect((await answersOf(`${ENDLESS} SELECT x FROM c LIMIT 5000`))[0]?.rows).toHaveLength(5000);
    expect((await failureOf("SELECT rien FROM t")).message).toBe("SQL: no such column: rien");
    expect((await failureOf(" ; -- ")).reason).toBe("empty");
  });

  it("writes nothing and reads no other file", async () => {
    const file = database();
    const dir = join(file, "..");
    const other = database();
    for (const sql of [
      `VACUUM INTO '${dir}/copy.db'`,
      `/* a */ vacuum -- b\n INTO '${dir}/copy.db'`,
      `ATTACH '${other}' AS other; SELECT * FROM other.t`,
      `ATTACH '${dir}/new.db' AS other`,
      "INSERT INTO t VALUES (2)",
      "WITH c AS (SELECT 1) INSERT INTO t SELECT * FROM c",
      "WITH c AS (SELECT 1) DELETE FROM t RETURNING a",
      "CREATE TEMP TABLE x (a)",
      "PRAGMA query_only = OFF",
      "PRAGMA hard_heap_limit(0)",
      "PRAGMA main.journal_mode = DELETE",
      `PRAGMA temp_store_directory = '${dir}'`,
      "BEGIN IMMEDIATE",
      "COMMIT",
      "REINDEX",
      "SELECT load_extension('x.so')",
      "SELECT writefile('x', 'y')",
    ]) {
      const { reason } = await failureOf(sql, {}, file);
      expect(["writes", "sql"], sql).toContain(reason);
    }
    expect(readdirSync(dir).filter((name) => !name.startsWith("x.db"))).toEqual([]);
    expect(
      await answersOf("PRAGMA table_info(t); EXPLAIN SELECT 1; PRAGMA main.user_version", {}, file),
    ).toHaveLength(3);
  });

  it.each([FOREIGN_LIMITS, OPERATOR_LIMITS])(
    "may wait for less than half of its time: %o",
    ({ ms, waitMs }) => expect(waitMs).toBeLessThan(ms / 2),
  );

  it("ends at its limits of time, rows, memory and size of a row", async () => {
    const endless = await failureOf(`${ENDLESS} SELECT MAX(x) FROM c`, { ms: 500 });
    expect(endless.message).toBe("the query took more than 0.5 s: narrow it (WHERE, LIMIT, a JOIN by an id)");
    expect((await failureOf(`${ENDLESS} SELECT x FROM c`, { rows: 10_000 })).reason).toBe("rows");
    const memoryBytes = 16 * 1024 ** 2;
    expect((await failureOf(`${ENDLESS} SELECT x FROM c ORDER BY -x`, { memoryBytes })).reason).toBe(
      "memory",
    );
    const all = `SELECT length(group_concat(randomblob(1000000))) FROM (${ENDLESS} SELECT x FROM c)`;
    expect((await failureOf(all, { memoryBytes })).reason).toBe("memory");
    expect((await failureOf("SELECT zeroblob(20000000)")).reason).toBe("rowSize");
  });

  it("ends when its reader does not take the rows, and the WAL is free again", async () => {
    const file = database();
    const writer = openPlain(file);
    const failure = await Effect.runPromise(
      Effect.flip(
        runSql(
          {
            file,
            sql: `${ENDLESS} SELECT x, (SELECT MAX(a) FROM t) FROM c`,
            limits: { ...FOREIGN_LIMITS, rows: Number.POSITIVE_INFINITY, stallMs: 200 },
            language: "en",
          },
          {
            columns: () => {},
            rows: () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 600),
            end: () => {},
          },
        ),
      ),
    );
    expect(failure).toMatchObject({ reason: "stalled" });
    writer.exec("INSERT INTO t VALUES (3)");
    expect(writer.pragma("wal_checkpoint(TRUNCATE)")).toEqual([{ busy: 0, log: 0, checkpointed: 0 }]);
    expect(statSync(`${file}-wal`).size).toBe(0);
    writer.close();
  });

  it("is interrupted at once", async () => {
    const fiber = Effect.runFork(
      runSql(
        { file: database(), sql: `${ENDLESS} SELECT MAX(x) FROM c`, limits: FOREIGN_LIMITS, language: "fr" },
        { columns: () => {}, rows: () => {}, end: () => {} },
      ),
    );
    const exit = await Effect.runPromise(
      Fiber.interrupt(fiber).pipe(Effect.delay(300), Effect.andThen(Fiber.await(fiber))),
    );
    expect(Exit.hasInterrupts(exit)).toBe(true);
  });
});

it.each([
  ["select 1", undefined],
  ["\ufeff -- x\n/* ATTACH */ SELECT 1", undefined],
  ["EXPLAIN QUERY PLAN SELECT 1", undefined],
  ["PRAGMA table_info('ventes')", undefined],
  ["PRAGMA user_version", undefined],
  ["PRAGMA user_version = 3", "PRAGMA user_version"],
  ["PRAGMA user_version(3)", "PRAGMA user_version"],
  ["pragma wal_checkpoint", "PRAGMA wal_checkpoint"],
  ["attach 'x' as y", "ATTACH"],
  ["", ""],
  ["(SELECT 1)", "("],
])("%j begins with what may do more than read: %s", (sql, what) => expect(notReading(sql)).toBe(what));

it("splits statements outside of quotes and comments", () => {
  expect(splitStatements("SELECT ';' -- ;\n; /* ; */ ; SELECT \"a;b\", [c;d], `e;f`;")).toEqual([
    "SELECT ';' -- ;\n",
    ' SELECT "a;b", [c;d], `e;f`',
  ]);
});
