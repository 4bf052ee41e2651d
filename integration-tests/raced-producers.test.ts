/**
 * Two producers publish at the same instant what the other one would have refused, and the one that could still tell it is
 * killed: no producer tells this race. The database finds it, `status` ends with 1 and names the command that undoes it.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import { describe, expect, it } from "vitest";
import type { DoubtReport } from "#shared/contract/doubt.ts";
import { embeddedSettings, type KafkaSettings, Settings } from "#shared/runtime/settings.ts";
import { layerTopicLog } from "#shared/topic-log/layer.ts";
import { pollSource } from "../producer/sync/poll.ts";
import { makeTemporaryProducer } from "../producer/sync/producer.ts";
import { wordsOf } from "../simulator/lives/decide.ts";
import { describeWith } from "./support/describe-with.ts";
import { ventes } from "./support/in-process.ts";
import { kafkaOfSuite } from "./support/kafka-of-suite.ts";
import { scratchDirectory } from "./support/ventes.ts";

interface Race {
  readonly code: string;
  readonly first: readonly string[];
  readonly second: readonly string[];
  /** Quantity and revenue in the database after the race, and after the first command that is advised. */
  readonly raced: readonly [quantity: number, revenue: number];
  readonly undone: readonly [quantity: number, revenue: number];
  /** What the last command says, which confirms that it is right so. */
  readonly confirms: string;
}

const RACES: readonly Race[] = [
  {
    code: "ids.collision",
    first: ["sale_id,date,product_id,store_id,qty", "1,2026-02-03,A,S1,1", "2,2026-02-03,B,S1,1"],
    second: ["sale_id,date,product_id,store_id,qty", "1,2026-02-03,B,S2,4", "2,2026-02-04,A,S2,4"],
    raced: [2, 40],
    undone: [10, 200],
    confirms: "one sale for each id",
  },
  {
    code: "overlap",
    first: ["date,product_id,store_id,qty", "2026-02-03,A,S1,3", "2026-02-03,B,S1,1", "2026-02-04,A,S1,2"],
    second: [
      "date,product_id,store_id,qty,cashier",
      "2026-02-03,B,S1,1,Ali",
      "2026-02-03,A,S1,3,Zoe",
      "2026-02-04,A,S1,2,Zoe",
    ],
    raced: [12, 240],
    undone: [6, 120],
    confirms: "other sales",
  },
];

/** `kafka`: null for the embedded log. */
function company(namespace: string, kafka: KafkaSettings | null, brokers: string | undefined) {
  const dir = scratchDirectory();
  const data = join(dir, "data");
  const env = {
    VENTES_LANG: "en",
    VENTES_NAMESPACE: namespace,
    ...(brokers === undefined ? {} : { KAFKA_BROKERS: brokers }),
  };
  const run = (...args: readonly string[]) => ventes([...args, "--data", data], { cwd: dir, env });
  const settings = embeddedSettings(data, { namespace, kafka });
  const layer = layerTopicLog.pipe(Layer.provideMerge(Layer.succeed(Settings, settings)));
  const write = (name: string, lines: readonly string[]) => {
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, name), `${lines.join("\n")}\n`);
  };
  return {
    run,
    write,
    /** The second producer reads and publishes all between the first one's check and its events; then the first is killed. */
    race: (first: string, second: string) =>
      Effect.runPromise(
        Effect.gen(function* () {
          const [one, two] = [yield* makeTemporaryProducer(), yield* makeTemporaryProducer()];
          for (const { registry } of [one, two]) yield* registry.refresh();
          const of = (name: string) => {
            const found = one.registry.registrations().find(({ source }) => source.endsWith(`/${name}`));
            if (found === undefined) throw new Error(`${name} is registered`);
            return found;
          };
          let isSent = false;
          const log: typeof one.log = {
            ...one.log,
            publish: (topic, records) =>
              Effect.gen(function* () {
                // A fence has the source for its key.
                const isFence = records.every(({ key }) => key?.startsWith("file:"));
                if (topic !== "ventes" || isFence || isSent) return yield* one.log.publish(topic, records);
                isSent = true;
                yield* pollSource(two, of(second), { mode: "once" }).pipe(Effect.orDie);
                yield* one.log.publish(topic, records);
                return yield* Effect.die(new Error("killed"));
              }),
          };
          return yield* Effect.exit(pollSource({ ...one, log }, of(first), { mode: "once" }));
        }).pipe(Effect.scoped, Effect.provide(layer)),
      ),
    /** Applies all events, as a consumer does, without a producer. */
    consume: () => run("replay"),
    figures: async () => {
      const sql = "SELECT SUM(quantité) AS q, SUM(chiffre_affaires) AS ca FROM ventes";
      const [{ q, ca }] = JSON.parse((await run("query", sql, "--json")).stdout);
      return [q, ca];
    },
    doubts: async (): Promise<readonly DoubtReport[]> => {
      const sources: readonly { readonly doubts?: readonly DoubtReport[] }[] = JSON.parse(
        (await run("sources", "--json")).stdout,
      );
      return sources.flatMap(({ doubts = [] }) => doubts);
    },
    paste: async (commands: string) => {
      for (const command of commands.split(" && ")) {
        const words = wordsOf(command);
        const { code, stderr } = await run(...words.slice(words.indexOf("ventes") + 1));
        expect({ code, stderr }).toMatchObject({ code: 0 });
      }
    },
  };
}

/** The company after the race, when only the database has the events. Returns what is told. */
async function afterRace(race: Race, of: ReturnType<typeof company>): Promise<DoubtReport> {
  of.write("p.csv", ["product_id,name,price", "A,Pain,20", "B,Vin,20"]);
  of.write("m.csv", ["store_id,city", "S1,Lyon", "S2,Nice"]);
  expect(await of.run("start", "--once", "p.csv", "m.csv")).toMatchObject({ code: 0 });
  of.write("one.csv", race.first);
  of.write("two.csv", race.second);
  await of.run("sources", "add", "ventes", "one.csv");
  await of.run("sources", "add", "ventes", "two.csv");
  expect((await of.race("one.csv", "two.csv"))._tag).toBe("Failure");
  await of.consume();
  expect(await of.figures()).toEqual(race.raced);
  const doubts = await of.doubts();
  expect(doubts.map(({ code, weight }) => [code, weight])).toEqual([[race.code, "attention"]]);
  return doubts[0] as DoubtReport;
}

async function isCaughtAndUndone(race: Race, of: ReturnType<typeof company>): Promise<void> {
  const { choices } = await afterRace(race, of);
  const undo = choices[0]?.command ?? "";
  const said = await of.run("status");
  expect(said.code).toBe(1);
  expect(said.stdout).toContain(undo);
  await of.paste(undo);
  await of.run("start", "--once");
  expect(await of.figures()).toEqual(race.undone);
  expect(await of.doubts()).toEqual([]);
  expect(await of.run("start", "--once")).toMatchObject({ code: 0 });
}

describe("a race of two producers that neither tells is caught by the database", () => {
  it.each(RACES)("and undone by the command that is said: $code", (race) =>
    isCaughtAndUndone(race, company("ventes", null, undefined)),
  );

  it.each(RACES)("and left when an operator confirms it: $code", async (race) => {
    const of = company("ventes", null, undefined);
    const confirmed = (await afterRace(race, of)).choices.at(-1);
    expect(confirmed?.says).toContain(race.confirms);
    await of.paste(confirmed?.command ?? "");
    expect(await of.doubts()).toEqual([]);
    expect(await of.run("status")).toMatchObject({ code: 0 });
    expect(await of.figures()).toEqual(race.raced);
  });
});

describeWith("kafka", "two producers on Kafka", () => {
  const kafka = kafkaOfSuite();

  it.each(RACES)("publish two files at the same instant: caught, said, undone: $code", (race) =>
    isCaughtAndUndone(race, company(kafka.namespace(), kafka.settings, kafka.brokers)),
  );
});
