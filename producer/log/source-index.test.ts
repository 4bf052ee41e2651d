/** Compares the source index with a read of everything: no event of a source may be outside of its offset ranges. */
import * as Effect from "effect/Effect";
import fc from "fast-check";
import { afterEach, beforeEach, expect, it } from "vitest";
import { TopicLog } from "#shared/topic-log/topic-log.ts";
import { openPipeline, type Pipeline } from "../testing/pipeline.ts";
import { EventWriter } from "./events.ts";
import { eventOf, sourceText } from "./source-events.ts";
import { SourceIndex } from "./source-index.ts";

let pipeline: Pipeline;
beforeEach(async () => {
  pipeline = await openPipeline();
});
afterEach(() => pipeline.close());

const SOURCES = ['file:///a"b\\\\c.csv', "https://a.example/é.csv", "https://b.example/"];

const textOf = (source: string, how: "row" | "fence" | "delete" | "other" | "foreign"): string => {
  const writer = new EventWriter({ source, version: 1, published: "p", day: "d" });
  if (how === "row") return writer.row("id_vente", "1", 2, ',"x":"1"},"extras":{}}');
  if (how === "fence") return writer.fence();
  if (how === "delete") return writer.delete(0, { id_vente: "1" });
  // Members in another order, as another program may write them, and a record that is no event.
  if (how === "other") return JSON.stringify({ row: {}, kind: "row", source, version: 1 });
  return "not JSON";
};

it("every event of a source is in its offset ranges, from any position, in any form", () =>
  pipeline.run(
    Effect.gen(function* () {
      const log = yield* TopicLog;
      const sourceIndex = new SourceIndex(log);
      const partitions = Array.from({ length: log.partitions("ventes") }, (_, partition) => partition);
      const publishing = fc.array(
        fc.record({
          source: fc.constantFrom(...SOURCES),
          how: fc.constantFrom(
            "row" as const,
            "fence" as const,
            "delete" as const,
            "other" as const,
            "foreign" as const,
          ),
          partition: fc.constantFrom(...partitions),
          // Some events are far apart.
          times: fc.constantFrom(1, 1, 1, 1, 7_000),
        }),
        { minLength: 1, maxLength: 6 },
      );
      for (const round of fc.sample(fc.tuple(publishing, fc.nat(20_000)), 12)) {
        const [published, offset] = round;
        for (const { source, how, partition, times } of published) {
          const value = textOf(source, how);
          yield* log.publish(
            "ventes",
            Array.from({ length: times }, () => ({ key: "k", value, partition })),
          );
        }
        const ends = yield* log.bounds(["ventes"]);
        const from = ends.map(({ topic, partition, end }) => ({
          topic,
          partition,
          offset: Math.min(offset, end),
        }));
        for (const source of SOURCES) {
          const named = sourceText(source);
          const events: string[] = [];
          const note = (found: string[]) => (batch: Parameters<Parameters<typeof log.read>[1]>[0]) =>
            Effect.sync(() => {
              for (const record of batch.records)
                if (eventOf(record, named) !== undefined) found.push(`${batch.partition}/${record.offset}`);
            });
          yield* log.read(from, note(events));
          const { ranges, reached } = yield* sourceIndex.find(source, from);
          const found: string[] = [];
          for (const range of ranges) yield* log.read([range], note(found));
          expect(found).toEqual(events);
          expect(reached.map((p) => p.offset)).toEqual(ends.map(({ end }) => end));
        }
      }
    }),
  ));

it("a position behind the end, of another log, is refused", () =>
  pipeline.run(
    Effect.gen(function* () {
      const log = yield* TopicLog;
      const past = { topic: "ventes", partition: 0, offset: 9 } as const;
      const found = new SourceIndex(log).find("https://b.example/", [past]);
      expect((yield* Effect.flip(found))._tag).toBe("LogMismatch");
      // Also when the index has scanned the partition before.
      const sourceIndex = new SourceIndex(log);
      yield* sourceIndex.find("https://a.example/", [{ ...past, offset: 0 }]);
      const { ranges } = yield* sourceIndex.find("https://b.example/", [past]);
      expect((yield* Effect.flip(log.read(ranges, () => Effect.void)))._tag).toBe("LogMismatch");
    }),
  ));
