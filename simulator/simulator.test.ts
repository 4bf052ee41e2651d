/** The simulator itself: that histories pass, replay to the letter, held what they should, and find what is broken. */
import crypto from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { historyOf } from "./history.ts";
import { edited } from "./mutant.ts";
import { MUTANTS, runMutant, runSimulator } from "./mutants.ts";
import { play, templateOf } from "./play.ts";
import { shrink } from "./shrink.ts";
import type { WorldOptions } from "./world.ts";

const ROOT = dirname(import.meta.dirname);
const SEEDS = Number(process.env.VENTES_TEST_SEEDS ?? 200);
/** Whether each mutant is searched from seed 1 on, which takes up to some hundred histories each. */
const IS_LONG = process.env.VENTES_TEST_LONG === "1";

let options: WorldOptions;
beforeAll(() => {
  const folder = mkdtempSync(join(tmpdir(), "ventes-sim-test-"));
  options = { folder, template: templateOf(join(folder, "template"), readFileSync) };
});
afterAll(() => rmSync(options.folder, { recursive: true, force: true }));

describe("histories", () => {
  it(`${SEEDS} of them hold every invariant, and held every fault`, { timeout: 1_800_000 }, async () => {
    const summary = await runSimulator(["--seeds", String(SEEDS), "--json"]);
    expect(summary.violation).toBeNull();
    expect(summary.played).toBe(SEEDS);
    const { counts } = summary;
    for (const fault of [
      "processes killed",
      "killed at: statement",
      "killed at: in commit",
      "power cut in commit",
      "power cut in a checkpoint",
      "power cuts with torn frames",
      "pages of a checkpoint taken back",
      "rebalances",
      "batches given again",
      "reads of an unfinished event",
      "publishes without answer",
      "landed late",
      "reads that ended early",
      "gaps in offsets",
      "log away",
      "records of foreign programs",
      "replays",
      "busy",
      "processes paused",
      "states of producers lost",
      "a producer's send lands late",
      "a producer's send sleeps",
    ])
      expect([fault, counts[fault] ?? 0], "a fault that no history had").not.toEqual([fault, 0]);
    expect(counts.histories).toBe(SEEDS);
    expect(counts["rebuilds compared"]).toBe(SEEDS);
    expect(counts.reads).toBeGreaterThan(SEEDS);
    expect(counts["last versions compared with the topics"]).toBeGreaterThan(SEEDS / 10);
  });

  it("a seed plays exactly the same history again", () => {
    for (const seed of [1, 2, 5, 10]) {
      const first = play(historyOf(seed), options);
      const second = play(historyOf(seed), options);
      expect(first.violation).toBeUndefined();
      expect(first.trace.length).toBeGreaterThan(5);
      expect(second.trace).toEqual(first.trace);
      expect(second.hash).toBe(first.hash);
      expect(second.counts.entries()).toEqual(first.counts.entries());
    }
  });

  it("a seed plays the same history in another process, and another seed another one", async () => {
    const hashOf = async (seed: number) =>
      (await runSimulator(["--seed", String(seed), "--json"])).hashes[seed];
    const [here, there, other] = [play(historyOf(5), options).hash, await hashOf(5), await hashOf(6)];
    expect(there).toBe(here);
    expect(other).not.toBe(here);
  });

  it("ask the machine for neither time nor chance", () => {
    const asked: string[] = [];
    const refuse = (what: string) => () => {
      asked.push(what);
      throw new Error(`a history asked the machine: ${what}`);
    };
    const { randomUUID } = crypto;
    vi.stubGlobal(
      "Date",
      new Proxy(Date, {
        construct: (target, args) =>
          args.length === 0 ? refuse("new Date()")() : new target(...(args as [number])),
        get: (target, name) => (name === "now" ? refuse("Date.now") : Reflect.get(target, name)),
      }),
    );
    for (const name of ["setTimeout", "setInterval", "setImmediate"]) vi.stubGlobal(name, refuse(name));
    vi.spyOn(Math, "random").mockImplementation(refuse("Math.random"));
    vi.spyOn(performance, "now").mockImplementation(refuse("performance.now"));
    vi.spyOn(process.hrtime, "bigint").mockImplementation(refuse("hrtime"));
    crypto.randomUUID = refuse("randomUUID");
    syncBuiltinESMExports();
    let violations: unknown[];
    try {
      violations = [1, 2, 5].map((seed) => play(historyOf(seed), options).violation);
    } finally {
      vi.unstubAllGlobals();
      vi.restoreAllMocks();
      crypto.randomUUID = randomUUID;
      syncBuiltinESMExports();
    }
    expect(asked).toEqual([]);
    expect(violations).toEqual([undefined, undefined, undefined]);
  });
});

describe("mutants", () => {
  it.each(MUTANTS.map((mutant) => [mutant.name, mutant] as const))(
    "%s: its text is in its file once",
    (_, { edits }) => {
      for (const edit of edits) {
        const text = readFileSync(join(ROOT, edit.file), "utf8");
        expect(edited(text, edit)).not.toBe(text);
      }
    },
  );

  it("reports a mutant whose text is missing from its file, or is there twice", () => {
    const edit = { file: "a.ts", find: "x", replace: "y" };
    expect(() => edited("nothing", edit)).toThrow(/0 times/);
    expect(() => edited("x x", edit)).toThrow(/2 times/);
  });

  it.each(MUTANTS.map((mutant) => [mutant.name, mutant] as const))(
    "%s is found",
    // Each is a process of its own that first loads its modules: two at a time (vitest.config.ts).
    { timeout: 1_200_000, concurrent: true },
    async (_, mutant) => {
      const { caught, seed } = await runMutant(mutant, { isKnown: !IS_LONG });
      expect(caught).toBe(true);
      if (!IS_LONG && seed !== mutant.shownBy)
        console.warn(`seed ${mutant.shownBy} does not show ${mutant.name}: set its shownBy to ${seed}`);
    },
  );
});

describe("shrinking", () => {
  it("keeps only the steps that the failure needs", () => {
    const history = historyOf(7);
    const needed = [history.steps[3], history.steps.at(-2)];
    let played = 0;
    const short = shrink(history, ({ steps }) => {
      played++;
      return needed.every((step) => step !== undefined && steps.includes(step));
    });
    expect(short.steps).toEqual(needed);
    expect(short.events).toBe(1);
    expect(played).toBeLessThanOrEqual(300);
  });

  it("leaves a history as it is when it does not fail again", () => {
    const history = historyOf(8);
    expect(shrink(history, () => false)).toEqual(history);
  });
});
