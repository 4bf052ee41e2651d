/** Days of sales that are noticed: after the day of publication, or far from all others. */
import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { needsOperator } from "#shared/contract/status.ts";
import { confirmSource } from "../admin/confirm.ts";
import { registerSource } from "../admin/register.ts";
import { readSourcesOnce } from "../run.ts";
import { openPipeline, type Pipeline } from "../testing/pipeline.ts";

let pipeline: Pipeline;
let path: string;
beforeEach(async () => {
  pipeline = await openPipeline();
  path = join(pipeline.dir, "v.csv");
});
afterEach(() => pipeline.close());

const HEADER = "date_vente,id_produit,id_magasin,quantité\n";
const lines = (...days: readonly string[]): string =>
  days.map((day, i) => `${day},P1,M1,${i + 1}\n`).join("");
const WEEK = ["2026-02-02", "2026-02-03", "2026-02-04", "2026-02-05"];

const read = async () => {
  const [status] = await pipeline.run(readSourcesOnce());
  if (status === undefined) throw new Error("no source");
  return status;
};
const noticed = async () =>
  ((await read()).doubts ?? []).map(({ code, weight, says, examples }) => ({ code, weight, says, examples }));

it("are said, with the days, while the version applies and nobody needs to act", async () => {
  writeFileSync(path, HEADER + lines(...WEEK, "2016-02-03", "2062-02-03", "2062-02-04"));
  await pipeline.run(registerSource(path));
  const status = await read();
  expect([status.state, status.emitted, status.reason, needsOperator(status)]).toEqual(["ok", 7, "", false]);
  expect(await noticed()).toEqual([
    {
      code: "days.future",
      weight: "noticed",
      says: expect.stringMatching(
        /^2 of its sales are dated after the day of its publication, \d{4}-\d\d-\d\d \(2062-02-03, 2062-02-04\)$/,
      ),
      examples: ["2062-02-03", "2062-02-04"],
    },
    {
      code: "days.far",
      weight: "noticed",
      says: "one of its sales is dated far from all others (2016-02-03), which are of 2026-02-02 to 2026-02-05",
      examples: ["2016-02-03"],
    },
  ]);
});

it("are known of lines that were there before the file grew, and gone when they are mended", async () => {
  writeFileSync(path, HEADER + lines(...WEEK, "2016-02-03"));
  await pipeline.run(registerSource(path));
  await read();
  appendFileSync(path, lines("2026-02-06"));
  expect((await noticed()).map(({ examples }) => examples)).toEqual([["2016-02-03"]]);
  writeFileSync(path, HEADER + lines(...WEEK, "2026-02-03") + lines("2026-02-06"));
  expect(await noticed()).toEqual([]);
});

it("are not said again when an operator says that it is to be so", async () => {
  writeFileSync(path, HEADER + lines(...WEEK, "2062-02-03"));
  const { source } = await pipeline.run(registerSource(path));
  await pipeline.run(confirmSource(source, (await read()).doubts ?? []));
  expect(await noticed()).toEqual([]);
  appendFileSync(path, lines("2062-02-04"));
  expect(await noticed()).toEqual([]);
});

it.each([
  ["a week", WEEK],
  ["a sale a month", ["2026-01-05", "2026-02-05", "2026-03-05", "2026-04-05"]],
  ["a sale a year", ["2023-01-05", "2024-01-05", "2025-01-05"]],
  [
    "a summer and a winter",
    ["2025-07-01", "2025-07-02", "2025-07-03", "2025-12-20", "2025-12-21", "2025-12-22"],
  ],
])("are none in a file of %s", async (_what, days) => {
  writeFileSync(path, HEADER + lines(...days));
  await pipeline.run(registerSource(path));
  expect(await noticed()).toEqual([]);
});
