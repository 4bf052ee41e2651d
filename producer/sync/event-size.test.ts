/** No row is too large to publish, on either log: a row whose event would not fit is rejected, with its raw text cut. */
import { randomBytes } from "node:crypto";
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { embeddedSettings, Settings, type SettingsShape } from "#shared/runtime/settings.ts";
import { layerTopicLog } from "#shared/topic-log/layer.ts";
import { MAX_RECORD_BYTES, recordBytes, recordRoom } from "#shared/topic-log/record-size.ts";
import { TopicLog } from "#shared/topic-log/topic-log.ts";
import { describeWith } from "../../integration-tests/support/describe-with.ts";
import { kafkaOfSuite } from "../../integration-tests/support/kafka-of-suite.ts";
import { registerSource } from "../admin/register.ts";
import { readSourcesOnce } from "../run.ts";
import { DEFAULT_ROW_ROOM, excessOf, fittingReject } from "../source/event-size.ts";
import { allEvents, rowsOf } from "../testing/pipeline.ts";

const noise = (bytes: number): string => randomBytes(bytes).toString("base64").slice(0, bytes);

/** For each id: the rest of its line, and whether it becomes a row or a reject. */
const LINES: readonly (readonly [id: string, rest: string, code: string | null])[] = [
  ["1", "Paris,", null],
  ["noise-1MB", `Lyon,${noise(1_000_000)}`, "record.too_large"],
  ["noise-that-fits", `Lyon,${noise(970_000)}`, null],
  ["backslashes", `Lyon,${"\\".repeat(600_000)}`, "record.too_large"],
  ["control", `Lyon,${"\u0001".repeat(200_000)}`, "record.too_large"],
  [noise(400_000), "Brest,", null],
  [noise(500_000), "Brest,", "record.too_large"],
  ["accents", `Lyon,${"é".repeat(500_000)}`, "record.too_large"],
  ["no-town", `,${noise(960_000)}`, "ville.missing"],
  ["no-town-and-long", `,${noise(1_040_000)}`, "ville.missing"],
  ["no-town-and-control", `,${"\u0001".repeat(300_000)}`, "ville.missing"],
  ["2", "Nantes,", null],
];
const LAST = noise(1_000_000);
const rejects = LINES.filter(([, , code]) => code !== null).length;

let dir: string;
let file: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "ventes-size-"));
  file = join(dir, "m.csv");
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** The events of the file, without times and offsets, so that the two logs can be compared. */
const readOn = (settings: SettingsShape) => {
  const layer = layerTopicLog.pipe(Layer.provideMerge(Layer.succeed(Settings, settings)));
  const run = <A, E>(work: Effect.Effect<A, E, TopicLog | Settings>) =>
    Effect.runPromise(work.pipe(Effect.provide(layer)));
  return run(
    Effect.gen(function* () {
      writeFileSync(file, `id_magasin,ville,note\n${LINES.map(([id, rest]) => `${id},${rest}\n`).join("")}`);
      yield* registerSource(file);
      const [first] = yield* readSourcesOnce();
      const [again] = yield* readSourcesOnce();
      // An open last line that is too long to announce, then more of it, then its end.
      appendFileSync(file, `last,${LAST}`);
      const [open] = yield* readSourcesOnce();
      appendFileSync(file, "xx");
      const [longer] = yield* readSourcesOnce();
      appendFileSync(file, "\n3,Nice,\n");
      const [ended] = yield* readSourcesOnce();
      const log = yield* TopicLog;
      const events = rowsOf(yield* allEvents);
      const largest = Math.max(
        ...events.map(({ key, event }) => recordBytes({ key, value: JSON.stringify(event) })),
      );
      return {
        statuses: [first, again, open, longer, ended],
        events,
        largest,
        most: log.maxRecordBytes("ventes"),
      };
    }),
  );
};

const same = (events: Awaited<ReturnType<typeof readOn>>["events"]) =>
  events
    .map(({ topic, key, event }) =>
      JSON.stringify([topic, key, event.kind, "row" in event ? event.row : null]),
    )
    .sort();

const check = ({ statuses, events, largest, most }: Awaited<ReturnType<typeof readOn>>) => {
  const sums = { records: LINES.length, rejected: rejects };
  expect(statuses[0]).toMatchObject({ state: "ok", emitted: LINES.length - rejects, ...sums });
  expect(statuses[1]).toMatchObject({ state: "ok", emitted: 0, unchanged: LINES.length - rejects, ...sums });
  expect(statuses[2]).toMatchObject({ state: "ok", records: LINES.length + 1, rejected: rejects + 1 });
  expect(statuses[3]).toMatchObject({ state: "ok", records: LINES.length + 1, rejected: rejects + 1 });
  expect(statuses[4]).toMatchObject({
    state: "ok",
    records: LINES.length + 2,
    rejected: rejects + 1,
    emitted: 1,
  });
  expect(largest).toBeLessThanOrEqual(most);
  const set = events.filter(({ topic, event }) => topic === "rejets" && event.kind === "row");
  const said = set.map(({ event }) => ("row" in event ? event.row : {}));
  const byId = (id: string) => said.find((row) => row.raw?.startsWith(`${id},`));
  for (const [id, , code] of LINES)
    if (code === null) expect(byId(id), id.slice(0, 30)).toBeUndefined();
    else expect(byId(id.slice(0, 900)) ?? byId(id), id.slice(0, 30)).toMatchObject({ code });
  // The raw text is whole where it fits; else it is cut and gives its full length.
  expect(byId("no-town")?.raw).toHaveLength(960_000 + "no-town,,".length);
  expect(byId("no-town-and-long")?.raw).toMatch(/… \[1040018 bytes\]$/);
  expect(byId("noise-1MB")?.raw?.length).toBeLessThan(1_100);
  expect(byId("noise-1MB")?.details).toEqual({
    value: expect.stringMatching(/^\d{7}$/),
    more: expect.stringMatching(/^\d{6}$/),
  });
};

describe("rows of a megabyte", () => {
  it("are rows where their event fits, and rejects where it does not", async () => {
    check(await readOn(embeddedSettings(join(dir, "embedded"))));
  }, 120_000);

  describeWith("kafka", "on Kafka", () => {
    const kafka = kafkaOfSuite();

    it("are the same as in the embedded log", async () => {
      const embedded = await readOn(embeddedSettings(join(dir, "embedded-2")));
      const onKafka = await readOn(
        embeddedSettings(join(dir, "kafka"), { kafka: kafka.settings, namespace: kafka.namespace() }),
      );
      check(onKafka);
      expect(same(onKafka.events)).toEqual(same(embedded.events));
      expect(onKafka.most).toBe(embedded.most);
    }, 180_000);
  });
});

it("a topic with smaller batches takes smaller records, one with larger ones no larger", () => {
  expect(recordRoom(1_048_588)).toBe(MAX_RECORD_BYTES);
  expect(recordRoom(100 << 20)).toBe(MAX_RECORD_BYTES);
  expect(recordRoom(100_000)).toBeLessThan(99_000);
});

it("a row fits to the byte, and a character is never cut in two", () => {
  const rest = "x".repeat(DEFAULT_ROW_ROOM - 4);
  expect(excessOf(DEFAULT_ROW_ROOM, "k", rest)).toBeUndefined();
  expect(excessOf(DEFAULT_ROW_ROOM, "k", `${rest}x`)).toBe(DEFAULT_ROW_ROOM + 1);
  const raw = `${"x".repeat(999)}${"😀".repeat(400_000)}`;
  const cut = fittingReject(DEFAULT_ROW_ROOM, {
    entity: "ventes",
    raw,
    code: "a",
    details: { value: raw, more: raw.slice(900), column: "c" },
  });
  expect(cut.raw.isWellFormed()).toBe(true);
  expect(cut.raw).toBe(`${"x".repeat(999)}… [1600999 bytes]`);
  expect(cut.details).toEqual({
    value: `${"x".repeat(199)}…`,
    more: `${"x".repeat(99)}${"😀".repeat(50)}…`,
    column: "c",
  });
});
