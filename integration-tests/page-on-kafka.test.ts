/**
 * What a person changes on the page where producer, consumer and analyzer are processes on a real broker: a file is added,
 * a version is held, told of, confirmed and in the history; the file is removed with its rows and comes back.
 */
import { createServer } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, it, onTestFinished } from "vitest";
import { describeWith } from "./support/describe-with.ts";
import { kafkaOfSuite } from "./support/kafka-of-suite.ts";
import { listening } from "./support/listening.ts";
import { publishFiles } from "./support/published-files.ts";
import { until } from "./support/until.ts";
import { scratchDirectory, startVentes } from "./support/ventes.ts";
import { sales } from "./support/writing-page.ts";

describeWith("kafka", "the page, on Kafka", () => {
  const kafka = kafkaOfSuite();

  it("adds, tells of, confirms, removes and brings back a file", { timeout: 180_000 }, async () => {
    const told: string[] = [];
    const receiver = createServer(async (request, response) => {
      told.push(await text(request));
      response.writeHead(200, { connection: "close" }).end();
    });
    const receiverUrl = await listening(receiver);
    const files = await publishFiles({
      "produits.csv": "id_produit,nom\nP1,Carnet\n",
      "magasins.csv": "id_magasin,ville\nM1,Lyon\n",
      "ventes.csv": sales(),
    });
    const folder = scratchDirectory();
    const env = {
      KAFKA_BROKERS: kafka.brokers,
      VENTES_NAMESPACE: kafka.namespace(),
      VENTES_EVERY: "500ms",
      VENTES_LANG: "en",
      VENTES_NOTIFY: `${receiverUrl}/`,
    };
    const base = join(folder, "base");
    const producer = startVentes(["producer", "--data", join(folder, "producer")], { env });
    const consumer = startVentes(["consumer", "--data", base], { env });
    const analyzer = startVentes(["analyzer", "--data", base], { env });
    const running = [producer, consumer, analyzer];
    onTestFinished(async () => {
      for (const one of running) await one.stop();
      await files.close();
    });
    const [, url = ""] = await analyzer.said(/^page (http:\/\/127\.0\.0\.1:\d+\/)$/m, 60_000);
    const [, secret = ""] = await analyzer.said(/#write=(\S+)/);

    const ask = async (path: string, body: object, headers: Record<string, string> = {}) => {
      const response = await fetch(`${url}api/${path}`, {
        method: "POST",
        headers: { "content-type": "application/json", "x-ventes": "1", ...headers },
        body: JSON.stringify(body),
      });
      const cookie = response.headers.getSetCookie()[0]?.split(";", 1)[0] ?? "";
      return { status: response.status, cookie, answer: (await response.json()) as Record<string, unknown> };
    };
    const session = await ask("session", { link: secret });
    const own = { cookie: session.cookie, "x-ventes": String(session.answer.key) };
    const done = async (path: string, body: object) =>
      expect(await ask(path, body, own)).toMatchObject({ status: 200 });
    const read = async (path: string) => (await fetch(`${url}api/${path}`)).json() as Promise<never>;
    const total = async (wanted: number | null) =>
      until(
        `total ${wanted}`,
        async () => {
          const { chiffre_affaires_total } = await read("analyses?limit=1");
          return chiffre_affaires_total === wanted || undefined;
        },
        { within: 60_000 },
      );
    const source = files.url("ventes.csv");
    const stateOf = async (wanted: string) =>
      until(
        `the state ${wanted}`,
        async () => {
          const { sources } = (await read("sources")) as { sources: { source: string; state: string }[] };
          return sources.find((one) => one.source === source)?.state === wanted || undefined;
        },
        { within: 60_000 },
      );

    for (const name of ["produits.csv", "magasins.csv", "ventes.csv"])
      await done("sources/add", { url: files.url(name) });
    await total(600);
    files.publish(
      "ventes.csv",
      sales((n) => n >= 10 && n < 45),
    );
    await stateOf("held");
    await until("the alert", () => told.some((body) => body.includes("ventes.csv")) || undefined, {
      within: 60_000,
    });
    // Confirmed, it may be held for another reason: it deletes a good part of the rows.
    await until(
      "the version",
      async () => {
        const { chiffre_affaires_total } = await read("analyses?limit=1");
        if (chiffre_affaires_total === 250) return true;
        await ask("sources/confirm", { source, decisions: [] }, own);
        return undefined;
      },
      { within: 60_000, every: 500 },
    );
    await until(
      "the history",
      async () => {
        const { rows } = (await read(`history?source=${encodeURIComponent(source)}`)) as {
          rows: { kind: string }[];
        };
        const kinds = rows.map(({ kind }) => kind);
        return ["applied", "held", "decided"].every((kind) => kinds.includes(kind)) || undefined;
      },
      { within: 30_000 },
    );

    await done("sources/remove", { source, withdraw: true });
    await total(null);
    await done("sources/restore", { source });
    await total(250);
    for (const one of running) expect((await one.stop()).code).toBe(130);
  });
});
