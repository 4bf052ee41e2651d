/**
 * Measures records a second through TopicLog: published, read and followed, in both layers (Kafka if KAFKA_BROKERS is
 * set). Usage: node bench/log.ts [RECORDS]. Values are JSON events of about 200 bytes, in batches of 5,000.
 */
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as Layer from "effect/Layer";
import { embeddedSettings, Settings, type SettingsShape } from "#shared/runtime/settings.ts";
import { makeAdmin } from "#shared/topic-log/kafka/cluster/kafkajs.ts";
import { layerTopicLog } from "#shared/topic-log/layer.ts";
import { type NewRecord, TopicLog } from "#shared/topic-log/topic-log.ts";

const RECORDS = Number(process.argv[2] ?? 500_000);
const BATCH = 5_000;

const record = (i: number): NewRecord => ({
  key: `V${i}`,
  value: JSON.stringify({
    v: 1,
    kind: "row",
    source: "https://example.com/ventes.csv",
    version: 17,
    line: i,
    published: "2026-11-22T10:00:00.000Z",
    day: "2026-11-22",
    row: { id_vente: `V${i}`, id_produit: `REF${i % 90}`, quantité: String(i % 17) },
    extras: {},
  }),
});

const batches = Array.from({ length: Math.ceil(RECORDS / BATCH) }, (_, n) =>
  Array.from({ length: Math.min(BATCH, RECORDS - n * BATCH) }, (_, i) => record(n * BATCH + i)),
);

const measure = Effect.gen(function* () {
  const log = yield* TopicLog;
  const say = (what: string, began: number, records: number) => {
    const rate = Math.round((records / (performance.now() - began)) * 1_000);
    console.log(
      `${log.kind.padEnd(9)} ${what.padEnd(10)} ${rate.toLocaleString("en").padStart(12)} records/s`,
    );
  };

  let began = performance.now();
  for (const batch of batches) yield* log.publish("ventes", batch);
  say("publish", began, RECORDS);

  began = performance.now();
  let count = 0;
  const starts = Array.from({ length: log.partitions("ventes") }, (_, partition) => ({
    topic: "ventes" as const,
    partition,
    offset: 0,
  }));
  yield* log.read(starts, (batch) =>
    Effect.sync(() => {
      count += batch.records.length;
    }),
  );
  say("read", began, count);

  count = 0;
  yield* Effect.callback<void>((resume) => {
    const fiber = Effect.runFork(
      log.follow({
        group: "bench",
        topics: ["ventes"],
        positions: () => {
          began = performance.now();
          return [];
        },
        onBatch: (batch) =>
          Effect.sync(() => {
            count += batch.records.length;
            if (count === RECORDS) {
              say("follow", began, count);
              resume(Effect.asVoid(Fiber.interrupt(fiber)));
            }
            return batch.next;
          }),
      }),
    );
  });

  began = performance.now();
  for (let i = 0; i < 200; i++) yield* log.publish("commits", [record(i)]);
  const ms = (performance.now() - began) / 200;
  console.log(`${log.kind.padEnd(9)} one record ${ms.toFixed(2).padStart(11)} ms each, durable`);
});

const run = (settings: SettingsShape) =>
  Effect.runPromise(
    measure.pipe(
      Effect.provide(Layer.fresh(layerTopicLog).pipe(Layer.provide(Layer.succeed(Settings, settings)))),
    ),
  );

const data = mkdtempSync(join(tmpdir(), "ventes-bench-"));
await run(embeddedSettings(data));
rmSync(data, { recursive: true });

if (process.env.KAFKA_BROKERS) {
  const namespace = `bench-${randomUUID().slice(0, 8)}`;
  const kafka = { brokers: process.env.KAFKA_BROKERS.split(","), tls: null, sasl: null };
  await run(embeddedSettings("/nowhere", { namespace, kafka }));
  const admin = makeAdmin(kafka);
  await admin.connect();
  const topics = (await admin.listTopics()).filter((name) => name.startsWith(`${namespace}.`));
  await admin.deleteTopics({ topics });
  await admin.deleteGroups([`${namespace}.bench`]);
  await admin.disconnect();
}
