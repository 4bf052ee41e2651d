/** Hostile inputs for each parser; VENTES_TEST_ABUSE is how many. The watchdog is tried on parsers that are wrong. */
import { rmSync } from "node:fs";
import { expect, it, onTestFinished } from "vitest";
import { scratchFolder } from "../command-line.ts";
import { type AbuseOptions, abuse } from "./abuse.ts";
import { PARSERS } from "./parsers.ts";

const INPUTS = Number(process.env.VENTES_TEST_ABUSE ?? 2_000);

const run = (options: Pick<AbuseOptions, "first" | "count"> & Partial<AbuseOptions>) => {
  const folder = scratchFolder("abuse");
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return abuse({ folder, ...options });
};

it("no parser of foreign bytes throws, loops, or takes the memory", { timeout: 900_000 }, async () => {
  const { bad, fed } = await run({ first: 1, count: INPUTS });
  expect(bad).toEqual([]);
  expect(Object.keys(fed).sort()).toEqual(PARSERS.map(({ name }) => name).sort());
});

it("a parser that is wrong is found, with its seed", { timeout: 60_000 }, async () => {
  const parsers = new URL("./testing/wrong.ts", import.meta.url).href;
  const { bad } = await run({ first: 1, count: 3, parsers });
  expect(bad).toMatchObject([
    { seed: 1, parser: "that throws", why: expect.stringContaining("not a SourceRefusal") },
    { seed: 2, parser: "that does not pause", why: expect.stringContaining("without a pause") },
  ]);
  const memory = await run({ first: 4, count: 1, parsers });
  expect(memory.bad).toMatchObject([{ seed: 4, why: expect.stringContaining("memory") }]);
  const loop = await run({ first: 5, count: 1, parsers, endlessMs: 1_500 });
  expect(loop.bad).toMatchObject([{ seed: 5, why: expect.stringContaining("does not end") }]);
});
