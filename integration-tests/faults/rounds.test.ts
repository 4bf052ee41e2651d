/**
 * Rounds of random faults on three brokers: kill -9 and pauses of every process and broker, cut, deaf and slow
 * lines, a locked database, stepping clocks, consumers that come and go. Lost 0, doubled 0, wrong reads 0.
 * Each round prints its seed; VENTES_TEST_SEED=N replays one. VENTES_TEST_FAULT_ROUNDS and VENTES_TEST_FAULT_SECONDS
 * (of faults in a round) set how much.
 */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Cluster, startCluster } from "../support/cluster.ts";
import { describeWith } from "../support/describe-with.ts";
import { describeFault, planOf } from "./plan.ts";
import { runRound } from "./round.ts";

const ROUNDS = Number(process.env.VENTES_TEST_FAULT_ROUNDS ?? 2);
const SECONDS = Number(process.env.VENTES_TEST_FAULT_SECONDS ?? 8);
const SEED = process.env.VENTES_TEST_SEED;
/** Another first seed in each run, so that runs play different rounds. */
const first = Math.floor(Date.now() / 1000) % 1_000_000;
const seeds =
  SEED === undefined ? Array.from({ length: ROUNDS }, (_, i) => first + i) : SEED.split(",").map(Number);

describeWith("cluster", "on three brokers, under random faults", () => {
  let cluster: Cluster;
  const befell = new Map<string, number>();
  beforeAll(async () => {
    cluster = await startCluster();
  }, 300_000);
  // Undefined when it could not be had: the failure is then that of beforeAll.
  afterAll(async () => {
    await (cluster as Cluster | undefined)?.stop();
    const counts = [...befell].sort().map(([kind, count]) => `${count} ${kind}`);
    console.log(`faults: ${counts.join(", ")}`);
  }, 60_000);

  it.each(seeds)(
    "seed %i: lost 0, doubled 0, wrong reads 0, and a rebuild is the same",
    async (seed) => {
      const plan = planOf(seed, SECONDS);
      console.log(
        [`seed ${seed}: ${plan.consumers} consumers`, ...plan.steps.map((s) => describeFault(s.fault))].join(
          "\n  ",
        ),
      );
      const { held, reader, findings, rebuiltOtherwise, ...figures } = await runRound(
        plan,
        cluster,
        // The same seed may come twice.
        `fault-${seed}-${randomUUID().slice(0, 4)}`,
      );
      for (const { fault } of plan.steps) befell.set(fault.kind, (befell.get(fault.kind) ?? 0) + 1);
      console.log(
        `round ${JSON.stringify({ seed, rows: held.rows, lost: held.lost, doubled: held.doubled, wrong: held.wrong, reads: reader.reads, wrongReads: reader.wrong, ...figures })}`,
      );
      if (findings.length + held.first.length + (reader.first === null ? 0 : 1) > 0)
        console.log([`round ${seed} found:`, ...findings, ...held.first, reader.first ?? ""].join("\n"));
      const again = `VENTES_TEST_SEED=${seed} npx vitest run faults/rounds`;
      expect({ held: { ...held, rows: 0 }, findings, rebuiltOtherwise, first: reader.first }, again).toEqual({
        held: { rows: 0, lost: 0, doubled: 0, wrong: 0, first: [] },
        findings: [],
        rebuiltOtherwise: 0,
        first: null,
      });
      expect(reader.reads).toBeGreaterThan(0);
    },
    600_000,
  );
});
