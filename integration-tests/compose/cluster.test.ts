/** The profile cluster: three brokers with replication 3, two consumers; under load, whichever broker is killed. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { type ComposeProject, composeProject } from "../support/compose.ts";
import { describeWith } from "../support/describe-with.ts";
import { until } from "../support/until.ts";

const START_MS = 300_000;
const STEP_MS = 180_000;
const WAIT = { within: 120_000, every: 250 };
const BROKERS = ["kafka", "kafka-2", "kafka-3"] as const;
/** Every one with VENTES_TEST_LONG=1, else the first that clients ask, and another. */
const KILLED = process.env.VENTES_TEST_LONG ? BROKERS : (["kafka", "kafka-3"] as const);

describeWith("images", "three brokers under Compose", () => {
  let cluster: ComposeProject;
  beforeAll(async () => {
    // Fifty sales a second, so that something is always on its way.
    cluster = await composeProject({ DEMO_GROW: "20" }, "cluster.env");
    await cluster.compose("up", "-d", "--wait");
  }, START_MS);
  afterAll(async () => {
    expect(await cluster.down()).toEqual([]);
  }, STEP_MS);

  const sales = async () => Number(await cluster.sql("SELECT COUNT(*) FROM ventes"));
  const shown = async () => (await cluster.analyses())?.commit ?? 0;

  it(
    "has every topic on all three, and a write acknowledged by two",
    async () => {
      const described = await cluster.compose(
        ...["exec", "-T", "kafka", "/opt/kafka/bin/kafka-topics.sh"],
        ...["--bootstrap-server", "kafka:9092", "--describe"],
      );
      const topics = described.split("\n").filter((line) => /^Topic: ventes\./.test(line));
      expect(topics).toHaveLength(7);
      for (const topic of topics) {
        expect(topic).toMatch(/ReplicationFactor: 3\b/);
        expect(topic).toMatch(/min\.insync\.replicas=2/);
      }
      expect((await cluster.compose("ps", "-q", "consumer")).trim().split("\n")).toHaveLength(2);
    },
    STEP_MS,
  );

  it.each(KILLED)(
    "goes on when %s is killed under load, and when it is back",
    async (broker) => {
      const before = { sales: await sales(), shown: await shown() };
      await cluster.compose("kill", broker);
      await until(
        "sales that came after the kill, and analyses of them",
        async () => (await sales()) > before.sales + 200 && (await shown()) > before.shown,
        WAIT,
      );
      await cluster.compose("up", "-d", "--no-deps", "--wait", broker);
      const isWhole = async () => {
        const under = await cluster.compose(
          ...["exec", "-T", broker, "/opt/kafka/bin/kafka-topics.sh", "--bootstrap-server"],
          ...[BROKERS.map((name) => `${name}:9092`).join(","), "--describe", "--under-replicated-partitions"],
        );
        return under.trim() === "";
      };
      await until("its copies to be whole again", isWhole, WAIT);
    },
    STEP_MS,
  );

  it(
    "after all that the analyses equal the SQL, and a replay repairs nothing",
    async () => {
      await cluster.compose("stop", "-t", "10", "producer");
      const pending = "SELECT (SELECT MAX(commit_id) FROM commits) > (SELECT commit_id FROM progress)";
      await until("the last commit", async () => (await cluster.sql(pending)) === "0", WAIT);
      const replayed = await cluster.compose("exec", "-T", "analyzer", "ventes", "replay");
      expect(replayed).toMatch(/^[1-9]\d* events read, 0 rows repaired$/m);
      const [all, analysed] = (
        await cluster.sql(
          "SELECT SUM(ca_millioniemes) FROM ventes; SELECT millioniemes FROM analyses WHERE nom = 'chiffre_affaires_total'",
        )
      ).split("\n");
      expect(analysed).toBe(all);
      expect(await cluster.sql("SELECT COUNT(*) FROM ventes")).toBe(
        await cluster.sql("SELECT COUNT(DISTINCT id_vente) FROM ventes"),
      );
    },
    STEP_MS,
  );
});
