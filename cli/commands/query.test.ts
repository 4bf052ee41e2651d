/** `query` as a user types it. What it refuses and where it ends: shared/database/guarded-sql. */
import { readdirSync } from "node:fs";
import { expect, it } from "vitest";
import { openVentes } from "#shared/database/ventes-db.ts";
import { scratchDirectory, ventes } from "../../integration-tests/support/ventes.ts";

it("answers in each form, and writes nothing", async () => {
  const data = scratchDirectory();
  openVentes(data, "x").close();
  const run = (sql: string, ...flags: readonly string[]) => ventes(["query", sql, ...flags, "--data", data]);
  const sql = "VALUES (1, 'a|b', NULL), (-2.5, '=1', x'41'); SELECT 3 AS n WHERE 0";
  expect(await run(sql)).toMatchObject({ code: 0, stdout: "1|a|b|\n-2.5|=1|A\n", stderr: "" });
  expect((await run(sql, "--csv")).stdout).toBe("column1,column2,column3\r\n1,a|b,\r\n-2.5,'=1,A\r\nn\r\n");
  expect((await run(sql, "--json")).stdout).toBe(
    '[{"column1":1,"column2":"a|b","column3":null},\n{"column1":-2.5,"column2":"=1","column3":"A"}]\n[]\n',
  );
  const before = readdirSync(data);
  const written = await run(`VACUUM INTO '${data}/copy.db'`);
  expect(written).toMatchObject({ code: 1, stdout: "" });
  expect(written.stderr).toContain("VACUUM");
  expect(readdirSync(data)).toEqual(before);
  const late = await run(
    "WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT MAX(x) FROM c",
    "--timeout",
    "300ms",
  );
  expect(late).toMatchObject({ code: 1 });
  expect(late.stderr).toContain("0.3 s");
  expect(late.stderr).toContain("--timeout 1h");
  expect(await run("SELECT 1", "--timeout", "soon")).toMatchObject({ code: 2 });
});
