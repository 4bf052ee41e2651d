/**
 * `npm run sim -- [--seeds N] [--first N]`: plays random histories of the whole pipeline under faults (play.ts), and
 * counts their events and faults. `--only KIND,KIND` plays histories of these steps alone. `--seed N` plays one again,
 * exactly, and prints its events. `--mutant NAME` (or `all`) plays histories with a rule broken on purpose. Ends with 1 at
 * the first violation, which is shrunk to a short history and printed with its seed and steps.
 */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { scratchFolder, seedsOf, wholeNumber } from "./command-line.ts";
import { Counts } from "./counts.ts";
import { type History, historyOf, STEP_KINDS, stepLine } from "./history.ts";
import { MUTANTS, playMutants, runSimulator, type Summary } from "./mutants.ts";
import { play, templateOf } from "./play.ts";
import { shrink } from "./shrink.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "1000" },
    first: { type: "string", default: "1" },
    seed: { type: "string" },
    jobs: { type: "string", default: "2" },
    only: { type: "string" },
    mutant: { type: "string" },
    json: { type: "boolean", default: false },
    "no-shrink": { type: "boolean", default: false },
  },
});

/** The kinds of steps, all if there is none. */
const only = values.only === undefined ? [] : values.only.split(",");
const unknown = only.find((kind) => !STEP_KINDS.includes(kind));
if (unknown !== undefined) {
  console.error(`sim: there is no kind of steps ${unknown}: there are ${STEP_KINDS.join(", ")}`);
  process.exit(2);
}

const say = (line: string): void => {
  if (!values.json) console.log(line);
};

/** Plays the seeds one after the other, up to the first violation. */
function playSeeds(first: number, last: number): Summary {
  const begun = process.hrtime.bigint();
  // In memory: a power cut is what disk.ts makes of the files, not what the disk does.
  const folder = scratchFolder("sim");
  const counts = new Counts();
  const hashes: Record<string, string> = {};
  let violation: Summary["violation"] = null;
  let played = 0;
  try {
    const options = { folder, template: templateOf(join(folder, "template"), readFileSync) };
    for (let seed = first; seed <= last && violation === null; seed++) {
      const history = historyOf(seed, only);
      const result = play(history, options);
      played++;
      counts.addAll(result.counts);
      hashes[seed] = result.hash;
      if (values.seed !== undefined) {
        for (const line of result.trace) say(line);
        say(`\nhash of the history: ${result.hash}`);
      }
      if (result.violation === undefined) continue;
      violation = { seed, message: result.violation.message };
      say(`\nseed ${seed} shows a violation: ${result.violation.message}`);
      if (values["no-shrink"]) continue;
      const { invariant } = result.violation;
      const fails = (shorter: History) => play(shorter, options).violation?.invariant === invariant;
      const short = shrink(history, fails);
      say(
        `\nshrunk from ${history.steps.length} steps to ${short.steps.length} (synchronous=${short.synchronous}):`,
      );
      for (const step of short.steps) say(stepLine(step));
      const again = play(short, options);
      say(`\n${again.violation?.message ?? "it does not fail any more"}\n\nwhat happened in it:`);
      for (const line of again.trace) say(line);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const seconds = Number(process.hrtime.bigint() - begun) / 1e9;
  return { first, last, played, violation, counts: Object.fromEntries(counts.entries()), hashes, seconds };
}

/** Seeds that one process plays: what closed databases leave behind ends with it. */
const SHARE = 200;

/** The seeds shared among processes. */
async function playShared(first: number, last: number, jobs: number): Promise<Summary> {
  const begun = process.hrtime.bigint();
  const parts: Summary[] = [];
  let next = first;
  const work = async (): Promise<void> => {
    while (next <= last && parts.every((part) => part.violation === null)) {
      const from = next;
      const seeds = Math.min(SHARE, Math.ceil((last - first + 1) / jobs), last - from + 1);
      next += seeds;
      const args = ["--first", from, "--seeds", seeds, "--jobs", 1].map(String);
      if (values.only !== undefined) args.push("--only", values.only);
      parts.push(await runSimulator([...args, "--json", "--no-shrink"]));
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  const counts = new Counts();
  for (const part of parts) for (const [what, n] of Object.entries(part.counts)) counts.add(what, n);
  const violation = parts.map((part) => part.violation).find((found) => found !== null) ?? null;
  return {
    first,
    last,
    played: parts.reduce((sum, part) => sum + part.played, 0),
    violation,
    counts: Object.fromEntries(counts.entries()),
    hashes: Object.assign({}, ...parts.map((part) => part.hashes)) as Summary["hashes"],
    seconds: Number(process.hrtime.bigint() - begun) / 1e9,
  };
}

if (values.mutant !== undefined) await playMutants("sim", values.mutant, MUTANTS);
else {
  const { first, count } = seedsOf("sim", values);
  const last = first + count - 1;
  const jobs = values.seed === undefined ? wholeNumber("sim", "jobs", values.jobs) : 1;
  const isShared = (jobs > 1 && last > first) || last - first >= SHARE;
  let summary = isShared ? await playShared(first, last, jobs) : playSeeds(first, last);
  // Another process found it: it is played again here, to be shrunk and reported.
  if (isShared && summary.violation !== null && !values.json) {
    const { seed } = summary.violation;
    summary = { ...summary, violation: playSeeds(seed, seed).violation };
  }
  if (summary.violation !== null) process.exitCode = 1;
  if (values.json) console.log(JSON.stringify(summary));
  else {
    for (const [what, n] of Object.entries(summary.counts)) console.log(`${String(n).padStart(10)} ${what}`);
    console.log(
      `\nseeds ${first} to ${last}: ${summary.played} histories in ${summary.seconds.toFixed(1)} s, ${
        summary.violation === null ? "no violation" : `a violation in seed ${summary.violation.seed}`
      }`,
    );
  }
}
