/** Where no broker is given, tests run on Kafka in a container: the official image, whole pipeline. */
import { expect, it, onTestFinished, vi } from "vitest";
import type { OnceReport } from "./support/answers.ts";
import { describeWith } from "./support/describe-with.ts";
import { startKafka } from "./support/kafka.ts";
import { smallCompany } from "./support/missions.ts";
import { publishFiles } from "./support/published-files.ts";
import { expectSuccess, scratchDirectory, ventes } from "./support/ventes.ts";

describeWith("container", "Kafka in a container", () => {
  it("takes the mission from files to analyses", { timeout: 180_000 }, async () => {
    vi.stubEnv("KAFKA_BROKERS", "");
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    const kafka = await startKafka();
    onTestFinished(kafka.stop);
    const files = await publishFiles({
      "produits.csv": smallCompany.produits,
      "magasins.csv": smallCompany.magasins,
      "ventes.csv": smallCompany.ventes,
    });
    onTestFinished(files.close);
    const urls = ["produits", "magasins", "ventes"].map((entity) => files.url(`${entity}.csv`));
    const env = { KAFKA_BROKERS: kafka.brokers, VENTES_NAMESPACE: kafka.namespace() };
    const args = ["start", "--once", "--json", "--data", scratchDirectory()];
    const ran = await ventes([...args, ...urls], { env });
    expectSuccess(ran);
    expect((JSON.parse(ran.stdout) as OnceReport).analyses).toEqual(smallCompany.analyses);
  });
});
