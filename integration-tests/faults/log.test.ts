/**
 * The log is lost while the database stays: its topics are deleted, and the next component that starts creates them again.
 * Running components stop with an error, others refuse to start; the database keeps its rows, and reads nothing from the
 * new log.
 */
import { expect, it } from "vitest";
import { TOPICS } from "#shared/contract/topics.ts";
import { makeAdmin } from "#shared/topic-log/kafka/cluster/kafkajs.ts";
import { canonicalDump } from "../../consumer/testing/canonical-dump.ts";
import { describeWith } from "../support/describe-with.ts";
import { kafkaOfSuite } from "../support/kafka-of-suite.ts";
import { until } from "../support/until.ts";
import { inDatabase, play, register, type Stage, whole } from "./round.ts";

describeWith("kafka", "a log that is lost", () => {
  const kafka = kafkaOfSuite();

  const deleteTopics = async ({ namespace }: Stage, names: readonly string[]): Promise<void> => {
    const admin = makeAdmin(kafka.settings);
    await admin.connect();
    const topics = names.map((name) => `${namespace}.${name}`);
    await admin.deleteTopics({ topics });
    await until("the topics to be deleted", async () => {
      const left = await admin.listTopics();
      return topics.every((topic) => !left.includes(topic));
    });
    await admin.disconnect();
  };
  const dumpOf = (stage: Stage) => inDatabase(stage.base, (db) => [...canonicalDump(db)]) ?? [];

  it("running components stop with an error when all topics are lost, and the next start refuses", async () => {
    const { stage, company } = await play(kafka, kafka.namespace(), { seed: 5 });
    await whole(stage, company);
    const before = dumpOf(stage);
    const producer = stage.actor({ component: "producer", n: 0 });
    const consumer = stage.actor({ component: "consumer", n: 0 });

    const analyzer = stage.actor({ component: "analyzer", n: 0 });

    const ends = [producer, consumer, analyzer].map((actor) => actor.endsByItself());
    await deleteTopics(
      stage,
      TOPICS.map(({ name }) => name),
    );
    for (const { code, stderr } of await Promise.all(ends)) {
      expect({ code, stderr }).toMatchObject({ code: 1 });
      expect(stderr).toMatch(/ventes: the topic \S+ (?:is gone|was deleted and created again)/);
    }
    expect(dumpOf(stage)).toEqual(before);

    // The next component creates the topics again, and a producer with an empty directory fills them.
    const other = await stage.more("producer", "another producer", `${stage.folder}/other`);
    other.start();
    await register(stage);
    consumer.start();
    const { code, stderr } = await consumer.endsByItself();
    expect({ code, stderr }).toMatchObject({ code: 1 });
    expect(stderr).toMatch(/was filled from another log/);
    expect(dumpOf(stage)).toEqual(before);
    expect(other.findings).toEqual([]);

    // A new database is filled from it.
    const again = `${stage.folder}/again`;
    for (const component of ["consumer", "analyzer"] as const)
      (await stage.more(component, `${component} of the new database`, again)).start();
    expect(await whole(stage, company, again)).toMatchObject({ lost: 0, doubled: 0, wrong: 0, first: [] });
  }, 300_000);

  it("the next start refuses when one topic was created again, whatever it holds", async () => {
    const { stage, company } = await play(kafka, kafka.namespace(), { seed: 6 });
    await whole(stage, company);
    for (const actor of stage.actors) await actor.stop();
    await deleteTopics(stage, ["ventes"]);
    for (const actor of stage.actors.slice(0, 2)) {
      actor.start();
      const { code, stderr } = await actor.endsByItself();
      expect({ code, stderr }).toMatchObject({ code: 1 });
      expect(stderr).toContain(`the topic ${stage.namespace}.ventes was deleted and created again`);
    }
  }, 300_000);
});
