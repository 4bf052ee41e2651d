/**
 * kill -9 in the middle of a load, again and again: in the end every sale is there once and the analyses are those
 * of the file (invariants 2, 3 and 4). One process embedded; on Kafka three, each of them killed.
 */
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { byAnalyses, bySqlite3 } from "./support/answers.ts";
import { type BigCompany, writeBigCompany } from "./support/big-company.ts";
import { describeWith } from "./support/describe-with.ts";
import { kafkaOfSuite } from "./support/kafka-of-suite.ts";
import { publishFiles } from "./support/published-files.ts";
import { countOf, firstValue, isUpToDate } from "./support/query.ts";
import { until } from "./support/until.ts";
import { expectSuccess, type Running, scratchDirectory, startVentes, ventes } from "./support/ventes.ts";

const SALES = process.env.VENTES_TEST_LONG === "1" ? 200_000 : 40_000;
const KILLS = 5;
/** Each look opens the database and counts its sales. */
const WAIT = { within: 300_000, every: 100 };

const expectWhole = async (data: string, company: BigCompany): Promise<void> => {
  expect(countOf(data, "ventes")).toBe(SALES);
  expect(countOf(data, "orphelins")).toBe(0);
  expect(firstValue(data, "SELECT COUNT(DISTINCT CAST(id_vente AS INTEGER)) FROM ventes")).toBe(SALES);
  const analyses = await byAnalyses(data);
  expect(await bySqlite3(data)).toEqual(analyses);
  expect(Math.round(analyses.chiffre_affaires_total * 100)).toBe(company.total);
  expect(new Map(Object.entries(analyses.ventes_par_produit))).toEqual(company.quantities);
  const cities = Object.entries(analyses.ventes_par_region).map(
    ([city, sum]) => [city, Math.round(sum * 100)] as const,
  );
  expect(new Map(cities)).toEqual(company.cities);
};

/** The count of sales at which the k-th kill comes: spread over the load, never at its end. */
const killAt = (k: number): number => Math.floor(((k + Math.random()) * SALES) / (KILLS + 1));

describeWith("sqlite3", "embedded, killed while it loads", () => {
  it(`start, killed ${KILLS} times, then run to the end`, async () => {
    const folder = scratchDirectory();
    const company = writeBigCompany(join(folder, "files"), SALES);
    const data = join(folder, "data");
    const files = [company.produits, company.magasins, company.ventes];
    for (let k = 0; k < KILLS; k++) {
      const running = startVentes(["start", "--data", data, ...(k === 0 ? files : [])]);
      const at = killAt(k);
      await until(`${at} sales`, () => countOf(data, "ventes") + countOf(data, "orphelins") >= at, WAIT);
      expect((await running.stop("SIGKILL")).signal).toBe("SIGKILL");
      expect(firstValue(data, "PRAGMA integrity_check")).toBe("ok");
    }
    expect(countOf(data, "ventes") + countOf(data, "orphelins")).toBeLessThan(SALES);
    const last = await ventes(["start", "--once", "--json", "--data", data], { timeout: 120_000 });
    expectSuccess(last);
    await expectWhole(data, company);
    const replay = await ventes(["replay", "--data", data], { timeout: 120_000 });
    expect(replay.stdout).toMatch(/ 0 rows repaired/);
    await expectWhole(data, company);
  }, 900_000);
});

describeWith(["kafka", "sqlite3"], "on Kafka, each process killed while it loads", () => {
  const kafka = kafkaOfSuite();

  it("producer, consumer and analyzer, killed and started again", async () => {
    const folder = scratchDirectory();
    const company = writeBigCompany(join(folder, "files"), SALES);
    const files = await publishFiles({}, { folder: join(folder, "files") });
    onTestFinished(files.close);
    const env = {
      KAFKA_BROKERS: kafka.brokers,
      VENTES_NAMESPACE: kafka.namespace(),
      VENTES_EVERY: "1s",
    };
    const base = join(folder, "base");
    const directory = { producer: join(folder, "producer"), consumer: base, analyzer: base } as const;
    type Component = keyof typeof directory;
    const run = (component: Component): Running =>
      startVentes([component, "--data", directory[component]], { env });
    const running: Record<Component, Running> = {
      producer: run("producer"),
      consumer: run("consumer"),
      analyzer: run("analyzer"),
    };
    for (const entity of ["produits", "magasins", "ventes"]) {
      const url = files.url(`${entity}.csv`);
      const added = await ventes(["sources", "add", entity, url, "--data", directory.producer], { env });
      expectSuccess(added);
    }
    const arrived = () => countOf(base, "ventes") + countOf(base, "orphelins");
    const order: readonly Component[] = ["consumer", "producer", "analyzer", "producer", "consumer"];
    for (const [k, component] of order.entries()) {
      const at = killAt(k);
      await until(`${at} sales`, () => arrived() >= at, WAIT);
      expect((await running[component].stop("SIGKILL")).signal).toBe("SIGKILL");
      running[component] = run(component);
    }
    await until("every sale", () => countOf(base, "ventes") === SALES && isUpToDate(base), WAIT);
    await expectWhole(base, company);
    for (const component of ["producer", "consumer", "analyzer"] as const)
      expect((await running[component].stop()).code).toBe(130);
    await expectWhole(base, company);
  }, 900_000);
});
