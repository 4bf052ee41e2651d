/** How far a producer says that it is with a file. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { registerSource } from "../admin/register.ts";
import { type Progress, readSourcesOnce } from "../run.ts";
import { openPipeline, type Pipeline } from "../testing/pipeline.ts";

let pipeline: Pipeline;
beforeEach(async () => {
  pipeline = await openPipeline();
});
afterEach(() => pipeline.close());

const ROWS = 9_000;

it("tells the bytes of the file while it reads, and the events while it publishes", async () => {
  const path = join(pipeline.dir, "p.csv");
  const lines = Array.from({ length: ROWS }, (_, i) => `A${i},${"x".repeat(300)},5`);
  writeFileSync(path, `id_produit,nom,prix\n${lines.join("\n")}\n`);
  await pipeline.run(registerSource(path));
  const said: Progress[] = [];
  await pipeline.run(readSourcesOnce({ onProgress: (progress) => said.push(progress) }));
  const shares = (phase: Progress["phase"]) =>
    said.filter((p) => p.phase === phase).map((p) => p.share ?? -1);
  expect(shares("download")).toEqual([-1]);
  const read = said.filter(({ phase }) => phase === "read");
  expect(read.length).toBeGreaterThan(1);
  // All lines are nearly of one length.
  for (const { share, done } of read) expect(Math.abs((share ?? -1) - done / ROWS)).toBeLessThan(0.01);
  const emitted = said.filter(({ phase }) => phase === "emit");
  expect(emitted.length).toBeGreaterThan(2);
  for (const { share, done } of emitted) expect(share).toBe(done / ROWS);
  expect(emitted.at(-1)?.share).toBe(1);
  expect(shares("done")).toEqual([1]);
});
