/** A file that repeats one id on more lines than memory holds is refused with the id, and the process goes on. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { registerSource } from "../admin/register.ts";
import { readSourcesOnce } from "../run.ts";
import { allEvents, openPipeline, rowsOf } from "../testing/pipeline.ts";

/** They take more than 32 MiB as records, and 6 MB as a file. */
const LINES = 1_200_000;

it("too many lines of one id are refused, and the file beside them is read", async () => {
  const pipeline = await openPipeline();
  onTestFinished(() => pipeline.close());
  const hostile = join(pipeline.dir, "hostile.csv");
  const healthy = join(pipeline.dir, "healthy.csv");
  writeFileSync(hostile, "id_magasin,ville\nA1,x\n");
  writeFileSync(healthy, "id_magasin,ville\n2,Lyon\n");
  for (const file of [hostile, healthy]) await pipeline.run(registerSource(file));
  writeFileSync(hostile, `id_magasin,ville\n${"A1,x\n".repeat(LINES)}`);
  const sources = await pipeline.run(readSourcesOnce());
  const of = (file: string) => sources.find(({ source }) => source.endsWith(file));
  expect([of("/hostile.csv"), of("/healthy.csv")]).toMatchObject([
    {
      state: "parked",
      reason: expect.stringContaining(`repeats the id A1 on more lines than memory holds`),
    },
    { state: "ok", records: 1 },
  ]);
  expect(rowsOf(await pipeline.run(allEvents))).toHaveLength(1);
}, 120_000);
