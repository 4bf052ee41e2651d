/** What a program that watches `ventes start` is told: it becomes ready, and its metrics agree with the database. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { smallCompany } from "./support/missions.ts";
import { countOf } from "./support/query.ts";
import { until } from "./support/until.ts";
import { scratchDirectory, startVentes } from "./support/ventes.ts";

it("start becomes ready once its figures are right, and its metrics agree with its database", async () => {
  const data = scratchDirectory();
  const folder = scratchDirectory();
  const files = (["produits", "magasins", "ventes"] as const).map((name) => {
    const file = join(folder, `${name}.csv`);
    writeFileSync(file, smallCompany[name]);
    return file;
  });
  const running = startVentes(["start", ...files, "--data", data, "--every", "200ms"]);
  const [, page = ""] = await running.said(/^page (\S+)$/m);
  const ask = async (path: string) => {
    const response = await fetch(page + path);
    return { status: response.status, text: await response.text() };
  };
  await until("readiness", async () => (await ask("readyz")).status === 200 || undefined);
  const { text } = await ask("metrics");
  for (const table of ["produits", "magasins", "ventes"])
    expect(text).toContain(`\nventes_rows{table="${table}"} ${countOf(data, table)}\n`);
  expect(text).toMatch(/\nventes_behind_seconds 0\n/);
  await until(
    "a publication that is in the analyses",
    async () =>
      /\nventes_publish_to_visible_seconds_count [1-9]/.test((await ask("metrics")).text) || undefined,
  );
  expect(text).toMatch(/\nventes_component_up\{component="consumer",id="[^"]+"\} 1\n/);
  expect(text).not.toMatch(/\nventes_lag_records\{[^}]*\} [1-9]/);
  expect((await ask("healthz")).text).toMatch(/"ok":true,"commit":[1-9]/);
});
