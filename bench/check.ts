/**
 * `npm run bench -- --check`: whether a stage has become slower than its limit in limits.json. A limit is processor time a
 * row, as a multiple of what the yardstick takes a row beside it, so it holds on any machine. A stage's best run counts, as
 * noise only adds: all run three times, and up to six times more while one of them is over its limit.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";

export interface Measured {
  readonly rows: number;
  readonly seconds: number;
  /** Processor time of all threads, in seconds. */
  readonly cpu: number;
}

export type MeasureStage = (name: string, folder: string, files: readonly string[]) => Promise<Measured>;

/** Sales of the file that is read. */
export const CHECKED_SALES = 30_000;
const RUNS = 3;
const RUNS_AT_MOST = 9;

type Limits = Readonly<Record<string, number>>;

const limits = JSON.parse(readFileSync(join(import.meta.dirname, "limits.json"), "utf8")) as Limits;

/** Prints what each stage costs beside its limit. Returns whether all are within. `folderOf` names a new folder for each run. */
export async function check(
  measure: MeasureStage,
  folderOf: (run: number) => string,
  files: { readonly all: readonly string[]; readonly sales: string },
): Promise<boolean> {
  const best = new Map<string, number>();
  const cost = (name: string): number =>
    (best.get(name) ?? Number.POSITIVE_INFINITY) / (best.get("yardstick") as number);
  const isOver = (name: string): boolean => cost(name) > (limits[name] as number);
  const stages = Object.keys(limits);
  for (let run = 1; run <= RUNS || (run <= RUNS_AT_MOST && stages.some(isOver)); run++) {
    const folder = folderOf(run);
    for (const name of ["yardstick", ...stages]) {
      const given = name === "parse" || name === "decode" ? [files.sales] : files.all;
      const { rows, cpu } = await measure(name, folder, given);
      best.set(name, Math.min(best.get(name) ?? Number.POSITIVE_INFINITY, cpu / rows));
    }
  }
  for (const name of stages)
    console.log(
      `${name.padEnd(8)} ${cost(name).toFixed(2).padStart(6)} yardsticks a row, ${isOver(name) ? "SLOWER THAN" : "within"} its limit of ${limits[name]}`,
    );
  const isWithin = !stages.some(isOver);
  if (!isWithin)
    console.log(
      "A stage lost a third of its speed. Find where with node --cpu-prof bench/stage.ts, or say in the commit why it " +
        "must cost more, and set bench/limits.json to one and a half times what this prints.",
    );
  return isWithin;
}
