/**
 * Processes that were paused and go on after others have worked: a consumer whose partitions another one took over and
 * applied, and a producer whose source another one read in a newer version. Neither does harm.
 */
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, it } from "vitest";
import { makeAdmin } from "#shared/topic-log/kafka/cluster/kafkajs.ts";
import { describeWith } from "../support/describe-with.ts";
import { kafkaOfSuite } from "../support/kafka-of-suite.ts";
import { until } from "../support/until.ts";
import { LivingCompany } from "./living-company.ts";
import {
  inDatabase,
  play,
  RIGHT,
  rebuild,
  register,
  type Stage,
  setStage,
  standsAtTheEnds,
  startReader,
  whole,
} from "./round.ts";

/** A group waits 10 s for a silent member, then 30 s at most for the others. */
const MOVES_WITHIN = { within: 120_000, every: 100 };

describeWith("kafka", "a process that goes on after a long pause", () => {
  const kafka = kafkaOfSuite();

  const positions = (stage: Stage) =>
    inDatabase(
      stage.base,
      (db) => db.prepare("SELECT SUM(position) FROM positions").pluck().get() as number,
    ) ?? 0;
  const membersOf = async (stage: Stage): Promise<number> => {
    const admin = makeAdmin(kafka.settings);
    await admin.connect();
    try {
      const ids = (await admin.listGroups()).groups.map((g) => g.groupId);
      const group = ids.find((id) => id.startsWith(`${stage.namespace}.consumer.`));
      if (group === undefined) return 0;
      const { groups } = await admin.describeGroups([group]);
      return groups[0]?.state === "Stable" ? groups[0].members.length : 0;
    } finally {
      await admin.disconnect();
    }
  };

  it("a consumer rolls its old batch back, reports that, and goes on", async () => {
    const stage = await setStage(kafka, kafka.namespace(), 2);
    const company = new LivingCompany(11, stage.files, 500);
    for (const actor of stage.actors) actor.start();
    await register(stage);
    const reader = startReader(stage.base);
    await whole(stage, company);
    await until("two members", async () => (await membersOf(stage)) === 2, MOVES_WITHIN);
    const [sleeper, owner] = [0, 1].map((n) => stage.actor({ component: "consumer", n })) as [
      Stage["actors"][number],
      Stage["actors"][number],
    ];

    // Both have batches in hand and wait for the lock; then one falls asleep, and all is the other's.
    const db = new Database(join(stage.base, "ventes.db"), { timeout: 10_000 });
    db.exec("BEGIN IMMEDIATE");
    const stood = positions(stage);
    company.grow(3_000);
    await until("the events", async () => (await endSum(stage)) >= stood + 3_000, MOVES_WITHIN);
    sleeper.pause();
    db.exec("ROLLBACK");
    db.close();
    await until("one member", async () => (await membersOf(stage)) === 1, MOVES_WITHIN);
    await until(
      "its partitions to be written by the other",
      () => positions(stage) >= stood + 3_000,
      MOVES_WITHIN,
    );
    sleeper.wake();
    await until(
      "the message",
      () => /another consumer has already written \w+\/\d up to/.test(sleeper.stderr()),
      MOVES_WITHIN,
    );
    company.live();
    expect(await whole(stage, company)).toMatchObject(RIGHT);
    await until("two members again", async () => (await membersOf(stage)) === 2, MOVES_WITHIN);
    company.live();
    expect(await whole(stage, company)).toMatchObject(RIGHT);
    expect([...sleeper.findings, ...owner.findings]).toEqual([]);
    expect(await reader.report()).toMatchObject({ wrong: 0, first: null });
    await stage.actor({ component: "producer", n: 0 }).stop();
    await standsAtTheEnds(stage);
    expect(await rebuild(stage)).toBe(0);
  }, 400_000);

  const endSum = async ({ namespace }: Stage): Promise<number> => {
    const admin = makeAdmin(kafka.settings);
    await admin.connect();
    try {
      let sum = 0;
      for (const topic of ["produits", "magasins", "ventes", "rejets"])
        for (const { high } of await admin.fetchTopicOffsets(`${namespace}.${topic}`)) sum += Number(high);
      return sum;
    } finally {
      await admin.disconnect();
    }
  };

  it("a producer in the middle of an old version changes nothing: the newer version holds", async () => {
    const { stage, company } = await play(kafka, kafka.namespace(), { seed: 12 });
    const reader = startReader(stage.base);
    await whole(stage, company);
    const sleeper = stage.actor({ component: "producer", n: 0 });

    // Its answers are slow, so that it is in the middle of the version when it falls asleep.
    sleeper.line.slow(300);
    const stood = await endSum(stage);
    company.grow(12_000);
    await until("some of its events", async () => (await endSum(stage)) > stood, MOVES_WITHIN);
    sleeper.pause();
    company.live();
    const other = await stage.more("producer", "another producer", `${stage.folder}/other`);
    other.start();
    expect(await whole(stage, company)).toMatchObject(RIGHT);
    sleeper.line.mend();
    sleeper.wake();
    company.live();
    expect(await whole(stage, company)).toMatchObject(RIGHT);
    expect(stage.actors.flatMap((actor) => actor.findings)).toEqual([]);
    await sleeper.stop();
    await other.stop();
    await standsAtTheEnds(stage);
    expect(await whole(stage, company)).toMatchObject(RIGHT);
    expect(await reader.report()).toMatchObject({ wrong: 0, first: null });
    expect(await rebuild(stage)).toBe(0);
  }, 400_000);
});
