/**
 * Measures how the work on an input grows with it, in CPU time. For 8 times the input, linear work takes about 8 times
 * as long and quadratic work 64 times. `LINEAR` stands between them, far from both, because CPU time varies.
 */

export const LINEAR = 24;

const TIMES = 8;
const RUNS = 3;
/** Work this short says nothing about its growth. */
const LEAST_MS = 20;

const cpuMs = (work: () => unknown): number => {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
};

const least = (work: () => unknown): number => Math.min(...Array.from({ length: RUNS }, () => cpuMs(work)));

/**
 * How many times more CPU time `work` takes for 8 times the input; 0 where even that takes less than 20 ms. A growth
 * that is not linear is measured again, for a busy machine shows one now and then: the least of three counts.
 */
export function growthOf(work: (size: number) => unknown, size: number): number {
  let growth = measuredGrowth(work, size);
  for (let n = 1; n < RUNS && growth >= LINEAR; n++) growth = Math.min(growth, measuredGrowth(work, size));
  return growth;
}

function measuredGrowth(work: (size: number) => unknown, size: number): number {
  const one = Math.round(size);
  const most = least(() => work(TIMES * one));
  return most < LEAST_MS
    ? 0
    : most /
        Math.max(
          least(() => work(one)),
          LEAST_MS / TIMES ** 2,
        );
}
