/**
 * The first takeover of a source. It was never announced, so it has no events (rule 19), and the producer does not read
 * the topics. Otherwise a catalogue of many files would read all topics once for each file.
 */
import * as Effect from "effect/Effect";
import { afterEach, beforeEach, expect, it } from "vitest";
import { TopicLog } from "#shared/topic-log/topic-log.ts";
import { registerSource } from "../admin/register.ts";
import { readSourcesOnce } from "../run.ts";
import { allEvents, openPipeline, type Pipeline, rowsOf } from "../testing/pipeline.ts";
import { pollSource } from "./poll.ts";
import { makeTemporaryProducer } from "./producer.ts";

let pipeline: Pipeline;
beforeEach(async () => {
  pipeline = await openPipeline();
});
afterEach(() => pipeline.close());

const SALES = "id_vente,date_vente,id_produit,id_magasin,quantité";
const put = (name: string, ...ids: readonly number[]) => {
  pipeline.write(name, SALES, ...ids.map((id) => `${id},2024-01-01,p,m,1`));
  return pipeline.pathOf(name);
};
const add = (path: string) => pipeline.run(registerSource(path));

it("reads no event of other sources", async () => {
  await add(put("a.csv", ...Array.from({ length: 500 }, (_, i) => i)));
  await pipeline.run(readSourcesOnce());
  await add(put("b.csv", 1_000));
  const read = await pipeline.run(
    Effect.gen(function* () {
      const log = yield* TopicLog;
      let records = 0;
      const counting = TopicLog.of({
        ...log,
        read: (from, onBatch) =>
          log.read(from, (batch) => {
            if (batch.topic === "ventes") records += batch.records.length;
            return onBatch(batch);
          }),
      });
      yield* readSourcesOnce().pipe(Effect.provideService(TopicLog, counting));
      return records;
    }),
  );
  // The fences of this source.
  expect(read).toBeLessThan(10);
  expect(rowsOf(await pipeline.run(allEvents))).toHaveLength(501);
});

it("reads what another producer publishes of the source at the same time", async () => {
  const registration = await add(put("a.csv", 1, 2, 3));
  await pipeline.run(
    Effect.scoped(
      Effect.gen(function* () {
        const log = yield* TopicLog;
        const other = yield* makeTemporaryProducer();
        let met = false;
        const late = TopicLog.of({
          ...log,
          publish: (topic, records) =>
            Effect.gen(function* () {
              // The producer read the registry before this announcement, so it does not know the other one.
              if (!met && topic === "sources") {
                met = true;
                yield* pollSource(other, registration, { mode: "once" }).pipe(Effect.orDie);
              }
              return yield* log.publish(topic, records);
            }),
        });
        const [status] = yield* readSourcesOnce().pipe(Effect.provideService(TopicLog, late));
        expect(met).toBe(true);
        expect(status).toMatchObject({ emitted: 0, unchanged: 3 });
      }),
    ),
  );
  expect(rowsOf(await pipeline.run(allEvents))).toHaveLength(3);
});
