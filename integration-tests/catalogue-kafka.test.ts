/**
 * A catalogue on a real broker: two producers share its entries, the other one takes over after a kill, and the
 * producer that has a file tries its rejected rows again.
 */
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { describeWith } from "./support/describe-with.ts";
import { kafkaOfSuite } from "./support/kafka-of-suite.ts";
import { publishFiles } from "./support/published-files.ts";
import { countOf, isUpToDate } from "./support/query.ts";
import { until } from "./support/until.ts";
import { scratchDirectory, startVentes, ventes } from "./support/ventes.ts";

const SALES = "id_vente,date_vente,id_produit,id_magasin,quantité,prix";
const salesOf = (n: number) => `${SALES}\n${n},2026-01-01,p,m,1,2\nx${n},2026-01-01,p,m,1,2 $\n`;
const WITHIN = { within: 90_000, every: 100 };

describeWith("kafka", "a catalogue and two producers", () => {
  const kafka = kafkaOfSuite();

  it("share its entries, take over from each other, and try rejected rows again", {
    timeout: 300_000,
  }, async () => {
    const folder = scratchDirectory();
    const names = Array.from({ length: 24 }, (_, n) => `${n}.csv`);
    const list = (upTo: number) => `p.csv\nm.csv\n${names.slice(0, upTo).join("\n")}\n`;
    const files = await publishFiles({
      "list.txt": list(20),
      "p.csv": "id_produit,nom,prix\np,Pain,2\n",
      "m.csv": "id_magasin,ville\nm,Lyon\n",
      ...Object.fromEntries(names.map((name, n) => [name, salesOf(n)])),
    });
    onTestFinished(files.close);
    const env = {
      KAFKA_BROKERS: kafka.brokers,
      VENTES_NAMESPACE: kafka.namespace(),
      VENTES_EVERY: "300ms",
      VENTES_DEVISE: "EUR",
    };
    const [one, two, base] = [join(folder, "1"), join(folder, "2"), join(folder, "base")];
    const run = (args: readonly string[], data: string, more = {}) =>
      ventes([...args, "--data", data], { env: { ...env, ...more }, timeout: 120_000 });

    const added = await run(["sources", "add", "--catalogue", files.url("list.txt")], one);
    expect(added).toMatchObject({ code: 0, stderr: "" });
    const producers = [one, two].map((data) => startVentes(["producer", "--data", data], { env }));
    startVentes(["consumer", "--data", base], { env });
    startVentes(["analyzer", "--data", base], { env });
    await until("20 files", () => countOf(base, "ventes") === 20 && countOf(base, "rejets") === 20, WITHIN);

    // The killed producer may have the catalogue, or entries.
    expect((await producers[0]?.stop("SIGKILL"))?.signal).toBe("SIGKILL");
    files.publish("list.txt", list(24));
    await until("24 files", () => countOf(base, "ventes") === 24 && countOf(base, "rejets") === 24, WITHIN);
    const status = async () =>
      JSON.parse((await run(["sources", "--json"], two)).stdout) as {
        listed?: number;
        taken?: number;
        state: string;
      }[];
    await until(
      "all of them to be reported as read",
      async () => {
        const all = await status();
        return (
          all.every(({ state }) => state === "ok") &&
          all.some(({ listed, taken }) => listed === 26 && taken === 26)
        );
      },
      WITHIN,
    );

    // The producer that is left reads them again in its own currency; those beside it change nothing.
    const again = await run(["rejects", "retry", "--json"], base);
    expect(JSON.parse(again.stdout)).toEqual({ sources: 24, resolved: 0, remaining: 24 });
    await producers[1]?.stop();
    startVentes(["producer", "--data", two], { env: { ...env, VENTES_DEVISE: "USD" } });
    const resolved = await until(
      "the new producer to take them",
      async () => {
        const ran = await run(["rejects", "retry", "--json"], base);
        const report = JSON.parse(ran.stdout || "{}") as { resolved?: number; remaining?: number };
        return report.remaining === 0 ? report : undefined;
      },
      { within: 180_000, every: 500 },
    );
    expect(resolved.remaining).toBe(0);
    await until("48 sales", () => countOf(base, "ventes") === 48 && isUpToDate(base), WITHIN);
    expect(countOf(base, "rejets")).toBe(0);
  });
});
