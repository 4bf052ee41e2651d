/**
 * The mission, by the command line alone: three files become the three results, exactly; what is unchanged does
 * nothing; what changes a little does a little. Embedded and on Kafka, from paths and from URLs.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { askSqlite3, byAnalyses, bySqlite3, byVentesQuery, type OnceReport } from "./support/answers.ts";
import { describeWith } from "./support/describe-with.ts";
import { ventes as ventesHere } from "./support/in-process.ts";
import { kafkaOfSuite } from "./support/kafka-of-suite.ts";
import { appended, brief, type Mission, smallCompany } from "./support/missions.ts";
import { publishFiles } from "./support/published-files.ts";
import { expectSuccess, scratchDirectory, ventes as ventesProcess } from "./support/ventes.ts";

type Entity = "produits" | "magasins" | "ventes";

/** Where the three files are published, and how one is replaced. */
interface Published {
  readonly sources: readonly string[];
  readonly publish: (entity: Entity, text: string) => void;
}

const inFolder = (mission: Mission): Published => {
  const folder = scratchDirectory();
  const path = (entity: Entity) => join(folder, `${entity}.csv`);
  const publish = (entity: Entity, text: string) => writeFileSync(path(entity), text);
  for (const entity of ["produits", "magasins", "ventes"] as const) publish(entity, mission[entity]);
  return { publish, sources: sourceFlags(path) };
};

const atUrls = async (mission: Mission): Promise<Published> => {
  const files = await publishFiles();
  onTestFinished(files.close);
  const publish = (entity: Entity, text: string) => files.publish(`${entity}.csv`, text);
  for (const entity of ["produits", "magasins", "ventes"] as const) publish(entity, mission[entity]);
  return { publish, sources: sourceFlags((entity) => files.url(`${entity}.csv`)) };
};

const sourceFlags = (at: (entity: Entity) => string): readonly string[] =>
  (["produits", "magasins", "ventes"] as const).flatMap((entity) => ["--source", `${entity}=${at(entity)}`]);

/** One pipeline: a data directory, and the log that the environment names. Processes play the small company from URLs only. */
const pipeline = (env: Readonly<Record<string, string>>, mission: Mission, { sources }: Published) => {
  const data = scratchDirectory();
  const asProcesses = mission === smallCompany && sources.some((source) => source.includes("http:"));
  const ventes = asProcesses ? ventesProcess : ventesHere;
  const once = async (...args: readonly string[]): Promise<OnceReport> => {
    const ran = await ventes(["start", "--once", "--json", "--data", data, ...args], { env });
    expect(ran.stderr).not.toMatch(/^\s+at /m);
    expectSuccess(ran);
    return JSON.parse(ran.stdout) as OnceReport;
  };
  return { data, once, env, ventes };
};

const behaves = (environment: () => Readonly<Record<string, string>>) => {
  describe.each([
    ["from paths", inFolder],
    ["from URLs", atUrls],
  ] as const)("%s", (_, publishMission) => {
    describe.each([smallCompany, ...(brief === undefined ? [] : [brief])])("$name", (mission) => {
      it("gives the published result, in every way of asking", async () => {
        const published = await publishMission(mission);
        const { sources } = published;
        const { data, once, env } = pipeline(environment(), mission, published);
        const report = await once(...sources);
        expect(report.analyses).toEqual(mission.analyses);
        expect(report).toMatchObject({ rejects: 0, orphans: 0 });
        expect(await byAnalyses(data)).toEqual(mission.analyses);
        expect(await bySqlite3(data)).toEqual(mission.analyses);
        expect(await byVentesQuery(data, env)).toEqual(mission.analyses);
      });

      it("again: nothing; a line: one event; a price: not the past; a column: no new sale; a replay: no change", async () => {
        const published = await publishMission(mission);
        const { sources, publish } = published;
        const { data, once, env, ventes } = pipeline(environment(), mission, published);
        const first = await once(...sources);
        const sales = mission.ventes.trim().split("\n").length - 1;
        expect(await askSqlite3(data, "SELECT COUNT(*) FROM ventes")).toBe(String(sales));

        const again = await once();
        expect(again).toMatchObject({
          events: 0,
          changed: 0,
          commit: first.commit,
          analyses: mission.analyses,
        });

        const longer = appended(mission.ventes, mission.line);
        publish("ventes", longer);
        const grown = await once();
        expect(grown).toMatchObject({ events: 1, changed: 1, analyses: mission.withLine });

        // The first product's price times ten, from today on: sales of the past keep theirs.
        publish("produits", mission.dearer);
        const priced = await once();
        expect(priced).toMatchObject({ events: 1, analyses: mission.withLine });

        const separator = longer.includes(";") ? ";" : ",";
        const ended = longer.endsWith("\n") ? "\n" : "";
        const [header, ...lines] = longer.trimEnd().split("\n");
        const wider = lines.map((line, i) => `${line}${separator}caisse ${(i % 3) + 1}`);
        publish("ventes", [`${header}${separator}Caisse`, ...wider].join("\n") + ended);
        const widened = await once();
        expect(widened).toMatchObject({ analyses: mission.withLine, rejects: 0, orphans: 0 });
        expect(await askSqlite3(data, "SELECT COUNT(*) FROM ventes")).toBe(String(sales + 1));

        const before = await askSqlite3(data, "SELECT * FROM ventes ORDER BY id_vente");
        const replay = await ventes(["replay", "--data", data], { env });
        expectSuccess(replay);
        expect(replay.stdout).toMatch(/[1-9]\d* events read, 0 rows repaired/);
        expect(await askSqlite3(data, "SELECT * FROM ventes ORDER BY id_vente")).toBe(before);
        expect(await byAnalyses(data)).toEqual(mission.withLine);
      });

      it("parks sales that come before their products and shops, and promotes them", async () => {
        const published = await publishMission(mission);
        const { sources } = published;
        const { data, once } = pipeline(environment(), mission, published);
        const sales = mission.ventes.trim().split("\n").length - 1;
        const parked = await once(...sources.slice(4));
        expect(parked.orphans).toBe(sales);
        expect(await askSqlite3(data, "SELECT COUNT(*) FROM ventes")).toBe("0");
        const half = await once(...sources.slice(2, 4));
        expect(half.orphans).toBe(sales);
        const whole = await once(...sources.slice(0, 2));
        expect(whole).toMatchObject({ orphans: 0, analyses: mission.analyses });
        expect(await bySqlite3(data)).toEqual(mission.analyses);
      });
    });
  });
};

describeWith("sqlite3", "embedded", () => behaves(() => ({})));

describeWith(["kafka", "sqlite3"], "on Kafka", () => {
  const kafka = kafkaOfSuite();

  behaves(() => ({ KAFKA_BROKERS: kafka.brokers, VENTES_NAMESPACE: kafka.namespace() }));
});
