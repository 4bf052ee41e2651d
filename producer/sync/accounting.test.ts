/**
 * Invariant 1, version by version, over a scripted history: records = emitted + unchanged + superseded + rejected,
 * in the announcements and in the status after each poll. The topics hold exactly the events that count as emitted.
 */
import { rmSync } from "node:fs";
import * as Effect from "effect/Effect";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Announcement, VersionCounts } from "#shared/contract/source-records.ts";
import type { SourceStatus } from "#shared/contract/status.ts";
import { TopicLog } from "#shared/topic-log/topic-log.ts";
import { registerSource } from "../admin/register.ts";
import { readSourcesOnce } from "../run.ts";
import { allEvents, listSources, openPipeline, type Pipeline } from "../testing/pipeline.ts";

let pipeline: Pipeline;
beforeEach(async () => {
  pipeline = await openPipeline();
});
afterEach(() => pipeline.close());

const file = () => pipeline.pathOf("v.csv");

const announcements = Effect.gen(function* () {
  const log = yield* TopicLog;
  const found: Announcement[] = [];
  yield* log.read(
    Array.from({ length: log.partitions("sources") }, (_, partition) => ({
      topic: "sources" as const,
      partition,
      offset: 0,
    })),
    (batch) =>
      Effect.sync(() => {
        for (const { value } of batch.records) {
          const record = JSON.parse(value?.toString() ?? "null");
          if (record?.kind === "version") found.push(record);
        }
      }),
  );
  return found;
});

type Sum = Pick<VersionCounts, "records" | "emitted" | "unchanged" | "superseded" | "rejected">;
const isAccounted = (c: Sum) => c.records === c.emitted + c.unchanged + c.superseded + c.rejected;

const HEADER = "id_vente,date_vente,id_produit,id_magasin,quantité";
const line = (id: number | string, quantity: number | string = 1) => `${id},2024-01-01,p,m,${quantity}`;
const LOST = "the producer's state is lost";

/** A published text or another step, and the counts of the poll that follows. */
const HISTORY: readonly (readonly [string, readonly string[] | typeof LOST, Sum])[] = [
  ["first rows", [line(1), line(2)], { records: 2, emitted: 2, unchanged: 0, superseded: 0, rejected: 0 }],
  ["nothing new", [line(1), line(2)], { records: 2, emitted: 0, unchanged: 2, superseded: 0, rejected: 0 }],
  [
    "a row more",
    [line(1), line(2), line(3)],
    { records: 3, emitted: 1, unchanged: 2, superseded: 0, rejected: 0 },
  ],
  [
    "a bad one",
    [line(1), line(2), line(3), line(4, "x")],
    { records: 4, emitted: 0, unchanged: 3, superseded: 0, rejected: 1 },
  ],
  [
    "duplicates, and the same id with another quantity",
    [line(1), line(1), line(2), line(2, 7), line(3), line(4, "x")],
    { records: 6, emitted: 1, unchanged: 2, superseded: 2, rejected: 1 },
  ],
  ["the same after a loss", LOST, { records: 6, emitted: 0, unchanged: 3, superseded: 2, rejected: 1 }],
  [
    "some vanish",
    [line(3), line(4, "x")],
    { records: 2, emitted: 0, unchanged: 1, superseded: 0, rejected: 1 },
  ],
  [
    "the bad one is corrected",
    [line(3), line(4, 5)],
    { records: 2, emitted: 1, unchanged: 1, superseded: 0, rejected: 0 },
  ],
  [
    "blank lines and too many fields",
    ["", line(3), "", `${line(4, 5)},more,than,that`, line(5, "1.2345678")],
    { records: 3, emitted: 1, unchanged: 1, superseded: 0, rejected: 1 },
  ],
  [
    "only a header, which is held back",
    [],
    { records: 3, emitted: 0, unchanged: 2, superseded: 0, rejected: 1 },
  ],
  [
    "all of it again",
    [line(1), line(2), line(3)],
    { records: 3, emitted: 1, unchanged: 2, superseded: 0, rejected: 0 },
  ],
];

it("every record of every version is accounted for", async () => {
  const write = (lines: readonly string[]) => pipeline.write("v.csv", HEADER, ...lines);
  write([]);
  await pipeline.run(registerSource(file(), { vanished: "keep" }));
  let rows = 0;
  for (const [what, change, expected] of HISTORY) {
    if (change === LOST) pipeline.loseState();
    else write(change);
    const [status] = (await pipeline.run(readSourcesOnce())) as [SourceStatus];
    expect({ what, ...status }).toMatchObject({ what, ...expected });
    expect({ what, is: isAccounted(status) }).toEqual({ what, is: true });
    rows += expected.emitted;
    const sent = (await pipeline.run(allEvents)).filter(
      ({ topic, event }) => topic === "ventes" && event.kind === "row",
    );
    expect({ what, rows: sent.length }).toEqual({ what, rows });
  }
  // The file no longer exists. The status still accounts for the records of the last version.
  rmSync(file());
  const [parked] = (await pipeline.run(readSourcesOnce())) as [SourceStatus];
  expect(parked).toMatchObject({ state: "parked", records: 3 });
  expect(isAccounted(parked)).toBe(true);

  const versions = await pipeline.run(announcements);
  expect(versions.length).toBeGreaterThan(6);
  expect(versions.filter(({ counts }) => counts === null || !isAccounted(counts))).toEqual([]);
  const [listed] = await pipeline.run(listSources);
  expect(listed && isAccounted(listed.status)).toBe(true);
});
