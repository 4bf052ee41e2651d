/** Memory does not grow with the file (invariant 7). VENTES_TEST_LONG=1 takes a million sales instead of 200,000. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";

import { expect, it } from "vitest";
import { byAnalyses } from "./support/answers.ts";
import { writeBigCompany } from "./support/big-company.ts";
import { describeWith } from "./support/describe-with.ts";

import { expectSuccess, scratchDirectory, startVentes } from "./support/ventes.ts";

const SALES = process.env.VENTES_TEST_LONG ? 1_000_000 : 200_000;
const LIMIT_MB = 350;

/** The most memory the process has had resident so far, as Linux counts it. */
const peakMb = (pid: number): number | undefined => {
  try {
    const line = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
    return line === null ? undefined : Number(line[1]) / 1024;
  } catch {
    return undefined; // It has ended.
  }
};

describeWith("sqlite3", "a large file", () => {
  it(`of ${SALES} sales is read within ${LIMIT_MB} MB, and gives exactly what it holds`, async () => {
    const folder = scratchDirectory();
    const company = writeBigCompany(join(folder, "files"), SALES);
    const data = join(folder, "data");
    const { produits, magasins, ventes } = company;
    const running = startVentes(["start", "--once", "--json", "--data", data, produits, magasins, ventes]);

    let peak = 0;
    let isOver = false;
    const ended = running.ended.then((ran) => {
      isOver = true;
      return ran;
    });
    while (!isOver) {
      peak = Math.max(peak, peakMb(running.pid) ?? 0);
      await setTimeout(20);
    }
    const ran = await ended;
    expectSuccess(ran);

    const analyses = await byAnalyses(data);
    expect(Math.round(analyses.chiffre_affaires_total * 100)).toBe(company.total);
    expect(new Map(Object.entries(analyses.ventes_par_produit))).toEqual(company.quantities);
    const cities = Object.entries(analyses.ventes_par_region).map(
      ([city, v]) => [city, Math.round(v * 100)] as const,
    );
    expect(new Map(cities)).toEqual(company.cities);
    expect(peak).toBeGreaterThan(0);
    expect(peak).toBeLessThan(LIMIT_MB);
  }, 180_000);
});
