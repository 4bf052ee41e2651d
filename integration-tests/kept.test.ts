/** Files that earlier versions wrote are read by this one: the database is migrated, and the topics still give its rows. */
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import { describe, expect, it } from "vitest";
import { EVENT_TOPICS, type EventTopic } from "#shared/contract/topics.ts";
import { openVentes, ventesMigrations } from "#shared/database/ventes-db.ts";
import { embeddedSettings, Settings, type SettingsShape } from "#shared/runtime/settings.ts";
import { layerTopicLog } from "#shared/topic-log/layer.ts";
import { TopicLog } from "#shared/topic-log/topic-log.ts";
import { applyRanges } from "../consumer/apply-ranges.ts";
import { openBoundDatabase } from "../consumer/bound-database.ts";
import { canonicalDump } from "../consumer/testing/canonical-dump.ts";
import { describeWith } from "./support/describe-with.ts";
import { kafkaOfSuite } from "./support/kafka-of-suite.ts";
import { firstValue } from "./support/query.ts";
import { expectSuccess, scratchDirectory, ventes } from "./support/ventes.ts";

const FOLDER = join(import.meta.dirname, "kept");
const VERSIONS = readdirSync(FOLDER).filter((name) => /^\d/.test(name));

interface Kept {
  readonly topic: EventTopic;
  readonly partition: number;
  readonly offset: number;
  readonly key: string;
  readonly value: string;
}

const textOf = (version: string, file: string): string => readFileSync(join(FOLDER, version, file), "utf8");
const linesOf = (version: string, file: string): readonly string[] =>
  textOf(version, file).trimEnd().split("\n");

const tableOf = (line: string): string => line.split(" ", 1)[0] ?? "";

/** The lines of the tables that version had: this one may have more. */
function known(version: string, dump: readonly string[]): readonly string[] {
  const tables = new Set(linesOf(version, "canonical.txt").map(tableOf));
  return dump.filter((line) => tables.has(tableOf(line)));
}

/** The rows without the analyses, which only an analyzer writes. */
const rowsOf = (version: string) =>
  linesOf(version, "canonical.txt").filter((line) => tableOf(line) !== "analyses");

/** A data directory as that version left it. */
function dataOf(version: string): string {
  const data = join(scratchDirectory(), "data");
  mkdirSync(data, { mode: 0o700 });
  for (const name of ["ventes.db", "events.db"])
    writeFileSync(join(data, name), gunzipSync(readFileSync(join(FOLDER, version, `${name}.gz`))), {
      mode: 0o600,
    });
  return data;
}

/** Migrates the database. */
const dumpOf = (version: string, data: string): readonly string[] => {
  const db = openVentes(data, "another");
  try {
    return known(version, [...canonicalDump(db)]);
  } finally {
    db.close();
  }
};

/** Publishes the records where they were, and applies them to a new database. */
const filled = (records: readonly Kept[]) =>
  Effect.scoped(
    Effect.gen(function* () {
      const log = yield* TopicLog;
      for (const topic of EVENT_TOPICS)
        yield* log.publish(
          topic,
          records
            .filter((record) => record.topic === topic)
            .map(({ key, value, partition }) => ({ key, value, partition })),
        );
      const db = yield* openBoundDatabase();
      const bounds = yield* log.bounds(EVENT_TOPICS);
      yield* applyRanges(
        db,
        bounds.map(({ topic, partition }) => ({ topic, partition, offset: 0 })),
        () => {},
      );
      return [...canonicalDump(db)];
    }),
  );

/** The rows of a new database that a new log fills with the records of that version. */
async function filledFrom(version: string, more: Partial<SettingsShape> = {}): Promise<readonly string[]> {
  const records = linesOf(version, "topics.jsonl").map((line) => JSON.parse(line) as Kept);
  const settings = embeddedSettings(scratchDirectory(), { partitions: 3, ...more });
  const layer = Layer.provideMerge(layerTopicLog, Layer.succeed(Settings, settings));
  return known(version, await Effect.runPromise(filled(records).pipe(Effect.provide(layer))));
}

describe.each(VERSIONS)("what version %s wrote", { timeout: 180_000 }, (version) => {
  it("is a database that is migrated, with the same rows, and equal to one that its topics fill now", async () => {
    const data = dataOf(version);
    expect(dumpOf(version, data)).toEqual(linesOf(version, "canonical.txt"));
    const compared = await ventes(["replay", "--rebuild", "--dry-run", "--json", "--data", data]);
    expectSuccess(compared);
    expect(JSON.parse(compared.stdout)).toMatchObject({ counts: {}, analyses: [], loss: { events: 0 } });
    expect((await ventes(["replay", "--data", data])).stdout).toContain(" 0 rows repaired");
    expect(dumpOf(version, data)).toEqual(linesOf(version, "canonical.txt"));
    expect(firstValue(data, "SELECT user_version FROM pragma_user_version")).toBe(ventesMigrations.length);
  });

  it("is a backup that can be restored, and sources that are known", async () => {
    const folder = scratchDirectory();
    cpSync(dataOf(version), join(folder, "backup"), { recursive: true });
    const restored = join(folder, "restored");
    expect(await ventes(["restore", join(folder, "backup"), "--data", restored])).toMatchObject({ code: 0 });
    const sources = await ventes(["sources", "--json", "--data", restored]);
    expect(sources.stdout).toContain("http://127.0.0.1:38999/ventes.csv");
    expect(dumpOf(version, restored)).toEqual(linesOf(version, "canonical.txt"));
  });

  it("is records that give the same rows from a new log", async () => {
    expect(await filledFrom(version)).toEqual(rowsOf(version));
  });
});

describeWith("kafka", "what earlier versions wrote to Kafka", () => {
  const kafka = kafkaOfSuite();

  it.each(VERSIONS)("version %s: its records give the same rows", async (version) => {
    const rows = await filledFrom(version, { kafka: kafka.settings, namespace: kafka.namespace() });
    expect(rows).toEqual(rowsOf(version));
  });
});
