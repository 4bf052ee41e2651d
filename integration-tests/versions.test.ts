/**
 * Only new rows cost something: a large file over HTTP, then a changed row in the middle, an appended row, and no change:
 * one event, one event, and none, with the downloaded bytes. VENTES_TEST_LONG=1 takes a million sales instead of 100,000.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { byAnalyses } from "./support/answers.ts";
import { writeBigCompany } from "./support/big-company.ts";
import { describeWith } from "./support/describe-with.ts";
import { publishFiles } from "./support/published-files.ts";
import { expectSuccess, scratchDirectory, ventes } from "./support/ventes.ts";

const SALES = process.env.VENTES_TEST_LONG ? 1_000_000 : 100_000;

describeWith("sqlite3", "a file over HTTP", () => {
  it(`of ${SALES} sales costs one event for one changed row, a few bytes for one appended, none for none`, {
    timeout: 300_000,
  }, async () => {
    const folder = scratchDirectory();
    const company = writeBigCompany(join(folder, "files"), SALES);
    const data = join(folder, "data");
    const server = await publishFiles({}, { folder: join(folder, "files") });
    const report: string[] = [];
    const poll = async (name: string, ...more: string[]) => {
      const before = server.requests.length;
      const from = performance.now();
      const ran = await ventes(["start", "--once", "--json", "--data", data, ...more], { timeout: 200_000 });
      expectSuccess(ran);
      const printed = JSON.parse(ran.stdout) as { events: number; changed: number };
      const requests = server.requests.slice(before).filter((r) => r.path === "/ventes.csv");
      const bytes = requests.reduce((sum, r) => sum + r.bytes, 0);
      report.push(
        `${name}: ${printed.events} events, ${requests.length} requests, ${bytes} bytes, ${Math.round(performance.now() - from)} ms`,
      );
      return { ...printed, bytes, statuses: requests.map((r) => r.status) };
    };
    try {
      const urls = ["produits.csv", "magasins.csv", "ventes.csv"].map(server.url);
      await poll("first", ...urls);
      const lines = readFileSync(company.ventes, "utf8").split("\n");
      const before = await byAnalyses(data);

      const middle = lines[SALES / 2]?.split(",") ?? [];
      const more = Number(middle[5]) + 1;
      lines[SALES / 2] = [...middle.slice(0, 5), more.toFixed(2)].join(",");
      server.publish("ventes.csv", lines.join("\n"));
      expect(await poll("one changed")).toMatchObject({ events: 1, changed: 1 });

      const last = lines.at(-2)?.split(",") ?? [];
      lines.splice(-1, 0, [String(SALES + 1), ...last.slice(1, 5), "2.00"].join(","));
      server.publish("ventes.csv", lines.join("\n"));
      const appended = await poll("one appended");
      expect(appended).toMatchObject({ events: 1, changed: 1, statuses: [206] });
      expect(appended.bytes).toBeLessThan(64 * 1024);

      expect(await poll("nothing new")).toMatchObject({ events: 0, changed: 0, bytes: 0, statuses: [304] });
      const after = await byAnalyses(data);
      expect(after.chiffre_affaires_total - before.chiffre_affaires_total).toBeCloseTo(3, 4);
      console.log(report.join("\n"));
    } finally {
      await server.close();
    }
  });
});
