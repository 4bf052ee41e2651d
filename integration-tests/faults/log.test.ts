/**
 * The log is lost while the database stays: its topics deleted, and made anew by whoever starts next. What ran with
 * it stops and says so, what starts refuses; the database keeps what it had, and reads nothing of another log.
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
    await until("the topics to be gone", async () => {
      const left = await admin.listTopics();
      return topics.every((topic) => !left.includes(topic));
    });
    await admin.disconnect();
  };
  const dumpOf = (stage: Stage) => inDatabase(stage.base, (db) => [...canonicalDump(db)]) ?? [];

  it("all its topics, under running programs: they stop and say so, and so does the next start", async () => {
    const { stage, company } = await play(kafka, kafka.namespace(), { seed: 5 });
    await whole(stage, company);
    const before = dumpOf(stage);
    const producer = stage.actor({ component: "producer", n: 0 });
    const consumer = stage.actor({ component: "consumer", n: 0 });

    const ends = [producer.endsByItself(), consumer.endsByItself()];
    await deleteTopics(
      stage,
      TOPICS.map(({ name }) => name),
    );
    for (const { code, stderr } of await Promise.all(ends)) {
      expect({ code, stderr }).toMatchObject({ code: 1 });
      expect(stderr).toMatch(/ventes: the topic \S+ (?:is gone|was deleted and made anew)/);
    }
    expect(dumpOf(stage)).toEqual(before);

    // The topics are made anew by whoever starts, and filled by a producer that has never been told anything.
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

  it("one of them, while nothing runs: refused at the next start, whatever it holds by then", async () => {
    const { stage, company } = await play(kafka, kafka.namespace(), { seed: 6 });
    await whole(stage, company);
    for (const actor of stage.actors) await actor.stop();
    await deleteTopics(stage, ["ventes"]);
    for (const actor of stage.actors.slice(0, 2)) {
      actor.start();
      const { code, stderr } = await actor.endsByItself();
      expect({ code, stderr }).toMatchObject({ code: 1 });
      expect(stderr).toContain(`the topic ${stage.namespace}.ventes was deleted and made anew`);
    }
  }, 300_000);
});
