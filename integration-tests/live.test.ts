/**
 * Three processes on a real broker that go on: a source added while they run is taken up, and when its file grows the
 * analyses follow within a second of the download. The machine may be busy, so one of some tries is enough.
 */
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { byAnalyses } from "./support/answers.ts";
import { describeWith } from "./support/describe-with.ts";
import { kafkaOfSuite } from "./support/kafka-of-suite.ts";
import { appended, smallCompany } from "./support/missions.ts";
import { publishFiles } from "./support/published-files.ts";
import { firstValue } from "./support/query.ts";
import { until } from "./support/until.ts";
import { expectSuccess, scratchDirectory, startVentes, ventes } from "./support/ventes.ts";

const FOLLOWS_WITHIN_MS = 1_000;
const TRIES = 20;

describeWith(["kafka", "sqlite3"], "producer, consumer and analyzer, running", () => {
  const kafka = kafkaOfSuite();

  it("take up a source, and the analyses follow within a second of a download", {
    timeout: 300_000,
  }, async () => {
    const folder = scratchDirectory();
    const files = await publishFiles({
      "produits.csv": smallCompany.produits,
      "magasins.csv": smallCompany.magasins,
      "ventes.csv": smallCompany.ventes,
    });
    onTestFinished(files.close);
    const env = {
      KAFKA_BROKERS: kafka.brokers,
      VENTES_NAMESPACE: kafka.namespace(),
      VENTES_EVERY: "200ms",
    };
    const [produced, base] = [join(folder, "producer"), join(folder, "base")];
    const producer = startVentes(["producer", "--data", produced], { env });
    const consumer = startVentes(["consumer", "--data", base], { env });
    const analyzer = startVentes(["analyzer", "--data", base], { env });
    await analyzer.said(/^page http:\/\/127\.0\.0\.1:\d+\/$/m, 60_000);

    const add = async (name: string): Promise<void> => {
      const added = await ventes(["sources", "add", files.url(name), "--data", produced], { env });
      expectSuccess(added);
    };
    const total = () => firstValue(base, "SELECT chiffre_affaires FROM chiffre_affaires_total");
    /** When the text as it now is was first downloaded by the running producer, counted from `since`. */
    const downloaded = (name: string, since: number): number =>
      files.requests.findLast(
        (r) => r.path === `/${name}` && (r.status === 200 || r.status === 206) && r.at >= since,
      )?.at ?? Number.NaN;

    await add("produits.csv");
    await add("magasins.csv");
    await until("the shops", () => firstValue(base, "SELECT COUNT(*) FROM magasins") === 3, {
      within: 60_000,
    });

    await add("ventes.csv");
    await until("the total", () => total() === smallCompany.analyses.chiffre_affaires_total);
    expect(await byAnalyses(base)).toEqual(smallCompany.analyses);

    let text = smallCompany.ventes;
    let fastest = Number.POSITIVE_INFINITY;
    for (let n = 1; n <= TRIES && fastest >= FOLLOWS_WITHIN_MS; n++) {
      const before = Number(total());
      const changed = Date.now();
      text = appended(text, smallCompany.line);
      files.publish("ventes.csv", text);
      await until("the new total", () => Number(total()) > before, { every: 5 });
      fastest = Math.min(fastest, Date.now() - downloaded("ventes.csv", changed));
      if (n === 1) expect(await byAnalyses(base)).toEqual(smallCompany.withLine);
    }
    expect(fastest).toBeLessThan(FOLLOWS_WITHIN_MS);

    for (const running of [producer, consumer, analyzer]) expect((await running.stop()).code).toBe(130);
  });
});
